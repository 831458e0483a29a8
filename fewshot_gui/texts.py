"""Short texts of the window: how sure a prediction is, and names that must fit a width. Free of Qt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from model.messages import from_json, to_json

_END = re.compile(r"(?P<number>[0-9]+)(?P<suffix>\.[^.#\s]{1,5})?(?P<part>#\S*)?$")
_ELLIPSIS = "…"

REMARK = "remark"
"""The key of `QImage.text` under which a large picture carries what people should know of it, see `packed`."""


def packed(text: str) -> str:
    """Return a text as JSON, with the parts of a message, which plain text would lose; "" for ""."""
    return json.dumps(to_json(text)) if text else ""


def unpacked(text: str) -> str:
    """Return what `packed` was given. Raises `ValueError` for anything else."""
    return from_json(json.loads(text)) if text else ""


def confidence_text(share: float) -> str:
    """0.5 -> "50.0 %"; what is not quite certain is never rounded to 100 %, what is possible never to 0 %."""
    if 0.9995 <= share < 1.0:
        return "> 99.9 %"
    if 0.0 < share < 0.0005:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def percent(share: float) -> str:
    """0.5 -> "50 %"."""
    return f"{100 * share:.0f} %"


def fitted_name(name: str, width: int, width_of: Callable[[str], int]) -> str:
    """Return `name` cut in the middle to `width`, as `width_of` measures; a number at its end stays whole.

    The number with the ending behind it ("…_0042.png"), else without it ("…0042"), is what tells one image from the
    next.
    """
    if width_of(name) <= width:
        return name
    end = _END.search(name)
    tails = [] if end is None else [end.group(), end["number"] + (end["part"] or ""), end["number"]]
    for tail in tails:
        if width_of(_ELLIPSIS + tail) <= width:
            return _filled(name[: -len(tails[0])], _ELLIPSIS + tail, width, width_of)
    if end is not None:  # the last digits, then, tell most
        number = end["number"]
        fitting = (number[start:] for start in range(1, len(number)) if width_of(_ELLIPSIS + number[start:]) <= width)
        return _ELLIPSIS + next(fitting, "")
    half = _filled(name, _ELLIPSIS, (width + width_of(_ELLIPSIS)) // 2, width_of)
    for start in range(len(half) - 1, len(name)):
        if width_of(half + name[start:]) <= width:
            return half + name[start:]
    return half


def _filled(start: str, end: str, width: int, width_of: Callable[[str], int]) -> str:
    """Return as much of `start` as fits in front of `end`."""
    low, high = 0, len(start)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(start[:middle] + end) <= width:
            low = middle
        else:
            high = middle - 1
    return start[:low] + end
