"""Choosing what to label, with the real engine: it shows how far it is, and can be stopped from its first step on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from model.embedding import embedder as embedder_module
from model.images.reading import image_size
from tests.gui.app.conftest import start


def test_reading_sizes_is_shown_and_can_be_stopped(
    qapp: object, qtbot: QtBot, tmp_path: Path, make_images: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, opened = list[Path](), list[bool]()
    go_on, read_size = threading.Event(), image_size

    def slowly_from_the_third(path: Path) -> tuple[int, int]:
        read.append(path)
        if len(read) == 3:
            opened.append(go_on.wait(20))
        return read_size(path)

    monkeypatch.setattr(embedder_module, "image_size", slowly_from_the_third)
    app = App(AppPaths.below(tmp_path / "app"), Runner(Engine()))
    qtbot.addWidget(app.window)
    start(app, qtbot)
    window = app.window
    app.library.add_folders((make_images("library", 8)[0].parent,))
    qtbot.waitUntil(lambda: window.library.model.total == 8)
    window.command_table["suggest"].trigger()
    qtbot.waitUntil(lambda: len(read) == 3, timeout=60_000)
    qtbot.waitUntil(lambda: "Reading sizes" in window.status.job.text())
    assert "/ 8" in window.status.job.text()
    window.command_table["cancel"].trigger()
    go_on.set()
    qtbot.waitUntil(lambda: not window.command_table.flag("busy"))
    assert "Stopped" in window.statusBar().currentMessage()
    assert window.library.model.suggested is None
    assert (len(read), opened) == (3, [True])
    assert app.shutdown() == []
