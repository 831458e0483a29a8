"""The charts of the estimates: where things are drawn, in which colours, and what the mouse and keys do."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui import style
from fewshot_gui.widgets.class_header import ClassHeader
from fewshot_gui.widgets.confusion_table import ConfusionTable, cell_color
from fewshot_gui.widgets.curve_chart import CurveChart
from fewshot_gui.widgets.interval_table import IntervalRow, IntervalTable, Measure, bar_area, x_of


def rendered(widget: QWidget) -> QImage:
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    widget.render(image)
    return image


def cell(table: QTableWidget, row: int, column: int) -> QTableWidgetItem:
    item = table.item(row, column)
    assert item is not None
    return item


def distance(first: QColor, second: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(_rgb(first), _rgb(second), strict=True))


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def palette(request: pytest.FixtureRequest, qapp: QApplication) -> QPalette:
    return style.make_palette(request.param)


@pytest.fixture
def table(qtbot: QtBot, palette: QPalette) -> ConfusionTable:
    table = ConfusionTable()
    qtbot.addWidget(table)
    table.setPalette(palette)
    table.resize(420, 260)
    table.set_counts(
        [("Cats", "#e69f00"), ("Dogs", "#56b4e9"), ("Eels", "#009e73")],
        [[5, 0, 0], [1, 4, 0], [2, 0, 2]],
        lambda row, column: f"{row} taken for {column}",
    )
    table.show()
    return table


def test_cells_are_tinted_by_their_share_of_the_row(table: ConfusionTable, palette: QPalette) -> None:
    image = rendered(table.viewport())

    def color(row: int, column: int) -> QColor:
        return image.pixelColor(table.visualItemRect(cell(table, row, column)).topLeft() + QPoint(6, 6))

    assert distance(color(0, 0), cell_color(palette, 1.0, True)) <= 3
    assert distance(color(1, 0), cell_color(palette, 0.2, False)) <= 3
    assert distance(color(0, 1), palette.base().color()) <= 3
    base = palette.base().color()
    shares = [distance(cell_color(palette, share, False), base) for share in (0.0, 0.3, 0.6, 1.0)]
    assert shares == sorted(set(shares))


def test_a_click_and_enter_choose_what_counts(table: ConfusionTable) -> None:
    spy = QSignalSpy(table.cell_chosen)
    for row, column in ((1, 0), (0, 1)):
        at = table.visualItemRect(cell(table, row, column)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.keyClick(table, Qt.Key.Key_Enter)  # on the empty one
    table.setCurrentCell(2, 2)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert [spy.at(at) for at in range(spy.count())] == [[1, 0], [2, 2]]


def test_cells_speak_and_stay_current(table: ConfusionTable) -> None:
    assert cell(table, 1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "1 taken for 0"
    table.setCurrentCell(1, 2)
    classes = [("Cats", "#e69f00"), ("Hounds", "#56b4e9"), ("Eels", "#009e73")]
    table.set_counts(classes, [[1, 0, 0]] * 3, lambda row, column: "")
    assert (table.currentRow(), table.currentColumn()) == (1, 2)
    table.set_counts(classes[:2], [[1, 0]] * 2, lambda row, column: "")
    assert (table.currentRow(), table.currentColumn()) == (0, 0)


def test_names_stand_upright_only_where_they_do_not_fit(table: ConfusionTable) -> None:
    header = table.horizontalHeader()
    assert isinstance(header, ClassHeader)
    assert [header.is_upright] == [False]
    name = "Eosinophilic granulocytes of the third kind"
    table.set_counts([(name, "#e69f00")] * 20, [[1] * 20] * 20, lambda row, column: "")
    assert [header.is_upright] == [True]
    assert header.height() < 160
    title = table.horizontalHeaderItem(3)
    assert title is not None
    assert title.toolTip() == name
    assert not rendered(table).isNull()


def test_the_strip_beside_the_cells_has_the_class_s_colour(table: ConfusionTable) -> None:
    header = table.horizontalHeader()
    image = rendered(header)
    x = header.sectionViewportPosition(1) + header.sectionSize(1) // 2
    assert distance(image.pixelColor(x, header.height() - 2), QColor("#56b4e9")) <= 3


def test_bars_end_at_their_share_and_whiskers_reach_the_interval(qtbot: QtBot, palette: QPalette) -> None:
    bars = IntervalTable((("Class", ""), ("Recall", "")))
    qtbot.addWidget(bars)
    bars.setPalette(palette)
    bars.resize(600, 120)
    known = Measure(0.5, 0.2, 0.8, "50 %", "half of them")
    bars.set_rows(
        [IntervalRow("Cats", "#d55e00", (known,)), IntervalRow("Dogs", "#56b4e9", (Measure(None, 0, 1, "–", ""),))]
    )
    bars.show()
    image = rendered(bars.viewport())
    area = bar_area(QRectF(bars.visualItemRect(cell(bars, 0, 1))), bars.fontMetrics())
    above = round(area.top()) + 1  # beside the whisker's line
    fill, track = (image.pixelColor(round(x_of(share, area)), above) for share in (0.35, 0.65))
    assert distance(fill, QColor("#d55e00")) < distance(track, QColor("#d55e00"))
    ink, middle = palette.text().color(), round(area.center().y())

    def is_inked(share: float) -> bool:
        return min(distance(image.pixelColor(round(x_of(share, area)), middle + dy), ink) for dy in (-1, 0)) < 150

    assert is_inked(0.3)
    assert is_inked(0.7)
    assert not is_inked(0.9)
    assert cell(bars, 0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "half of them"
    assert (x_of(-1, area), x_of(2, area)) == (area.left(), area.right())


@pytest.fixture
def chart(qtbot: QtBot, palette: QPalette) -> CurveChart:
    chart = CurveChart()
    qtbot.addWidget(chart)
    chart.setPalette(palette)
    chart.resize(360, 200)
    return chart


def test_the_curve_lies_inside_and_rises(chart: CurveChart, palette: QPalette) -> None:
    measured, expected = [(2, 0.62), (4, 0.7), (6, 0.78), (8, 0.8)], (16, 0.88)
    chart.set_curve(measured, expected)
    places = [chart.position(point) for point in (*measured, expected)]
    assert all(chart.rect().contains(place.toPoint()) for place in places)
    assert [place.x() for place in places] == sorted(place.x() for place in places)
    assert [place.y() for place in places] == sorted((place.y() for place in places), reverse=True)
    image, line = rendered(chart), palette.accent().color()
    assert distance(image.pixelColor(places[3].toPoint()), line) < 30
    # Between now and then the line is broken: some of its pixels are missing.
    steps = [places[3] + (places[4] - places[3]) * (at / 60) for at in range(5, 55)]
    drawn = [distance(image.pixelColor(step.toPoint()), line) < 100 for step in steps]
    assert any(drawn)
    assert not all(drawn)


@pytest.mark.parametrize("accuracy", [0.0, 0.5, 0.97, 1.0])
def test_any_accuracy_has_a_scale(chart: CurveChart, accuracy: float) -> None:
    chart.set_curve([(2, accuracy), (math.nan, 0.5), (4, accuracy)], (8, accuracy))
    place = chart.position((4, accuracy))
    assert chart.rect().contains(place.toPoint())
    assert not rendered(chart).isNull()


def test_no_curve_draws_nothing(chart: CurveChart) -> None:
    chart.set_curve([], None)
    assert not rendered(chart).isNull()
