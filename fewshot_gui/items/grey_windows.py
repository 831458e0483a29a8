"""Windows of greys as they are offered and said: presets, texts, and what a drag makes of one. Free of NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fewshot_gui.items.naming import names_are_hidden
from fewshot_gui.items.roles import readable
from fewshot_gui.translation import tr
from model.images.windows import Look, Window

if TYPE_CHECKING:
    from model.images.grey_values import Survey

_MINUS = "\N{MINUS SIGN}"
_DOUBLING = 120.0  # logical pixels to the right that double a width
_ACROSS = 300.0  # logical pixels down that move the level by a width


@dataclass(frozen=True)
class Preset:
    """A window that is offered; None: as the picture is classified."""

    text: str
    window: Window | None


def presets_of(survey: Survey) -> list[Preset]:
    """Return the windows that are offered for a picture: as classified, the file's, usual ones, ranges."""
    found = [Preset(tr("As classified"), None)]
    for number, window in enumerate(survey.greys.windows, 1):
        name = "" if names_are_hidden() else readable(window.name)  # whoever wrote it may have written anything
        named = name or tr("window {number}").format(number=number)
        found.append(Preset(tr("File: {name}").format(name=named), window))
    if survey.greys.unit == "HU":
        found += [Preset(text, Window("LINEAR_EXACT", centre, width)) for text, centre, width in _of_hounsfield()]
    if survey.full is not None:
        found.append(Preset(tr("Lowest to highest value"), survey.full))
    if survey.robust is not None and not survey.robust.alike(survey.full):
        found.append(Preset(tr("Without outliers"), survey.robust))
    return found


def start_of(survey: Survey, look: Look | None) -> Window | None:
    """Return the window to change: the one looked through, else the classified one, else the whole range."""
    return look.window if look is not None else survey.greys.classified or survey.full


def dragged(window: Window, across: float, down: float, least: float) -> Window:
    """Return what a drag by logical pixels makes of a window: to the right wider, downwards darker."""
    width = max(window.width * 2 ** (across / _DOUBLING), least)
    return Window(
        "SIGMOID" if window.function == "SIGMOID" else "LINEAR_EXACT",
        window.centre + down / _ACROSS * window.width,
        width,
    )


def least_width(survey: Survey) -> float:
    """Return the narrowest window that makes sense: one step of whole numbers, a thousandth of the range of others."""
    if survey.greys.values.dtype.kind in "iu":
        return 1.0
    return (survey.full.width if survey.full is not None else 1.0) / 1000


def window_text(window: Window, unit: str) -> str:
    """Return a window in short: "40 ± 200 HU"; a table's in words."""
    digits = 0 if window.width >= 20 else 2
    return f"{number_text(window.centre, digits)} ± {number_text(window.width / 2, digits)} {unit}".strip()


def number_text(value: float, digits: int | None = None) -> str:
    """Return a value as it is read: "−87", "0.00123"; with so many digits after the point, or those that tell."""
    text = f"{value:,.5g}" if digits is None else f"{value:,.{digits}f}"
    if isinstance(value, int):
        text = f"{value:,}"
    if digits and "." in text:
        text = text.rstrip("0").rstrip(".")
    return (_MINUS + text[1:] if text.startswith("-") else text) if text not in ("-0", "0") else "0"


def value_text(survey: Survey, x: int, y: int) -> str:
    """Return the place of a pixel and its value: "412, 300: −87 HU"; where there is no picture, that."""
    greys = survey.greys
    value = greys.at(x, y)
    if value is None:
        return f"{x}, {y}"
    text = f"{x}, {y}: {number_text(value)} {greys.unit}".strip()
    return (
        text + tr(" (no picture)")
        if greys.ground is not None and greys.ground[y - greys.part.y, x - greys.part.x]
        else text
    )


def _of_hounsfield() -> tuple[tuple[str, float, float], ...]:
    """Return the usual windows of CT: name, level, width."""
    return (
        (tr("Soft tissue"), 40, 400),
        (tr("Lung"), -600, 1500),
        (tr("Bone"), 400, 1800),
        (tr("Brain"), 40, 80),
    )
