"""Boxes in the inspector: drawn with the mouse and by keyboard, removed, undone; only on examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fewshot_gui.items.roles import Role
from fewshot_gui.project.document import Document
from fewshot_gui.views.main_window import MainWindow
from model.types import Attend, Region
from tests.gui.views.conftest import PicturesOnDemand

EXAMPLE, OTHER = Path("/in/a.png"), Path("/new/b.png")
SIZE = QSize(600, 400)


@pytest.fixture
def shown(document: Document, window: MainWindow, pictures: PicturesOnDemand) -> MainWindow:
    """An example in the inspector."""
    document.add_examples(document.add_bin("Ants"), [EXAMPLE])
    window.intents.boxes_requested.connect(document.set_boxes)
    show(window, pictures, EXAMPLE)
    return window


def show(window: MainWindow, pictures: PicturesOnDemand, path: Path) -> None:
    window.intents.image_selected.emit(path)
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    pictures.picture_ready.emit(path, image, SIZE)
    QApplication.processEvents()


def at(window: MainWindow, x: float, y: float) -> QPoint:
    """Where a place of the picture, in its pixels, is on the canvas."""
    return window.inspector.canvas.view.to_widget(QPointF(x, y)).toPoint()


def drag(window: MainWindow, start: tuple[float, float], end: tuple[float, float]) -> None:
    canvas = window.inspector.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(window, *start))
    QTest.mouseMove(canvas, at(window, *end))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(window, *end))


def near(region: Region, expected: Region) -> bool:
    """Alike but for the pixels of the screen."""
    pairs = zip(
        (region.x, region.y, region.width, region.height),
        (expected.x, expected.y, expected.width, expected.height),
        strict=True,
    )
    return all(abs(one - other) <= 5 for one, other in pairs)


def test_boxes_are_drawn_with_the_mouse_and_undone(shown: MainWindow, document: Document) -> None:
    tools = shown.inspector.boxes
    assert tools.isVisible()
    tools.here.click()
    drag(shown, (300, 240), (100, 60))  # from the lower right
    tools.not_here.click()
    assert not tools.here.isChecked()
    drag(shown, (0, 350), (700, 450))  # beyond the picture
    boxes = document.boxes(EXAMPLE)
    assert near(boxes.inside[0], Region(100, 60, 200, 180))
    assert near(boxes.outside[0], Region(0, 350, 600, 50))
    document.undo_stack.undo()
    assert document.boxes(EXAMPLE) == Attend(boxes.inside)
    document.undo_stack.undo()
    assert not document.boxes(EXAMPLE)


def test_a_click_draws_nothing_and_without_a_tool_the_picture_is_moved(shown: MainWindow, document: Document) -> None:
    shown.inspector.boxes.here.click()
    drag(shown, (100, 100), (100, 100))
    shown.inspector.boxes.here.click()
    shown.inspector.canvas.zoom_by(4)
    before = at(shown, 300, 200)
    drag(shown, (300, 200), (320, 220))
    assert not document.boxes(EXAMPLE)
    assert at(shown, 300, 200) != before


def test_they_are_drawn_by_keyboard(shown: MainWindow, document: Document) -> None:
    tools, canvas = shown.inspector.boxes, shown.inspector.canvas
    tools.not_here.setFocus()
    QTest.keyClick(tools.not_here, Qt.Key.Key_Space)
    assert canvas.hasFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    step = round(600 / 32)
    assert document.boxes(EXAMPLE) == Attend((), (Region(150 - step, 100, 300, 200 + step),))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)  # that one is dropped
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not tools.not_here.isChecked()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert shown.inspector.boxes.layer.chosen == (False, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert not document.boxes(EXAMPLE)
    assert document.bin_of(EXAMPLE) is not None  # the example itself is not removed


def test_a_box_is_removed_by_its_cross_and_chosen_by_its_edge(shown: MainWindow, document: Document) -> None:
    document.set_boxes(EXAMPLE, Attend((Region(100, 100, 200, 200), Region(400, 100, 100, 100))))
    tools, canvas = shown.inspector.boxes, shown.inspector.canvas
    assert not tools.remove.isEnabled()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(shown, 400, 150))
    assert tools.layer.chosen == (True, 1)
    tools.remove.click()
    assert document.boxes(EXAMPLE) == Attend((Region(100, 100, 200, 200),))
    tag = tools.layer._tag(tools.layer._on_widget(Region(100, 100, 200, 200)), is_here=True)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=tools.layer._cross(tag).center().toPoint())
    assert not document.boxes(EXAMPLE)


def test_only_examples_have_tools_and_boxes(shown: MainWindow, document: Document, pictures: PicturesOnDemand) -> None:
    document.set_boxes(EXAMPLE, Attend((Region(100, 100, 200, 200),)))
    tools = shown.inspector.boxes
    assert tools.layer.boxes == document.boxes(EXAMPLE)
    document.remove_examples([EXAMPLE])
    assert not tools.isVisible()
    assert not tools.layer.boxes
    document.undo_stack.undo()
    assert tools.isVisible()
    assert tools.layer.boxes
    show(shown, pictures, OTHER)
    assert not tools.isVisible()
    assert not tools.layer.boxes


def test_the_two_kinds_are_told_without_colour(shown: MainWindow, document: Document) -> None:
    """Greys: the picture with a box of one kind differs from that with the same box of the other."""
    region, seen = Region(100, 100, 200, 200), []
    for boxes in (Attend((region,)), Attend((), (region,))):
        document.set_boxes(EXAMPLE, boxes)
        seen.append(shown.inspector.canvas.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8))
    assert seen[0] != seen[1]


def test_the_tool_stays_for_the_next_example(shown: MainWindow, document: Document, pictures: PicturesOnDemand) -> None:
    document.add_examples(document.bins[0].id, [OTHER])
    shown.inspector.boxes.here.click()
    show(shown, pictures, OTHER)
    drag(shown, (100, 100), (200, 200))
    assert list(document.board.boxes) == [OTHER]


def test_the_card_s_picture_has_a_mark_and_says_how_many(shown: MainWindow, document: Document) -> None:
    from fewshot_gui.views.image_view import ImageView

    view = next(
        view
        for view in shown.findChildren(ImageView)
        if view.model() and view.image_model().row_of(EXAMPLE) is not None
    )
    index = view.model().index(0, 0)
    assert index.data(Role.BOXED) is False
    before = view.grab().toImage()
    document.set_boxes(EXAMPLE, Attend((Region(1, 1, 5, 5),), (Region(9, 9, 5, 5),)))
    assert index.data(Role.BOXED) is True
    assert "1 here, 1 not here" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert view.grab().toImage() != before


def test_a_project_that_can_only_be_read_has_no_tools(shown: MainWindow, document: Document) -> None:
    document._read_only_reason = "another program has it"
    document.reset.emit()
    assert not shown.inspector.boxes.isVisible()
