"""How greys of many bits become the 256 that are shown and classified: an option of reading. Free of NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite


class GreyRange(StrEnum):
    """Which values become black and white."""

    FILE = "file"  # the window that the file names; robust where it names none
    ROBUST = "robust"  # from the lowest to the highest value, but for a few pixels far outside of all others
    FULL = "full"  # from the lowest to the highest value
    FIXED = "fixed"  # `low` to `high`, in units of the file


@dataclass(frozen=True)
class Greys:
    """The range of greys; `low` and `high` count for `GreyRange.FIXED` alone, in units of the file (Hounsfield).

    Images of one file share a range. Greys of 8 bits are shown as they are, except those of DICOM.
    Raises `ValueError` for a fixed range that is empty or has no end.
    """

    range: GreyRange = GreyRange.FILE
    low: float = 0.0
    high: float = 0.0

    def __post_init__(self) -> None:
        if self.range is GreyRange.FIXED and not (self.low < self.high and isfinite(self.low) and isfinite(self.high)):
            raise ValueError(f"a range of greys from {self.low:g} to {self.high:g}")

    def __str__(self) -> str:
        """A name for keys of caches: "file", "robust", "full" or "fixed -160..240"."""
        return f"{self.range} {self.low:g}..{self.high:g}" if self.range is GreyRange.FIXED else self.range.value


AS_THE_FILE_SAYS = Greys()
"""The default."""
