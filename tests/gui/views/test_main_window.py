"""The window as a whole: it follows the document and tells what the user wants."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QPointF, QSize, QSizeF
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QTreeWidget,
)
from pytestqt.qtbot import QtBot

from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.results import Results
from fewshot_gui.views.bin_card import BinCard
from fewshot_gui.views.dialogs import ErrorDialog, HelpDialog
from fewshot_gui.views.main_window import MainWindow
from model.types import ExampleReport, Explanation, Prediction, Region, Status, TrainingReport

from .conftest import PicturesOnDemand, ReadyThumbnails
from .helpers import board_of, child, paths


def train(document: Document, results: Results, wrong: Path | None = None) -> tuple[str, ...]:
    """Pretend to have trained on what is in the bins; `wrong` is taken for another class."""
    bins = document.bins
    examples = [
        ExampleReport(example.path, at, 1.0, (at + 1) % len(bins) if example.path == wrong else at, 0.8)
        for at, bin_ in enumerate(bins)
        for example in bin_.examples
    ]
    ids = tuple(bin_.id for bin_ in bins)
    names = tuple(bin_.name for bin_ in bins)
    report = TrainingReport(names, tuple(examples), (), (), 0.75, (0.3, 0.95), 10, True, 0.1)
    results.set_training(document.revision, ids, report, {})
    return ids


@pytest.fixture
def trained(document: Document, results: Results) -> tuple[str, ...]:
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    document.add_examples(cats, paths(2, "/cats"))
    document.add_examples(dogs, paths(2, "/dogs"))
    return train(document, results)


def cards(window: MainWindow) -> list[str]:
    grid = board_of(window).grid
    widgets = [item.widget() for at in range(grid.count()) if (item := grid.itemAt(at)) is not None]
    return [widget.header.name.full_text for widget in widgets if isinstance(widget, BinCard)]


def test_the_board_follows_every_edit_and_its_undo(window: MainWindow, document: Document) -> None:
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    assert cards(window) == ["Cats", "Dogs"]
    document.move_bin(dogs, 0)
    document.rename_bin(cats, "Lions")
    assert cards(window) == ["Dogs", "Lions"]
    document.merge_bins(dogs, cats)
    assert cards(window) == ["Lions"]
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert cards(window) == []
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    assert cards(window) == ["Lions"]


def test_commands_are_enabled_when_they_make_sense(window: MainWindow, document: Document, results: Results) -> None:
    table = window.command_table
    assert not table["train"].isEnabled()
    for name in ("Cats", "Dogs"):
        document.add_examples(document.add_bin(name), paths(2, f"/{name}"))
    assert table["train"].isEnabled()
    assert not table["classify"].isEnabled()
    train(document, results)
    assert table["classify"].isEnabled()
    window.status.start_job("Training")
    assert not table["train"].isEnabled()
    assert table["cancel"].isEnabled()
    window.status.finish_job()
    assert table["train"].isEnabled()
    assert not table["cancel"].isEnabled()


def test_undo_says_what_it_undoes(window: MainWindow, document: Document) -> None:
    document.add_bin("A & B")
    assert "A && B" in window.command_table["undo"].text()
    window.command_table["undo"].trigger()
    assert document.bins == ()


@pytest.mark.parametrize(
    ("action", "signal"),
    [
        ("new", "new_requested"), ("open", "open_requested"), ("save", "save_requested"),
        ("saveAs", "save_as_requested"), ("addFolder", "add_folder_requested"), ("newBin", "bin_add_requested"),
    ],
)  # fmt: skip
def test_actions_tell_what_is_wanted(window: MainWindow, action: str, signal: str) -> None:
    spy = QSignalSpy(getattr(window.intents, signal))
    window.command_table[action].trigger()
    assert spy.count() == 1


def test_classify_asks_for_a_folder_or_takes_the_library(
    window: MainWindow, found: Library, trained: tuple[str, ...]
) -> None:
    spy = QSignalSpy(window.intents.classify_requested)
    found.add(paths(3))
    window.command_table["classify"].trigger()
    window.command_table["classifyLibrary"].trigger()
    assert [spy.at(0), spy.at(1)] == [[[]], [paths(3)]]


def test_stale_predictions_are_marked(
    window: MainWindow, document: Document, results: Results, trained: tuple[str, ...]
) -> None:
    results.add_predictions(document.revision, trained, [Prediction(paths(1)[0], Status.OK, 0, (0.9, 0.1))])
    row = window.results.model.index(0, 3)
    assert "Out of date" not in row.data()
    assert not window.results._notice.isVisibleTo(window)
    document.add_examples(trained[0], paths(1, "/more"))
    assert "Out of date" in window.results.model.index(0, 3).data()
    assert window.results._notice.isVisibleTo(window)


def test_the_inspector_asks_for_picture_and_explanation_and_shows_them(
    qtbot: QtBot, window: MainWindow, pictures: PicturesOnDemand, document: Document, trained: tuple[str, ...]
) -> None:
    path = paths(1, "/cats")[0]
    chosen, asked = QSignalSpy(window.intents.image_selected), QSignalSpy(window.intents.explain_requested)
    window.bins.card(trained[0]).images.select_paths([path])
    assert chosen.at(0) == [path]
    assert pictures.requests == [path]
    qtbot.waitUntil(lambda: asked.count() == 1)
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    pictures.picture_ready.emit(path, image, image.size())
    plain = window.inspector.canvas.grab().toImage()
    maps = np.zeros((2, 7, 7), dtype=np.float32)
    maps[0, 1, 1] = maps[1, 5, 5] = 1
    regions = (Region(0, 0, 20, 20), Region(30, 20, 20, 20))
    window.show_explanation(path, trained, Explanation(path, maps, regions, (0.7, 0.3), (64, 48)))
    first = window.inspector.canvas.grab().toImage()
    assert first != plain
    window.inspector.scores.setCurrentRow(1)
    assert window.inspector.scores.chosen_bin() == trained[1]
    assert window.inspector.canvas.grab().toImage() != first


def test_the_inspector_shows_the_thumbnail_until_the_picture_is_read(
    window: MainWindow, pictures: PicturesOnDemand, thumbnails: ReadyThumbnails
) -> None:
    path = paths(1)[0]
    window.inspector.show_image(path)
    assert path in thumbnails.asked
    assert window.inspector.canvas.view.image_size() == QSizeF(32, 24)
    assert window.inspector._zoom.text() == ""
    image = QImage(256, 192, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    pictures.picture_ready.emit(path, image, QSize(12000, 9000))
    assert window.inspector.canvas.view.image_size() == QSizeF(12000, 9000)
    assert window.inspector._zoom.text().endswith("%")


def test_finer_pixels_are_asked_for_when_one_zooms_in_and_shown(
    qtbot: QtBot, window: MainWindow, pictures: PicturesOnDemand
) -> None:
    path, canvas = paths(1)[0], window.inspector.canvas
    window.inspector.show_image(path)
    image = QImage(1280, 960, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    pictures.picture_ready.emit(path, image, QSize(12800, 9600))
    qtbot.wait(100)
    assert pictures.details == []
    canvas.zoom_to_actual()
    qtbot.waitUntil(lambda: len(pictures.details) == 1)
    asked, rect, scale = pictures.details[0]
    assert (asked, scale) == (path, 1.0)
    assert rect.contains(QPointF(6400, 4800))
    assert rect.width() < 2 * canvas.width() / canvas.view.scale
    before = canvas.grab().toImage()
    detail = QImage(round(rect.width()), round(rect.height()), QImage.Format.Format_RGB32)
    detail.fill(0xFFCC3311)
    pictures.detail_ready.emit(path, detail, rect)
    assert canvas.grab().toImage() != before
    canvas.view.pan(QPointF(3, 3))
    canvas.zoom_changed.emit(1.0)
    qtbot.wait(100)
    assert len(pictures.details) == 1


def test_an_explanation_of_another_image_is_dropped(
    window: MainWindow, pictures: PicturesOnDemand, trained: tuple[str, ...]
) -> None:
    first, second = paths(2, "/cats")
    window.inspector.show_image(first)
    window.inspector.show_image(second)
    maps = np.ones((2, 3, 3), dtype=np.float32)
    late = Explanation(first, maps, (Region(0, 0, 1, 1),) * 2, (0.7, 0.3), (4, 4))
    window.show_explanation(first, trained, late)
    assert window.inspector.scores.count() == 0


def test_an_image_that_cannot_be_read_says_why(window: MainWindow, pictures: PicturesOnDemand) -> None:
    path = paths(1)[0]
    window.inspector.show_image(path)
    pictures.picture_failed.emit(path, "cut off after 12 bytes")
    assert "cut off" in window.inspector._status.text()


def test_why_an_image_cannot_be_read_is_said_once(
    window: MainWindow, pictures: PicturesOnDemand, results: Results, trained: tuple[str, ...]
) -> None:
    path, reason = paths(1, "/cats")[0], "is cut off. Export it again."
    results.add_predictions(1, trained, [Prediction(path, Status.ERROR, message=reason)])

    def said() -> str:
        labels = [one for one in window.inspector.findChildren(QLabel) if one.isVisible()]
        return "\n".join(label.text() for label in labels)

    window.inspector.show_image(path)
    pictures.picture_failed.emit(path, reason)
    assert said().count(reason) == 1
    window.show_explanation_failure(path, f"{path}: {reason}")
    assert said().count(reason) == 1
    window.show_explanation_failure(path, "The device is gone.")  # another reason is said, too
    assert (said().count(reason), said().count("The device is gone.")) == (1, 1)


def test_doubtful_and_missing_examples_are_counted_and_explained(
    window: MainWindow, document: Document, results: Results, trained: tuple[str, ...]
) -> None:
    wrong = paths(1, "/cats")[0]
    train(document, results, wrong)
    card = window.bins.card(trained[0])
    assert "1" in card.header._doubts.text()
    model = card.images.image_model()
    assert "looks like ‘Dogs’" in model.index(0).data(3)  # tool tip
    document.set_missing([wrong])
    assert "missing" in model.index(0).data(3)


def test_a_bin_says_how_many_independent_groups_its_examples_are(
    window: MainWindow, document: Document, results: Results
) -> None:
    bins = (document.add_bin("Cats"), document.add_bin("Dogs"))
    images = paths(6, "/cats")
    document.add_examples(bins[0], images)
    document.add_examples(bins[1], paths(2, "/dogs"))
    header = window.bins.card(bins[0]).header
    assert header._count.text() == "6"
    groups = (4, 4, 4, None, 7, 7)
    report = [ExampleReport(path, 0, 1.0, 0, 0.9, group) for path, group in zip(images, groups, strict=True)]
    report += [ExampleReport(path, 1, 1.0, 1, 0.9) for path in paths(2, "/dogs")]
    training = TrainingReport(("Cats", "Dogs"), tuple(report), (), (), 1.0, (0.5, 1.0), 1, True, 0.1)
    results.set_training(document.revision, bins, training, {})
    assert header._count.text() == "6 in 3 groups"
    assert window.bins.card(bins[1]).header._count.text() == "2"
    document.remove_examples(images[:2])
    assert header._count.text() == "4 in 3 groups"


def test_the_close_guard_is_asked(window: MainWindow) -> None:
    window.set_close_guard(lambda: False)
    assert not window.close()
    window.set_close_guard(lambda: True)
    assert window.close()


def test_splitters_are_restored_and_damage_is_ignored(window: MainWindow) -> None:
    state = window.layout_state()
    for broken in (b"", b"{", b"[]", b'{"columns": "x", "rows": []}'):
        window.restore_layout(QByteArray(broken))
    window.restore_layout(state)
    assert window.layout_state() == state


@pytest.mark.parametrize("theme", ["dark", "light", "system"])
def test_every_theme_is_shown_and_painted(
    window: MainWindow, document: Document, trained: tuple[str, ...], theme: str
) -> None:
    window.set_theme(theme)
    assert not window.grab().isNull()


def test_every_control_has_an_accessible_name(window: MainWindow, document: Document, trained: tuple[str, ...]) -> None:
    controls = [
        control
        for kind in (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QSlider, QSpinBox)
        for control in window.findChildren(kind)
        if control.isVisibleTo(window) and not control.objectName().startswith("qt_")
    ]
    assert len(controls) > 15
    unnamed = [
        control
        for control in controls
        if not (control.accessibleName() or control.toolTip() or getattr(control, "text", str)())
        and not isinstance(control.parent(), QComboBox | QSpinBox | QLineEdit | QAbstractItemView)
    ]
    assert unnamed == []


def test_everything_fits_at_1280_by_720(window: MainWindow) -> None:
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720


def test_an_error_can_be_copied(window: MainWindow, qtbot: QtBot, qapp: QApplication) -> None:
    window.show_error("Training", "It failed.", "Traceback: none")
    dialog = child(window, ErrorDialog, "errorDialog")
    dialog.copy_button.click()
    assert qapp.clipboard().text() == "It failed.\n\nTraceback: none"
    dialog.close()


def _tips(tree: QTreeWidget, row: int) -> str:
    item = tree.topLevelItem(row)
    assert item is not None
    return " ".join(item.toolTip(column) for column in range(2))


def test_help_lists_the_keys(window: MainWindow) -> None:
    window.command_table["help"].trigger()
    dialog = child(window, HelpDialog, "helpDialog")
    assert dialog.isVisible()
    tree = child(dialog, QTreeWidget)
    for column in range(2):  # every text is shown whole
        assert tree.sizeHintForColumn(column) <= tree.columnWidth(column)
    assert tree.header().length() <= tree.viewport().width()
    assert any(_tips(tree, row).startswith("1 – 9 Put the selected images") for row in range(9))
    dialog.close()


def test_an_image_has_one_number_wherever_it_stands(
    window: MainWindow, document: Document, results: Results, qtbot: QtBot
) -> None:
    bins = (document.add_bin("Cats"), document.add_bin("Dogs"))
    path = paths(1)[0]
    for shares, text in (((0.452, 0.548), "54.8 %"), ((0.00003, 0.99997), "> 99.9 %")):
        results.add_predictions(1, bins, [Prediction(path, Status.OK, 1, shares, Region(0, 0, 1, 1))])
        window.inspector.show_image(path)
        other = Explanation(path, np.zeros((2, 1, 1), np.float32), 2 * (Region(0, 0, 1, 1),), (0.481, 0.519), (9, 9))
        window.show_explanation(path, bins, other)
        bars, table = window.inspector.scores, window.results.model
        assert table.data(table.index(0, Column.CONFIDENCE)) == text
        assert bars.item(0).text() == f"Dogs {text}"
        assert f"Predicted ‘Dogs’ ({text})." in window.inspector._verdict.text()


def test_a_filter_finds_a_name_however_its_letters_are_put_together(
    window: MainWindow, document: Document, results: Results, found: Library, qtbot: QtBot
) -> None:
    typed, stored = (unicodedata.normalize(form, "Müller") for form in ("NFC", "NFD"))
    images = [Path(f"/images/{name}.png") for name in (stored, typed, "Meier")]
    found.add(images)
    bin_id = document.add_bin("Cats")
    results.add_predictions(1, (bin_id,), [Prediction(one, Status.OK, 0, (1.0,), Region(0, 0, 1, 1)) for one in images])
    for view in (window.library, window.results):
        for text in (typed, stored.upper()):
            view.filter.setText(text)
            qtbot.waitUntil(lambda view=view: view.model.rowCount() == 2)  # type: ignore[misc]
            view.filter.clear()
            qtbot.waitUntil(lambda view=view: view.model.rowCount() == 3)  # type: ignore[misc]


def test_the_first_window_fits_the_screen(window: MainWindow) -> None:
    room = window.screen().availableSize()
    window.resize(2 * room.width(), 2 * room.height())
    window.fit_to_screen()
    assert window.width() <= room.width()
    assert 0.9 * room.height() < window.height() < room.height()


def test_results_alone_have_the_room_of_library_and_bins_and_give_it_back(window: MainWindow, qtbot: QtBot) -> None:
    before, state = (window.results.width(), window.results.height()), window.layout_state()
    window.command_table["resultsAlone"].trigger()
    assert (window.library.isVisible(), window.bins.isVisible()) == (False, False)
    qtbot.waitUntil(lambda: window.results.width() > before[0] and window.results.height() > 1.5 * before[1])
    window._columns.splitterMoved.emit(100, 1)
    window.command_table["resultsAlone"].trigger()
    assert window.library.isVisible()
    qtbot.waitUntil(lambda: (window.results.width(), window.results.height()) == before)
    assert window.layout_state() == state
