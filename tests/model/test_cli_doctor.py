"""`fewshot doctor` says what works, and goes on whatever is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from model.cli.commands import doctor
from tests.model.cli_support import ROOT, Run


def _by_name(result: dict[str, object]) -> dict[str, dict[str, str]]:
    return {one["what"]: one for one in result["findings"]}  # type: ignore[attr-defined, index]


def test_everything_is_looked_at(run: Run) -> None:
    done = run("doctor", "--json")
    found = _by_name(done.result)
    assert {"fewshot", "Python", "device", "runtime", "precision", "codecs", "decoder process", "cache"} <= found.keys()
    assert found["decoder process"]["found"] == "reads files"
    assert metadata.version("torch") in found["packages"]["found"]
    assert done.status == (3 if done.result["problems"] else 0)
    assert "PySide6" not in sys.modules or "PySide6" in found["window"]["found"]


def _told_with(broken: Path, text: str) -> str:
    """What the command says where a module is found first that cannot be imported; it tells of a problem."""
    broken.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "model", "doctor", "--json"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": os.pathsep.join([str(broken.parent), str(ROOT)])},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    return done.stdout


def test_a_broken_torch_is_a_finding_among_the_others(tmp_path: Path) -> None:
    told = _told_with(tmp_path / "torch.py", "raise OSError('libtorch.so: cannot open shared object file')")
    assert "!!  device: OSError: libtorch.so: cannot open shared object file" in told
    assert "pip install --force-reinstall torch" in told
    assert "ok  decoder process: reads files" in told


def test_a_package_that_is_installed_but_cannot_be_imported_is_a_finding(tmp_path: Path) -> None:
    told = _told_with(tmp_path / "cv2.py", "raise ImportError('libGL.so.1: cannot open shared object file')")
    assert "!!  opencv-python-headless: ImportError: libGL.so.1: cannot open shared object file" in told
    assert "pip install --force-reinstall opencv-python-headless" in told


def test_a_check_that_fails_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor, "CHECKS", {"a": broken, "program": doctor.CHECKS["program"]})
    found = doctor.examine()
    assert (found[0].state, found[0].found) == (doctor.State.PROBLEM, "RuntimeError: no such thing")
    assert [one.what for one in found[1:]] == ["fewshot", "Python", "system"]


def test_what_is_missing_comes_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    there = metadata.version
    gone = {"rawpy", "tifffile"}

    def version(name: str) -> str:
        if name in gone:
            raise metadata.PackageNotFoundError(name)
        return there(name)

    monkeypatch.setattr(metadata, "version", version)
    found = {one.what: one for check in ("packages", "extras") for one in doctor.CHECKS[check]()}
    assert (found["tifffile"].state, found["tifffile"].advice) == (doctor.State.PROBLEM, "pip install tifffile")
    assert (found["raw"].state, found["raw"].advice) == (doctor.State.OPTIONAL, 'pip install "fewshot[raw]"')
