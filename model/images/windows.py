"""Windows: which values of a picture of greys become black, white and the greys between. Free of NumPy at import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
"""As DICOM calls them, PS3.3 C.11.2.1.2 and C.11.2.1.3."""

_LONGEST_NAME = 64  # characters, as of DICOM's explanations


@dataclass(frozen=True)
class Window:
    """A window in units of the picture's values.

    centre: the value in the middle, that becomes a middle grey; also called level
    width: of the values that are told apart, above 0
    name: what the file calls it; ""
    """

    function: str
    centre: float
    width: float
    name: str = ""

    @property
    def low(self) -> float:
        """The value that becomes black; of a sigmoid, where the tangent in its middle does."""
        return self.centre - self.width / 2

    @property
    def high(self) -> float:
        """The value that becomes white, see `low`."""
        return self.centre + self.width / 2 - (1 if self.function == "LINEAR" else 0)

    def shares(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return how light values are, 0 to 1; NaN is black."""
        import numpy as np  # here: the window of the app starts without it

        centre, width = self.centre, self.width
        if self.function == "SIGMOID":
            found = 1 / (1 + np.exp((-4 * (values - centre) / width).clip(-700, 700)))
        else:
            if self.function == "LINEAR":
                centre, width = centre - 0.5, width - 1
            found = ((values - centre) / width + 0.5).clip(0, 1) if width > 0 else (values > centre).astype(np.float64)
        return np.asarray(np.nan_to_num(found, copy=False))

    def alike(self, other: Window | None) -> bool:
        """Whether another window shows the same, whatever it is called."""
        mine = self.function, self.centre, self.width
        return other is not None and mine == (other.function, other.centre, other.width)


def between(low: float, high: float, name: str = "") -> Window | None:
    """Return the window from black at `low` to white at `high`; None where that is none."""
    if not (isfinite(low) and isfinite(high) and low < high and isfinite(high - low)):
        return None
    return Window("LINEAR_EXACT", low / 2 + high / 2, high - low, name)


@dataclass(frozen=True)
class Look:
    """How a picture of greys is looked at; never how it is classified.

    window: which values are told apart
    inverted: whether light and dark change places, against what the file says
    """

    window: Window
    inverted: bool = False


def as_numbers(window: Window | None) -> list[object] | None:
    """Return a window as JSON can hold it."""
    return None if window is None else [window.function, window.centre, window.width, window.name[:_LONGEST_NAME]]


def of_numbers(numbers: object) -> Window | None:
    """Return the window of which `as_numbers` made `numbers`; raises `ValueError` where they are none."""
    if numbers is None:
        return None
    if not isinstance(numbers, Sequence) or len(numbers) != 4:
        raise ValueError("no window")
    function, centre, width, name = numbers
    if function not in FUNCTIONS or not (isfinite(centre) and isfinite(width) and width > 0):
        raise ValueError("no window")
    return Window(function, float(centre), float(width), str(name)[:_LONGEST_NAME])
