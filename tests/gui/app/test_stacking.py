"""Near copies as stacks, in the real window with the real engine: one tile, spread, put into a bin as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.prediction_delegate import number_rect
from fewshot_gui.items.roles import Role
from fewshot_gui.items.thumbnail_delegate import stack_rect
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import WarmUpRequest, WarmUpResult
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from fewshot_gui.views.image_view import ImageView
from model.types import Prediction, Status
from tests.gui.app.conftest import start


class _Engine(Engine):
    """Without a model: near copies need none."""

    def warm_up(self, request: WarmUpRequest) -> WarmUpResult:
        return WarmUpResult(request.job_id)


@pytest.fixture
def stacked(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    """A library of three pictures, of which the first has two copies, the last of all by name."""
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 255, (6, 8, 3), np.uint8)
        Image.fromarray(pixels).resize((160, 120), Image.Resampling.BICUBIC).save(folder / f"{number}.png")
    first = Image.open(folder / "0.png")
    first.point(lambda value: value * 0.8).save(folder / "dark.png")
    first.save(folder / "saved again.jpg", quality=50)
    app = App(AppPaths.below(tmp_path / "app"), Runner(_Engine()))
    qtbot.addWidget(app.window)
    start(app, qtbot)
    app.library.add_folders((folder,))
    qtbot.waitUntil(lambda: app.window.library.model.total == 5)
    yield app
    assert app.shutdown() == []


def stack(app: App, qtbot: QtBot) -> None:
    app.window.command_table["stacks"].trigger()
    qtbot.waitUntil(lambda: app.window.stacks.counts() == (1, 3), timeout=20_000)


def names(app: App) -> list[str]:
    return [path.name for path in app.window.library.model.paths]


def click_number(app: App, row: int) -> None:
    images = app.window.library.images
    index = images.model().index(row, 0)
    count = index.data(Role.STACK)[0]
    picture = images._delegate.picture_rect(images.visualRect(index))
    at: QPoint = stack_rect(picture, count, images.fontMetrics()).center()
    QTest.mouseClick(images.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_copies_are_one_tile_with_their_number_which_a_click_spreads(stacked: App, qtbot: QtBot) -> None:
    stack(stacked, qtbot)
    assert names(stacked) == ["0.png", "1.png", "2.png"]
    model = stacked.window.library.model
    assert model.index(0).data(Role.STACK) == (3, False)
    assert model.index(1).data(Role.STACK) is None
    assert "1 stack of 3" in stacked.window.library.stack_bar.note.text()
    click_number(stacked, 0)
    assert names(stacked) == ["0.png", "dark.png", "saved again.jpg", "1.png", "2.png"]
    assert [model.row_of(path) for path in model.paths] == [0, 1, 2, 3, 4]
    click_number(stacked, 1)
    assert names(stacked) == ["0.png", "1.png", "2.png"]
    assert [path.name for path in stacked.window.library.images.selected_paths()] == ["0.png"]
    stacked.window.command_table["stacks"].trigger()
    assert names(stacked) == ["0.png", "1.png", "2.png", "dark.png", "saved again.jpg"]


def test_the_keyboard_spreads_a_stack_and_puts_it_into_a_bin_as_a_whole(stacked: App, qtbot: QtBot) -> None:
    stack(stacked, qtbot)
    document, images = stacked.session.document, stacked.window.library.images
    bin_id = document.add_bin()
    images.setFocus()
    images.select_paths([stacked.window.library.model.path(0)])
    stacked.window.command_table["toggleStack"].trigger()
    assert len(names(stacked)) == 5
    stacked.window.command_table["toggleStack"].trigger()
    assert len(names(stacked)) == 3
    QTest.keyClick(images, Qt.Key.Key_1)
    assert sorted(example.path.name for example in document.bin(bin_id).examples) == [
        "0.png",
        "dark.png",
        "saved again.jpg",
    ]
    document.undo_stack.undo()
    assert document.example_count == 0


def test_without_whole_stacks_only_the_image_on_top_goes(stacked: App, qtbot: QtBot) -> None:
    stack(stacked, qtbot)
    document, images = stacked.session.document, stacked.window.library.images
    document.add_bin()
    stacked.window.library.stack_bar.as_whole.click()
    images.setFocus()
    images.select_paths([stacked.window.library.model.path(0)])
    QTest.keyClick(images, Qt.Key.Key_1)
    assert document.example_count == 1
    stacked.window.library.unsorted_only.click()
    assert names(stacked) == ["dark.png", "1.png", "2.png"] or names(stacked) == ["1.png", "2.png", "dark.png"]


def test_the_slider_says_at_once_how_many_there_are(stacked: App, qtbot: QtBot) -> None:
    stack(stacked, qtbot)
    bar = stacked.window.library.stack_bar
    bar.alike.setFocus()
    QTest.keyClick(bar.alike, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: "100 %" in bar.note.text())
    assert stacked.window.stacks.counts()[1] < 3
    QTest.keyClick(bar.alike, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: "1 stack of 3" in bar.note.text())


def test_images_that_come_later_are_stacked_too(stacked: App, qtbot: QtBot, tmp_path: Path) -> None:
    stack(stacked, qtbot)
    Image.open(tmp_path / "library" / "1.png").save(tmp_path / "library" / "1 again.jpg", quality=60)
    stacked.window.command_table["refresh"].trigger()
    qtbot.waitUntil(lambda: stacked.window.stacks.counts() == (2, 5), timeout=20_000)


def classify(app: App) -> None:
    """Give every image of the library a result, the later the more confident."""
    results, document = app.session.results, app.session.document
    bin_id = document.add_bin()
    made = [Prediction(path, Status.OK, 0, (0.5 + at / 10,)) for at, path in enumerate(app.services.library.paths)]
    results.add_predictions(document.revision, (bin_id,), made)


def shown(app: App) -> list[str]:
    model = app.window.results.model
    return [model.path(row).name for row in range(model.rowCount())]


def test_results_are_stacked_in_table_and_gallery_and_none_is_lost_to_an_export(stacked: App, qtbot: QtBot) -> None:
    stack(stacked, qtbot)
    classify(stacked)
    view = stacked.window.results
    qtbot.waitUntil(lambda: shown(stacked) == ["0.png", "1.png", "2.png"])  # those that arrive, too
    assert len(view.table.rows_in_view().shown) == 5
    assert view.model.index(0, 0).data(Role.STACK) == (3, False)
    view.table.sortByColumn(Column.CONFIDENCE, Qt.SortOrder.DescendingOrder)
    assert shown(stacked) == ["saved again.jpg", "2.png", "1.png"]  # the most confident of its stack
    assert view.stack_bar.isVisible()
    view.show_gallery(True)
    assert view.model.rowCount() == 3
    top = view.model.path(0)
    assert top.name == "saved again.jpg"
    view.gallery.stack_clicked.emit(top)
    assert view.model.rowCount() == 5
    view.gallery.stack_clicked.emit(top)
    view.show_gallery(False)
    assert view.model.rowCount() == 3
    stacked.window.command_table["stacks"].trigger()
    assert view.model.rowCount() == 5
    assert not view.stack_bar.isVisible()


def test_a_click_on_the_number_in_the_table_spreads_a_stack(stacked: App, qtbot: QtBot) -> None:
    stack(stacked, qtbot)
    classify(stacked)
    table = stacked.window.results.table
    qtbot.waitUntil(lambda: len(shown(stacked)) == 3)

    def click(row: int) -> None:
        index = table.model().index(row, Column.IMAGE)
        at = number_rect(table.visualRect(index), index.data(Role.STACK)[0], table.fontMetrics()).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)

    click(0)
    assert shown(stacked) == ["0.png", "dark.png", "saved again.jpg", "1.png", "2.png"]
    assert [path.name for path in table.selected_paths()] == ["0.png"]
    table.select_paths([stacked.window.results.model.path(2)])
    table.setFocus()
    stacked.window.command_table["toggleStack"].trigger()
    assert shown(stacked) == ["0.png", "1.png", "2.png"]
    assert [path.name for path in table.selected_paths()] == ["0.png"]  # what was selected lies under it
    assert stacked.window.library.images.selected_paths() == []


def test_spreading_what_is_in_no_stack_says_so_and_moves_nothing(stacked: App, qtbot: QtBot) -> None:
    window, command = stacked.window, stacked.window.command_table["toggleStack"]
    classify(stacked)
    table = window.results.table
    table.setFocus()
    table.select_paths([path for path in stacked.services.library.paths if path.name == "1.png"])
    command.trigger()
    assert "not stacked" in window.status.currentMessage()
    stack(stacked, qtbot)
    command.trigger()
    assert window.status.currentMessage() == "This image is in no stack."
    assert [path.name for path in table.selected_paths()] == ["1.png"]
    assert window.library.images.selected_paths() == []
    assert window.focus.active is table
    document = stacked.session.document
    document.add_examples(document.bins[0].id, [path for path in stacked.services.library.paths if "0" in path.name])
    bin_view = next(view for view in window.findChildren(ImageView) if view.model().rowCount() == 1)
    bin_view.setFocus()
    bin_view.selectAll()
    command.trigger()
    assert "Bins show every image" in window.status.currentMessage()
    assert [path.name for path in bin_view.selected_paths()] == ["0.png"]


def test_another_project_has_no_stacks(stacked: App, qtbot: QtBot) -> None:
    stack(stacked, qtbot)
    stacked.window.intents.new_requested.emit()
    qtbot.waitUntil(lambda: stacked.window.library.model.total == 0)
    assert stacked.window.stacks.counts() == (0, 0)
