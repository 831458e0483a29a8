"""The look: one light and one dark palette, spacing on an 8-pixel grid, and colours with a meaning."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from model.resource_files import resource

GRID = 8
CORNER = 8
THEMES = ("system", "light", "dark")

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}
_Role = QPalette.ColorRole

_LIGHT = {
    _Role.Window: "#f3f4f6",
    _Role.WindowText: "#1c2229",
    _Role.Base: "#ffffff",
    _Role.AlternateBase: "#f7f8fa",
    _Role.Text: "#1c2229",
    _Role.PlaceholderText: "#616d7a",
    _Role.Button: "#fafbfc",
    _Role.ButtonText: "#1c2229",
    _Role.BrightText: "#ffffff",
    _Role.ToolTipBase: "#1c2229",
    _Role.ToolTipText: "#f3f4f6",
    _Role.Highlight: "#1f5fae",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#1f5fae",
    _Role.Link: "#1f5fae",
    _Role.LinkVisited: "#5b4b9a",
    _Role.Light: "#ffffff",
    _Role.Midlight: "#e9ebef",
    _Role.Mid: "#cdd2d9",
    _Role.Dark: "#9aa3ae",
    _Role.Shadow: "#5f6873",
}
_DARK = {
    _Role.Window: "#272b32",
    _Role.WindowText: "#e3e6eb",
    _Role.Base: "#1b1e23",
    _Role.AlternateBase: "#202429",
    _Role.Text: "#e3e6eb",
    _Role.PlaceholderText: "#9ca6b3",
    _Role.Button: "#343a43",
    _Role.ButtonText: "#e3e6eb",
    _Role.BrightText: "#ffffff",
    _Role.ToolTipBase: "#e3e6eb",
    _Role.ToolTipText: "#20242a",
    _Role.Highlight: "#2f6fbf",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#5c9ce6",
    _Role.Link: "#7ab1f0",
    _Role.LinkVisited: "#b3a4ea",
    _Role.Light: "#434b56",
    _Role.Midlight: "#373d46",
    _Role.Mid: "#454d58",
    _Role.Dark: "#6a7480",
    _Role.Shadow: "#0d0f12",
}


def apply_theme(app: QApplication, theme: str) -> None:
    """Show `app` in "system", "light" or "dark"; raises KeyError for any other name.

    For "system", call it again when `QStyleHints.colorSchemeChanged` tells that the system changed.
    """
    hints = app.styleHints()
    hints.setColorScheme(_SCHEMES[theme])
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    dark = theme == "dark" or (theme == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    palette = make_palette(dark)
    app.setPalette(palette)
    if dark:  # Fusion outlines them darker than the window: empty ones could hardly be seen
        palette.setColor(_Role.Base, QColor("#6c7682"))
        palette.setColor(_Role.Text, QColor("#000000"))  # the mark
    for kind in ("QCheckBox", "QRadioButton"):
        app.setPalette(palette, kind)  # type: ignore[arg-type]  # bytes, which the stub wants, have no effect


def make_palette(dark: bool) -> QPalette:
    """The app's palette, with its disabled colours."""
    palette = QPalette()
    colors = _DARK if dark else _LIGHT
    for role, color in colors.items():
        palette.setColor(role, QColor(color))
    faint = QColor(colors[_Role.Dark])
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, QColor(colors[_Role.Mid]))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.HighlightedText, faint)
    return palette


def is_dark(palette: QPalette) -> bool:
    """Whether text is lighter than what it stands on."""
    return palette.color(_Role.Base).lightness() < palette.color(_Role.Text).lightness()


def muted(palette: QPalette) -> QColor:
    """Text that supports other text: counts, paths, hints."""
    return palette.color(_Role.PlaceholderText)


def border(palette: QPalette) -> QColor:
    """Thin lines around cards and thumbnails."""
    return palette.color(_Role.Mid)


def canvas(palette: QPalette) -> QColor:
    """What pictures stand on: neutral, so that it lends them no colour."""
    return QColor("#131518" if is_dark(palette) else "#dcdfe3")


def warning(palette: QPalette) -> QColor:
    """Needs a look: stale results, a doubtful example."""
    return QColor("#f0b429" if is_dark(palette) else "#a15c00")


def failure(palette: QPalette) -> QColor:
    """Went wrong: missing or unreadable files."""
    return QColor("#ff8a80" if is_dark(palette) else "#b3261e")


def success(palette: QPalette) -> QColor:
    """Confirmed: an example that is recognised when it is left out."""
    return QColor("#6fcf97" if is_dark(palette) else "#1b7f4b")


def luminance(color: QColor) -> float:
    """Relative luminance of a colour, 0..1, as WCAG 2.2 defines it."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(c) for c in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2): 4.5 is asked of text, 3 of signs."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(background: QColor) -> QColor:
    """Near-black or white, whichever reads better on `background`."""
    return max(QColor("#15191e"), QColor("#ffffff"), key=lambda ink: contrast(ink, background))


def tinted(color: QColor, alpha: float) -> QColor:
    """`color` at `alpha` 0..1."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result


def tool_bar_sheet() -> str:
    """The style sheet of the tool bar; its `palette()` references follow the theme."""
    return resource("toolbar.qss").read_text(encoding="utf-8")
