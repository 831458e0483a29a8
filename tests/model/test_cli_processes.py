"""The command in processes of its own: without a terminal, without UTF-8, interrupted and resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from model.embedding.embedder import BATCHES
from tests.model.cli_support import ROOT, Run, one_line, rows_of
from tests.model.conftest import paint


def test_the_main_job_in_processes_of_its_own(bins: Path, photos: Path, tmp_path: Path) -> None:
    """As in a cron job: no terminal, a locale without UTF-8, paths relative to the working directory."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-m", "model"]
    options: dict[str, Any] = {
        "cwd": tmp_path,
        "capture_output": True,
        "env": environment,
        "timeout": 120,
    }
    done = subprocess.run([*arguments, "train", str(bins), "--out", "c", "--json"], check=False, **options)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["classifier"] == "c"
    done = subprocess.run([*arguments, "classify", "c", "photos", "--out", "r.csv", "--json"], check=False, **options)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["images"] == 4
    assert rows_of(tmp_path / "r.csv")[0]["path"] == str(Path("photos", "cross.png"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_standard_output_that_takes_nothing_is_one_line(shapes_folder: Path) -> None:
    command = [sys.executable, "-m", "model", "evaluate", str(shapes_folder), "--shots", "1", "--episodes", "1"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "No space left" in one_line(done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one child")
def test_interrupted_and_resumed_gives_the_table_of_an_uninterrupted_run(
    run: Run, trained: Path, shapes_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(4 * BATCHES.size):
        shape = ("disc", "cross", "stripes")[number % 3]
        paint(shape, number, (200, 150)).save(folder / f"{number}.jpg")
    (folder / "3.jpg").write_bytes(b"broken")
    out, whole = tmp_path / "r.csv", tmp_path / "whole.csv"
    arguments = ["classify", str(trained), str(folder), "--device", "cpu", "--json", "--out"]
    overlays = ("--overlays", str(tmp_path / "o"))
    command = [sys.executable, "-m", "model", *arguments, str(out), *overlays]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while (not out.exists() or b".jpg" not in out.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in one_line(stderr)
    assert "Traceback" not in stderr
    assert stdout == ""
    done_rows = len(rows_of(out))
    assert BATCHES.first <= done_rows < 4 * BATCHES.size
    resumed = run(*arguments, out, "--resume", *overlays)
    assert resumed.status == 3
    assert resumed.result["resumed_after"] == done_rows
    assert run(*arguments, whole, *overlays).status == 3
    assert out.read_bytes() == whole.read_bytes()


def test_a_package_that_cannot_be_loaded_is_named_with_the_way_out(bins: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['torch'] = None; from model.cli.command import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "train", str(bins), "--out", str(tmp_path / "c")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = one_line(done.stderr)
    assert "torch" in said
    assert "`fewshot doctor` says what is missing" in said
