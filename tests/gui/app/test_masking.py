"""The masking test through the whole app: asked by a click, computed in the worker, dropped when it is too late."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import TrainRequest, WithoutRegionRequest
from model.backbones.names import DEFAULT_BACKBONE
from model.progress import CancelToken, ignore_progress
from model.types import Region
from tests.gui.app.test_app import fill_two_bins, wait_for_job
from tests.gui.jobs.fakes import FakeEngine
from tests.model.conftest import SHAPES, paint

MakeImages = Callable[..., list[Path]]


def explained(app: App, make_images: MakeImages, qtbot: QtBot) -> list[Path]:
    """Train, and wait until the first of two new images is explained in the inspector."""
    fill_two_bins(app, make_images)
    app.window.intents.train_requested.emit()
    wait_for_job(app, qtbot)
    images = make_images("new", 2)
    app.window.intents.image_selected.emit(images[0])
    qtbot.waitUntil(app.window.inspector.masking.isVisible)
    return images


def test_it_is_computed_in_the_worker_and_said(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    explained(app, make_images, qtbot)
    strip = app.window.inspector.masking
    strip.button.click()
    qtbot.waitUntil(lambda: "61.0 %" in strip.answer.text())
    assert threading.get_ident() not in engine.threads


def test_an_answer_that_comes_after_the_next_image_was_chosen_is_dropped(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    images = explained(app, make_images, qtbot)
    strip = app.window.inspector.masking
    engine.explain_may_go_on.clear()
    strip.button.click()
    app.window.intents.image_selected.emit(images[1])
    engine.explain_may_go_on.set()
    qtbot.waitUntil(lambda: len(engine.explained) == 2 and strip.isVisible())
    assert strip.answer.text() == ""


def test_the_engine_covers_the_region(tmp_path: Path) -> None:
    """With the real model: a disc without its disc is less sure."""
    folders, names = [], tuple(SHAPES)
    for number, shape in enumerate(names):
        folder = tmp_path / shape
        folder.mkdir()
        for k in range(6):
            paint(shape, 100 * number + k).save(folder / f"{k}.png")
        folders.append(tuple(sorted(folder.iterdir())))
    engine = Engine()
    engine.train(
        TrainRequest(1, 0, names, names, tuple(folders), DEFAULT_BACKBONE, "cpu", 0),
        ignore_progress,
        CancelToken(),
    )
    paint("disc", 900, at=(110, 70)).save(tmp_path / "new.png")
    on_it, beside = Region(80, 40, 60, 60), Region(0, 90, 30, 30)
    found = [engine.without_region(WithoutRegionRequest(2, tmp_path / "new.png", at)) for at in (on_it, beside)]
    assert [one.region for one in found] == [on_it, beside]
    disc = names.index("disc")
    assert found[0].prediction.scores[disc] < found[1].prediction.scores[disc] - 0.2
