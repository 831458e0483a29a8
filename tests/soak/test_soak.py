"""The window used at random for a long time: nothing breaks, nothing grows, and undoing all leads to the start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak.measures import FILES, QT_OBJECTS, Sample, grown

_ROOT = Path(__file__).resolve().parents[2]
MINUTES = float(os.environ.get("FEWSHOT_SOAK_MINUTES", "60"))


def _drive(folder: Path, *arguments: str, timeout: float) -> str:
    """Run the driver in a process of its own; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.drive", str(folder), *arguments],
        cwd=_ROOT, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_some_hundred_random_actions_break_nothing(tmp_path: Path) -> None:
    printed = _drive(tmp_path, "--steps", "180", "--seed", "3", timeout=170)
    assert "180 steps with seed 3" in printed


@pytest.mark.long
@pytest.mark.timeout(60 * MINUTES + 600)
def test_random_actions_for_an_hour_break_nothing_and_nothing_grows(tmp_path: Path) -> None:
    """`FEWSHOT_SOAK_MINUTES` says how long instead of an hour; the seed of a failure is in what is printed."""
    sys.stdout.write(_drive(tmp_path, "--seconds", str(60 * MINUTES), timeout=60 * MINUTES + 500))


def _samples(count: int, files_each: float = 0.0, objects_each: float = 0.0) -> list[Sample]:
    return [Sample(at, 10**9, 12, 20 + int(at * files_each), 400 + int(at * objects_each), 9) for at in range(count)]


def test_what_grows_steadily_is_found() -> None:
    assert grown(_samples(60)) == []
    assert grown(_samples(60, files_each=2 * FILES / 20))[0].startswith("files grew")
    assert grown(_samples(60, objects_each=2 * QT_OBJECTS / 20))[0].startswith("qt_objects grew")


def test_what_is_loaded_once_is_no_growth() -> None:
    assert grown([Sample(at, (500 if at < 10 else 1000) * 2**20, 12, 20, 400, 9) for at in range(60)]) == []
