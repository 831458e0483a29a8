"""A program that is killed while it trains or classifies says so the next time, and goes on where it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.paths import AppPaths
from model.embedding.embedder import BATCHES
from model.resource_files import resource

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


def _kill_while(kind: str, folder: Path, photos: Path) -> None:
    script = Path(__file__).with_name("work_until_killed.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(script), kind, str(folder), str(resource("example/examples")), str(photos)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("begun")
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("kind", ["training", "classifying"])
def test_work_that_a_kill_cut_off_is_offered_again(kind: str, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (source,) = sorted(resource("example/to_classify").glob("sky_01.*"))
    total = 2 * BATCHES.size
    for number in range(total):
        shutil.copy(source, photos / f"{number}{source.suffix}")
    _kill_while(kind, tmp_path / "app", photos)
    app = App(AppPaths.below(tmp_path / "app"))
    qtbot.addWidget(app.window)
    with qtbot.waitSignal(app.started, timeout=20_000):
        app.start(tmp_path / "app" / "killed.fewshot")
    notice = app.window.banner.unfinished
    assert notice.isVisible()
    assert len(app.session.document.bins) == 3
    before = {made.path: made for made in app.session.results}
    assert len(before) == 0 if kind == "training" else 0 < len(before) < total
    qtbot.waitUntil(app.window.command_table["goOn"].isEnabled, timeout=60_000)
    with qtbot.waitSignal(app.running.job_ended, timeout=120_000):
        app.window.command_table["goOn"].trigger()
    assert not notice.isVisible()
    if kind == "training":
        assert app.session.results.report is not None
    else:
        assert len(app.session.results) == total
        assert all(app.session.results.prediction(path) is made for path, made in before.items())  # not done again
    assert app.session.unfinished() is None
    assert app.shutdown() == []
