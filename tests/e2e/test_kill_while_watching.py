"""A watch that is killed again and again, while files come, has exactly one row for each file at the end."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from model.cli.command import main
from model.resource_files import resource

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

_ROOT = Path(__file__).resolve().parents[2]


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _started(watch: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "model", *watch],
        cwd=_ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
    )


class _Camera(threading.Thread):
    """Brings images into a folder until it is stopped: renamed when they are whole, or written in two steps."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder, self._stopped = folder, threading.Event()
        self.brought: list[Path] = []

    def run(self) -> None:
        pictures = sorted(resource("example/to_classify").glob("sky_*.jpg"))
        number = 0
        while not self._stopped.wait(0.1):
            picture = Image.open(pictures[number % len(pictures)]).resize((160, 120))
            picture.putpixel((0, 0), (number % 256, number // 256, 0))  # another content each time
            path = self._folder / f"{number % 3}" / f"{number}.png"
            path.parent.mkdir(exist_ok=True)
            partial = path.with_name(f"{path.name}.part")
            picture.save(partial, "png")
            if number % 4:
                partial.rename(path)
            else:
                content = partial.read_bytes()
                partial.unlink()
                with path.open("wb") as file:
                    file.write(content[: len(content) // 2])
                    file.flush()
                    self._stopped.wait(0.05)
                    file.write(content[len(content) // 2 :])
            self.brought.append(path)
            number += 1

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
@pytest.mark.timeout(1800)
def test_killed_and_started_again_nothing_is_lost_or_done_twice(tmp_path: Path, kills: int) -> None:
    folder, out, classifier = tmp_path / "in", tmp_path / "r.csv", tmp_path / "c"
    folder.mkdir()
    examples = resource("example/examples")
    assert main(["train", str(examples), "--out", str(classifier), "--backbone", "patent-cnn", "--device", "cpu"]) == 0
    watch = ["classify", str(classifier), str(folder), "--watch", "--settle", "0.3", "--out", str(out)]
    chance, camera = random.Random(kills), _Camera(folder)
    camera.start()
    cut_off = 0
    for _ in range(kills):
        done = len(_rows(out)) if out.exists() else 0
        with _started(watch) as process:
            deadline = time.monotonic() + 60
            while (len(_rows(out)) if out.exists() else 0) <= done and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(chance.random())
            process.send_signal(signal.SIGKILL)
        cut_off += len(_rows(out)) > done
    camera.stop()
    assert cut_off == kills  # each of them was at work
    with _started(watch) as process:
        deadline = time.monotonic() + 120
        while len(_rows(out)) < len(camera.brought) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    rows = _rows(out)
    assert sorted(row["path"] for row in rows) == sorted(map(str, camera.brought))
    whole = tmp_path / "whole.csv"
    assert main(["classify", str(classifier), str(folder), "--out", str(whole), "--no-cache"]) == 0
    expected = {row["path"]: row for row in _rows(whole)}
    for row in rows:
        assert row["status"] == expected[row["path"]]["status"] != "error"
        assert row["predicted"] == expected[row["path"]]["predicted"]
        assert float(row["confidence"]) == pytest.approx(float(expected[row["path"]]["confidence"]), abs=1e-4)
