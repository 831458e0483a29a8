"""Places of files in series. Free of NumPy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a file belongs.

    series: a hash of the series' id
    position: millimetres along the axis on which slices are stacked; None where the file does not say
    axis: the direction of that axis, rounded; positions are compared along one axis alone
    number: of the image in its series; None where the file does not say
    """

    series: str
    position: float | None = None
    axis: tuple[float, ...] = ()
    number: float | None = None
