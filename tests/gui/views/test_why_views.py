"""Why an image has its class, in the inspector: the difference of two classes and the masking test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest

from fewshot_gui.project.document import Document
from fewshot_gui.views.main_window import MainWindow
from model.types import Explanation, MapStyle, Prediction, Region, Status
from tests.gui.views.conftest import PicturesOnDemand

PATH = Path("/new/one.png")
LEFT, RIGHT, MIDDLE = Region(0, 0, 20, 40), Region(40, 0, 20, 40), Region(20, 0, 20, 40)


def explanation(scores: tuple[float, ...] = (0.88, 0.1, 0.02)) -> Explanation:
    """Of three classes: the evidence for the first is at the left, for the second at the right, for none elsewhere."""
    evidence = np.zeros((3, 4, 6), np.float32)
    evidence[0, :, :2], evidence[1, :, 4:] = 4, 4
    maps = np.exp(evidence - evidence.max(axis=(1, 2), keepdims=True))
    return Explanation(PATH, maps, (LEFT, RIGHT, MIDDLE), scores, (60, 40), evidence=evidence)


@pytest.fixture
def bins(document: Document, window: MainWindow, pictures: PicturesOnDemand) -> tuple[str, ...]:
    """Three bins, and a grey picture in the inspector with an explanation for them."""
    ids = tuple(document.add_bin(name) for name in ("Ants", "Bees", "Cats"))
    window.intents.image_selected.emit(PATH)
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    pictures.picture_ready.emit(PATH, image, QSize(60, 40))
    window.show_explanation(PATH, ids, explanation())
    return ids


def choose(window: MainWindow, style: MapStyle) -> None:
    """Choose a way to show maps with the keyboard, as in the inspector's list."""
    choice = window.inspector.map_choice
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_End)
    for _ in range(choice.count() - 1 - choice.findData(style)):
        QTest.keyClick(choice, Qt.Key.Key_Up)
    assert choice.style_ is style


def colour_at(window: MainWindow, x: float, y: float) -> tuple[int, int, int]:
    """What is seen of the picture at a place, 0..1."""
    canvas = window.inspector.canvas
    where = canvas.view.image_rect()
    at = QPoint(round(where.left() + x * where.width()), round(where.top() + y * where.height()))
    colour = canvas.grab().toImage().pixelColor(at)
    return colour.red(), colour.green(), colour.blue()


def test_the_difference_is_blue_for_the_first_class_and_orange_for_the_other(
    window: MainWindow, bins: tuple[str, ...]
) -> None:
    inspector, gallery_style = window.inspector, window.results.gallery._delegate.map_style
    assert inspector.legend.isHidden()
    choose(window, MapStyle.DIFFERENCE)
    assert inspector.legend.isVisible()
    assert inspector.legend.classes == ("Ants", "Bees")
    red, _, blue = colour_at(window, 0.1, 0.9)
    assert blue > red + 40
    red, _, blue = colour_at(window, 0.9, 0.1)
    assert red > blue + 40
    red, green, blue = colour_at(window, 0.5, 0.5)
    assert max(red, green, blue) - min(red, green, blue) < 12
    assert window.results.gallery._delegate.map_style is gallery_style  # its tiles have one class each
    assert window.results.bar.map_choice.style_ is gallery_style


def test_another_class_is_compared_by_its_score_bar(window: MainWindow, bins: tuple[str, ...]) -> None:
    choose(window, MapStyle.DIFFERENCE)
    scores, legend = window.inspector.scores, window.inspector.legend
    for row, names in ((2, ("Ants", "Cats")), (1, ("Ants", "Bees")), (0, ("Ants", "Bees"))):
        at = scores.visualItemRect(scores.item(row)).center()
        QTest.mouseClick(scores.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert legend.classes == names
    scores.setCurrentRow(2)
    red, green, blue = colour_at(window, 0.9, 0.1)  # neither Ants nor Cats
    assert max(red, green, blue) - min(red, green, blue) < 12
    choose(window, MapStyle.HEAT)
    assert legend.isHidden()


def test_a_small_difference_is_drawn_faintly() -> None:
    from model.regions.overlay import difference_layer

    small = difference_layer(np.full((4, 4), 0.1, np.float32), (8, 8))
    large = difference_layer(np.full((4, 4), -7.0, np.float32), (8, 8))
    assert small[..., 3].max() < 40
    assert large[..., 3].min() > 250
    assert small[0, 0, 2] > small[0, 0, 0]  # blue
    assert large[0, 0, 0] > large[0, 0, 2]  # orange


def test_the_difference_is_chosen_again_after_a_restart(window: MainWindow, bins: tuple[str, ...]) -> None:
    choose(window, MapStyle.DIFFERENCE)
    state = window.layout_state()
    choose(window, MapStyle.BOX)
    window.restore_layout(state)
    assert window.inspector.map_choice.style_ is MapStyle.DIFFERENCE


def test_a_click_asks_what_is_without_the_region_and_the_line_says(window: MainWindow, bins: tuple[str, ...]) -> None:
    strip, asked = window.inspector.masking, QSignalSpy(window.intents.without_region_requested)
    assert strip.isVisible()
    QTest.mouseClick(strip.button, Qt.MouseButton.LeftButton)
    assert asked.at(0) == [PATH, LEFT]
    assert not strip.button.isEnabled()
    strip.show_result(PATH, LEFT, Prediction(PATH, Status.OK, 1, (0.39, 0.61, 0.0)))
    assert strip.answer.text() == "Without this region: ‘Bees’ 61.0 % instead of ‘Ants’ 88.0 %."
    window.inspector.scores.setCurrentRow(1)  # another region
    assert strip.answer.text() == ""
    QTest.mouseClick(strip.button, Qt.MouseButton.LeftButton)
    assert asked.at(1) == [PATH, RIGHT]
    strip.show_result(PATH, RIGHT, Prediction(PATH, Status.UNKNOWN, 0, (0.7, 0.2, 0.1)))
    assert strip.answer.text() == ("Without this region: ‘Ants’ 70.0 % instead of 88.0 %. It is unlike every bin then.")


def test_an_answer_for_what_is_not_shown_any_more_is_dropped(window: MainWindow, bins: tuple[str, ...]) -> None:
    strip, answer = window.inspector.masking, Prediction(PATH, Status.OK, 1, (0.39, 0.61, 0.0))
    strip.button.click()
    window.inspector.scores.setCurrentRow(1)
    strip.show_result(PATH, LEFT, answer)  # of the class before
    assert strip.answer.text() == ""
    strip.button.click()
    window.explain_again()  # there is another classifier
    assert strip.isHidden()
    window.show_explanation(PATH, bins, explanation())
    strip.show_result(PATH, RIGHT, answer)
    assert strip.answer.text() == ""
    window.inspector.show_image(Path("/new/two.png"))
    assert strip.isHidden()


def test_a_failure_is_said_and_can_be_tried_again(window: MainWindow, bins: tuple[str, ...]) -> None:
    strip = window.inspector.masking
    strip.button.click()
    strip.show_failure(PATH, LEFT, "one.png is gone.")
    assert strip.answer.text() == "one.png is gone."
    assert strip.button.isEnabled()
