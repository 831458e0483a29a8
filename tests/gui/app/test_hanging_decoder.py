"""A decoder that hangs neither stops the window nor keeps it from closing."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from model.images.decoder_process import pool


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_the_window_closes_while_a_decoder_hangs(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / f"{k}.tif" for k in range(4)]
    for path in paths:
        tifffile.imwrite(path, np.arange(600, dtype=np.uint16).reshape(20, 30))
    pool.close()
    with qtbot.waitSignal(app.thumbnails.image_ready):
        app.thumbnails.image(paths[0])
    (process,) = pool._idle
    os.kill(process._process.pid, signal.SIGSTOP)
    for path in paths[1:]:
        app.thumbnails.image(path)
    qtbot.waitUntil(lambda: bool(pool._busy))
    # The fixture shuts the app down and checks that no thread is left.
