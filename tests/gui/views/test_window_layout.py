"""Presets of the window's layout, and what is remembered of it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.main_window import MainWindow
from model.types import Prediction, Status

from .helpers import paths


def _sizes(window: MainWindow) -> dict[str, int]:
    """Pixels of area of each part, 0 where it is hidden."""
    parts = {
        "library": window.library, "bins": window.bins, "results": window.results, "inspector": window.inspector,
    }  # fmt: skip
    return {name: part.width() * part.height() if part.isVisible() else 0 for name, part in parts.items()}


def _classified(document: Document, results: Results) -> None:
    ids = (document.add_bin("Cats"), document.add_bin("Dogs"))
    made = [Prediction(path, Status.OK, 0, (0.9, 0.1)) for path in paths(3, "/more")]
    results.add_predictions(document.revision, ids, made)


@pytest.fixture
def filled(window: MainWindow, document: Document, results: Results) -> MainWindow:
    _classified(document, results)
    return window


def test_each_preset_gives_its_work_the_most_room_and_the_usual_one_brings_all_back(
    filled: MainWindow, qtbot: QtBot
) -> None:
    usual, state = _sizes(filled), filled.layout_state()
    filled.command_table["layoutLabel"].trigger()
    label = _sizes(filled)
    assert label["library"] > usual["library"]
    assert label["bins"] > label["results"]
    filled.command_table["layoutReview"].trigger()
    assert (_sizes(filled)["library"], _sizes(filled)["bins"]) == (0, 0)
    qtbot.waitUntil(lambda: _sizes(filled)["results"] > 2 * usual["results"])
    assert filled.results.is_gallery
    filled.command_table["layoutInspect"].trigger()
    qtbot.waitUntil(lambda: _sizes(filled)["inspector"] > 1.5 * usual["inspector"])
    assert _sizes(filled)["library"] > 0
    filled.command_table["layoutReset"].trigger()
    qtbot.waitUntil(lambda: _sizes(filled) == usual)
    assert filled.layout_state() == state


def test_results_alone_are_remembered(filled: MainWindow) -> None:
    filled.command_table["layoutReview"].trigger()
    state = filled.layout_state()
    filled.command_table["layoutReset"].trigger()
    filled.restore_layout(state)
    assert filled.layout_state() == state
    assert not filled.bins.isVisible()
