"""The registry: objects of our modules and of plug-ins are found by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from model.registry import Registry
from tests.model.plugins import install

OURS = "from a_place import things\nthings.register('ours', 1)\n"


@pytest.fixture
def things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry[int]:
    """A registry of a package that is made here: `a_place` holds it, `a_package.ours` registers 1."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "a_package").mkdir()
    (tmp_path / "a_package" / "__init__.py").touch()
    (tmp_path / "a_package" / "ours.py").write_text(OURS)
    (tmp_path / "a_package" / "_helper.py").write_text("raise AssertionError('not to be imported')")
    (tmp_path / "a_place.py").write_text(
        "from model.registry import Registry\nthings = Registry('a_package', 'a.group')"
    )
    for name in ("a_place", "a_package", "a_package.ours", "toy_thing"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    from a_place import things  # type: ignore[import-not-found]

    return things  # type: ignore[no-any-return]


def test_modules_of_the_package_and_plug_ins_register_themselves(things: Registry[int], tmp_path: Path) -> None:
    install(tmp_path, "a.group", "toy_thing", "from a_place import things\nthings.register('toy', 2)")
    assert things.names() == ("ours", "toy")
    assert (things.get("ours"), things.get("toy"), things.get("none")) == (1, 2, None)
    assert list(things) == [1, 2]


def test_nothing_is_imported_before_it_is_asked_for(things: Registry[int]) -> None:
    assert "a_package.ours" not in sys.modules
    assert things.get("ours") == 1
    assert "a_package.ours" in sys.modules


@pytest.mark.expected_log("The plug-in toy_thing of a.group cannot be used: it is broken")
def test_a_broken_plug_in_is_left_out_and_named(
    things: Registry[int], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    install(tmp_path, "a.group", "toy_thing", "raise RuntimeError('it is broken')")
    assert things.names() == ("ours",)
    assert "it is broken" in caplog.text


def test_a_name_that_is_taken_is_refused(things: Registry[int]) -> None:
    things.register("one", 1)
    with pytest.raises(ValueError, match=r"'one' is registered twice in a\.group"):
        things.register("one", 2)
