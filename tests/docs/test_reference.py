"""The reference pages say what the code says."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.programs import docs_program

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The program that writes the pages."""
    return docs_program("reference")


@pytest.mark.parametrize(
    "name", ["adr/README.md", "reference/command.md", "reference/python.md", "reference/window.md"]
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="keys are those of Linux")
def test_a_page_is_that_of_the_code(generator: ModuleType, name: str) -> None:
    made = generator.PAGES[name]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, "run `make reference`"


def test_every_command_option_and_name_stands_there(generator: ModuleType) -> None:
    import model
    from fewshot_gui.actions import SPECS
    from model.cli.registry import ordered_names

    window, command, python = (generator.PAGES[f"reference/{name}.md"]() for name in ("window", "command", "python"))
    assert [spec.id for spec in SPECS if f"| {generator._plain(spec.text)} |" not in window] == []
    assert [name for name in ordered_names() if f"## fewshot {name}\n" not in command] == []
    assert [name for name in model.__all__ if f"## {name}\n" not in python] == []
