"""The folder build does the example's job, and its command classifies, without the Python that built it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build; it takes minutes, and as much disk as the libraries do."""
    pytest.importorskip("PyInstaller")
    place = tmp_path_factory.mktemp("folder")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    where = ["--distpath", str(place / "dist"), "--workpath", str(place / "work")]
    subprocess.run([*command, *where, str(ROOT / ".ci" / "folder" / "fewshot.spec")], cwd=ROOT, check=True)
    return place / "dist" / "fewshot"


def _run(folder: Path, program: str, *arguments: object, cwd: Path) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment = kept | {"QT_QPA_PLATFORM": "offscreen", "PATH": os.defpath}
    command = [str(folder / program), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_window_does_the_examples_job(folder: Path, tmp_path: Path) -> None:
    _run(folder, "fewshot-gui", "--demo", "--headless", tmp_path / "out", cwd=tmp_path)
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 35
    assert {row["status"] for row in rows} == {"ok"}


def test_the_command_trains_and_reads_formats_in_a_process_of_their_own(folder: Path, tmp_path: Path) -> None:
    _run(folder, "fewshot", "train", EXAMPLE / "examples", "--out", tmp_path / "classifier", cwd=tmp_path)
    shutil.copy(ROOT / "tests" / "data" / "corners.heic", tmp_path)
    arguments = ("classify", tmp_path / "classifier", tmp_path / "corners.heic", "--out", tmp_path / "results.csv")
    _run(folder, "fewshot", *arguments, cwd=tmp_path)
    assert "error" not in (tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()[1]
