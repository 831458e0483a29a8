"""Bin colours that people with any colour vision can tell apart."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable
from itertools import chain, count

OKABE_ITO: tuple[str, ...] = (
    "#e69f00",  # orange
    "#56b4e9",  # sky blue
    "#009e73",  # bluish green
    "#f0e442",  # yellow
    "#0072b2",  # blue
    "#d55e00",  # vermilion
    "#cc79a7",  # reddish purple
)
"""Okabe and Ito's colours without black, which vanishes on a dark theme."""

_GOLDEN_RATIO = 0.618033988749895


def next_color(used: Iterable[str]) -> str:
    """Return the colour "#rrggbb" for one more bin beside those of colours `used`.

    The first seven are Okabe and Ito's; then come hues as far apart as can be, in alternating
    lightness, none of them used already.
    """
    taken = {color.lower() for color in used}
    candidates = chain(OKABE_ITO, map(_spread_color, count()))
    return next(color for color in candidates if color not in taken)


def _spread_color(index: int) -> str:
    lightness = (0.45, 0.65, 0.55)[index % 3]
    rgb = colorsys.hls_to_rgb((0.08 + index * _GOLDEN_RATIO) % 1.0, lightness, 0.6)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
