"""Decoders in a process of their own: what crashes or hangs there takes nothing with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tifffile

from model.errors import ImageReadError
from model.images.decoder_process import DecoderPool
from model.images.items import Item
from model.images.readers.tiff import Tiff
from tests.model.images_support import grey_corners

pytestmark = pytest.mark.skipif(not hasattr(os, "kill") or sys.platform == "win32", reason="needs signals")


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    path = tmp_path / "deep.tif"
    tifffile.imwrite(path, grey_corners(0, 51, 255, np.uint16))
    return path


def _child(pool: DecoderPool) -> int:
    return pool._idle[0]._process.pid


def test_a_crash_costs_one_image_and_the_next_is_read(deep: Path) -> None:
    pool = DecoderPool()
    pool.size(Item(deep), Tiff())
    os.kill(_child(pool), signal.SIGSEGV)
    with pytest.raises(ImageReadError, match="its decoder crashed"):
        pool.read(Item(deep), Tiff(), None)
    image, size = pool.read(Item(deep), Tiff(), None)
    assert image.size == size == (48, 32)
    assert image.getpixel((0, 0)) == (0, 0, 0)
    pool.close()


def test_a_decoder_that_hangs_is_killed_and_the_next_image_is_read(deep: Path) -> None:
    pool = DecoderPool(read_seconds=0.5)
    pool.size(Item(deep), Tiff())
    child = _child(pool)
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(ImageReadError, match="too long"):
        pool.read(Item(deep), Tiff(), None)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert pool.read(Item(deep), Tiff(), None)[1] == (48, 32)
    pool.close()


def test_closing_ends_also_what_hangs(deep: Path) -> None:
    pool = DecoderPool()
    pool.size(Item(deep), Tiff())
    os.kill(_child(pool), signal.SIGSTOP)
    problems: list[str] = []

    def read() -> None:
        try:
            pool.read(Item(deep), Tiff(), None)
        except ImageReadError as error:
            problems.append(error.reason)

    thread = threading.Thread(target=read)
    thread.start()
    while not pool._busy:
        time.sleep(0.01)
    pool.close()
    thread.join(20)
    assert not thread.is_alive()
    assert len(problems) == 1


def test_many_threads_get_their_own_answers(tmp_path: Path) -> None:
    pool = DecoderPool()
    paths = []
    for number in range(24):
        paths.append(tmp_path / f"{number}.tif")
        tifffile.imwrite(paths[-1], np.array([[0, number, 255]], np.uint16))
    with ThreadPoolExecutor(4) as threads:
        images = list(threads.map(lambda path: pool.read(Item(path), Tiff(), None)[0], paths))
    assert [image.getpixel((1, 0))[0] for image in images] == list(range(24))
    assert 1 <= len(pool._idle) <= 4
    pool.close()


def test_no_decoder_outlives_a_program_that_was_killed(deep: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom model.images.decoder_process import pool\n"
        "from model.images.items import Item\n"
        "from model.images.readers.tiff import Tiff\np = Path(sys.argv[1])\npool.size(Item(p), Tiff())\n"
        "print(pool._idle[0]._process.pid, flush=True)\ntime.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(deep)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        child = int(program.stdout.readline())
        program.kill()
    deadline = time.monotonic() + 20
    while _runs(child):
        assert time.monotonic() < deadline, "the decoder still runs"
        time.sleep(0.05)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat")
        return not (state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z")
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_packages_in_the_current_folder_are_not_run(
    deep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("model/images", "numpy"):
        (tmp_path / "here" / name).mkdir(parents=True)
        (tmp_path / "here" / name / "__init__.py").write_text("raise SystemExit('run')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    pool = DecoderPool()
    assert pool.size(Item(deep), Tiff()) == (48, 32)
    pool.close()
