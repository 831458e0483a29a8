"""Contrast in both themes, by the formula of WCAG 2.2: 4.5 for text, 3 for what is drawn and means something."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QRadioButton, QStyle, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui import style
from fewshot_gui.project.palette import OKABE_ITO
from fewshot_gui.style import contrast

_Role = QPalette.ColorRole
_GROUNDS = (_Role.Window, _Role.Base, _Role.AlternateBase, _Role.Button)
_SELECTED = (0.25, 0.35)  # alpha of the highlight under selected rows and tiles
_LIT = (0.06, 0.16)  # and under what the mouse is on, hints and warnings


def _over(color: QColor, alpha: float, ground: QColor) -> QColor:
    channels = (color.red(), ground.red()), (color.green(), ground.green()), (color.blue(), ground.blue())
    return QColor(*(round(alpha * c + (1 - alpha) * g) for c, g in channels))


def _grounds(palette: QPalette) -> dict[str, QColor]:
    """Everything that text stands on."""
    plain = {role.name: palette.color(role) for role in _GROUNDS}
    base, window, highlight = palette.color(_Role.Base), palette.color(_Role.Window), palette.color(_Role.Highlight)
    tinted = {f"selected {alpha}": _over(highlight, alpha, base) for alpha in _SELECTED}
    tinted |= {f"lit {alpha}": _over(palette.color(_Role.Text), alpha, base) for alpha in _LIT[:1]}
    for name, color in (("warning", style.warning(palette)), ("hint", palette.color(_Role.Accent))):
        tinted[name] = _over(color, 0.16, window)
    return plain | tinted


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def palette(qapp: QApplication, request: pytest.FixtureRequest) -> QPalette:
    return style.make_palette(request.param)


def test_the_formula_is_that_of_the_standard() -> None:
    assert contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)  # of the standard's examples
    assert contrast(QColor("white"), QColor("white")) == 1


def test_text_can_be_read_wherever_it_stands(palette: QPalette) -> None:
    text = palette.color(_Role.Text)
    bad = {name: contrast(text, ground) for name, ground in _grounds(palette).items() if contrast(text, ground) < 4.5}
    assert bad == {}


@pytest.mark.parametrize("color", [style.muted, style.warning, style.failure, style.success])
def test_coloured_text_can_be_read_where_it_is_used(palette: QPalette, color: object) -> None:
    assert callable(color)
    ink = color(palette)
    grounds = {role.name: palette.color(role) for role in _GROUNDS}
    assert {name: contrast(ink, ground) for name, ground in grounds.items() if contrast(ink, ground) < 4.5} == {}


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (_Role.WindowText, _Role.Window),
        (_Role.ButtonText, _Role.Button),
        (_Role.HighlightedText, _Role.Highlight),
        (_Role.ToolTipText, _Role.ToolTipBase),
        (_Role.Link, _Role.Base),
        (_Role.Link, _Role.Window),
        (_Role.LinkVisited, _Role.Window),
    ],
)
def test_pairs_of_the_palette(palette: QPalette, ink: _Role, ground: _Role) -> None:
    assert contrast(palette.color(ink), palette.color(ground)) >= 4.5


def test_the_focus_and_what_is_selected_stand_out(palette: QPalette) -> None:
    accent = palette.color(_Role.Accent)
    for role in (_Role.Window, _Role.Base, _Role.Button):
        assert contrast(accent, palette.color(role)) >= 3


def test_text_on_the_colours_of_bins_can_be_read() -> None:
    for color in OKABE_ITO:
        assert contrast(style.text_on(QColor(color)), QColor(color)) >= 4.5


@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_an_empty_box_can_be_seen_and_its_mark_too(
    qapp: QApplication, qtbot: QtBot, kind: type[QCheckBox | QRadioButton]
) -> None:
    try:
        style.apply_theme(qapp, "dark")
        box = kind()
        qtbot.addWidget(box)
        empty, window = _middle_of_mark(box), box.palette().color(_Role.Window)
        assert contrast(empty, window) >= 3
        box.setChecked(True)
        assert max(contrast(color, empty) for color in _colors(box)) >= 3
        style.apply_theme(qapp, "light")
        qapp.processEvents()
        assert box.palette().color(_Role.Base) == style.make_palette(False).color(_Role.Base)
    finally:
        style.apply_theme(qapp, "light")


def _middle_of_mark(box: QWidget) -> QColor:
    image = box.grab().toImage()
    return image.pixelColor(box.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth) // 2, image.height() // 2)


def _colors(box: QWidget) -> list[QColor]:
    image = box.grab().toImage()
    width = box.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth)
    return [image.pixelColor(x, y) for x in range(3, width - 3) for y in range(6, image.height() - 6)]
