"""What a DICOM header says of how its values are meant and seen, as far as it makes sense.

An odd hint never refuses a picture: what cannot be is passed over, as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.dataset import Dataset

from model.images.grey_scale import windowed
from model.images.readers._dicom_file import first_number, numbers
from model.images.readers._dicom_tables import Table, table_of
from model.images.windows import FUNCTIONS, Window

Values = npt.NDArray[Any]

_GROUPS = {
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept"),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction"),
}
_UNITS = {"HU": "HU", "HU_MOD": "HU", "PCT": "%", "MGML": "mg/ml", "OD": "OD", "BQML": "Bq/ml", "GML": "g/ml"}
_FINE = 16  # steps of the values that a window narrower than 1 must hold
_FEWEST_GREYS = 4  # of 256, between the lowest and the highest value there can be: fewer show nothing


@dataclass(frozen=True)
class Rules:
    """The hints that hold for a frame; those that make no sense are None."""

    slope: float | None = None
    intercept: float = 0.0
    modality: Table | None = None
    voi: Table | None = None
    windows: tuple[Window, ...] = ()
    unit: str = ""

    @property
    def window(self) -> Window | None:
        """The first window, which is used."""
        return self.windows[0] if self.windows else None


def rules(dataset: pydicom.FileDataset, index: int, values: Values) -> Rules:
    """Return what holds for a frame of such stored values (H, W)."""
    sources = _sources(dataset, index)
    slope = _first(sources, lambda source: _nonzero(first_number(source, "RescaleSlope")))
    intercept = _first(sources, lambda source: first_number(source, "RescaleIntercept"))
    if slope is None and intercept is not None:
        slope = 1.0
    little = dataset.file_meta.TransferSyntaxUID.is_little_endian
    signed = first_number(dataset, "PixelRepresentation") == 1
    modality = _first(sources, partial(_table, "ModalityLUTSequence", little=little, signed=signed))
    signed = modality is None and (signed or (intercept or 0.0) < 0 or (slope or 1.0) < 0)
    found = Rules(slope, intercept or 0.0, modality)
    possible = _possible(dataset, found, values)
    return Rules(
        found.slope, found.intercept, modality,
        _first(sources, partial(_voi_table, possible, little=little, signed=signed)),
        _first(sources, partial(_windows, found, possible)) or (),
        _unit(sources, found),
    )  # fmt: skip


def meant(values: Values, found: Rules) -> Values:
    """Return what stored values (H, W) mean, by the modality's table or slope and intercept."""
    if found.modality is not None:
        return found.modality.look_up(values)
    return values if found.slope is None else values.astype(np.float64) * found.slope + found.intercept


def seen(meaning: Values, found: Rules) -> npt.NDArray[np.uint8] | None:
    """Return the greys (H, W) that the file's table or window shows; None where it has none that makes sense."""
    if found.voi is not None:
        return windowed(found.voi.look_up(meaning).astype(np.float64), 0.0, float(found.voi.white))
    if found.window is not None:
        return windowed(found.window.shares(meaning.astype(np.float64)), 0.0, 1.0)
    return None


def padding(values: Values, dataset: Dataset) -> npt.NDArray[np.bool_] | None:
    """Return where a frame (H, W) was only filled up; None where it was not."""
    for prefix in ("", "Float", "DoubleFloat"):
        value = first_number(dataset, f"{prefix}PixelPaddingValue")
        if value is None or (prefix == "") != (values.dtype.kind in "iu"):
            continue
        limit = first_number(dataset, f"{prefix}PixelPaddingRangeLimit")
        ends = [_as_stored(one, values) for one in (value, value if limit is None else limit)]
        filled = (values >= min(ends)) & (values <= max(ends))
        return filled if filled.any() and not filled.all() else None
    return None


def _as_stored(value: float, values: Values) -> float:
    """Return a padding value in the sign of the pixels: it may be given as a code without one, or the other way."""
    if values.dtype.kind not in "iu":
        return float(np.asarray(value, values.dtype))
    if values.dtype.kind == "i" and 2**15 <= value < 2**16 and int(values.max(initial=0)) < 2**15:
        return value - 2**16
    return value + 2**16 if values.dtype.kind == "u" and value < 0 else value


def _sources(dataset: Dataset, index: int) -> list[Dataset]:
    """Return where the hints of a frame may stand: its own groups of an enhanced file, the shared ones, the file."""
    shared = list(dataset.get("SharedFunctionalGroupsSequence") or [])[:1]
    each = list(dataset.get("PerFrameFunctionalGroupsSequence") or [])[index : index + 1]
    found = []
    for group in (*each, *shared):
        for sequence in _GROUPS:
            found += list(group.get(sequence) or [])[:1]
    return [*found, dataset]


def _first(sources: list[Dataset], hint: Callable[[Dataset], Any]) -> Any:  # noqa: ANN401
    for source in sources:
        try:
            found = hint(source)
        except Exception:  # noqa: BLE001 - what cannot be read is not there
            continue
        if found is not None:
            return found
    return None


def _nonzero(value: float | None) -> float | None:
    return value or None


def _possible(dataset: Dataset, found: Rules, values: Values) -> npt.NDArray[np.float64] | None:
    """Return the lowest and the highest meaning that there can be in a file; None of fractions, which have none.

    A frame's values may be outside of what the header says.
    """
    if found.modality is not None:
        entries = found.modality.entries
        return np.array([entries.min(), entries.max()], np.float64)
    bits = first_number(dataset, "BitsStored")
    if values.dtype.kind == "f" or bits is None or not values.size:
        return None
    signed = first_number(dataset, "PixelRepresentation") == 1
    low, high = (-(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1) if signed else (0.0, 2.0**bits - 1)
    ends = np.array([min(low, values.min()), max(high, values.max())], np.float64)
    return np.sort(np.asarray(meant(ends, found)))


def _table(name: str, source: Dataset, *, little: bool, signed: bool) -> Table | None:
    sequence = source.get(name)
    return table_of(sequence[0], little=little, signed=signed) if sequence else None


def _voi_table(
    possible: npt.NDArray[np.float64] | None, source: Dataset, *, little: bool, signed: bool
) -> Table | None:
    """Return the table of what is to be seen, unless all values there can be are one grey in it."""
    table = _table("VOILUTSequence", source, little=little, signed=signed)
    if table is None or possible is None:
        return table
    low, high = (int(end) for end in (possible - table.first).clip(0, len(table.entries) - 1))
    greys = 255 * int(np.ptp(table.entries[low : high + 1])) / table.white
    return table if greys >= _FEWEST_GREYS else None


def _windows(found: Rules, possible: npt.NDArray[np.float64] | None, source: Dataset) -> tuple[Window, ...] | None:
    """Return the windows that can be used; None where there is none."""
    function = str(source.get("VOILUTFunction") or "LINEAR").strip().upper()
    function = function if function in FUNCTIONS else "LINEAR"
    pairs = zip_longest(numbers(source, "WindowCenter"), numbers(source, "WindowWidth"), _explanations(source))
    usable = []
    for centre, width, name in pairs:
        if centre is None or width is None or width <= 0:
            continue
        # A linear window narrower than 1 is what is meant where values are fractions.
        kind = "LINEAR_EXACT" if function == "LINEAR" and width < 1 else function
        window = Window(kind, centre, width, name or "")
        if _shows(window, possible, abs(found.slope or 1.0)):
            usable.append(window)
    return tuple(usable) or None


def _shows(window: Window, possible: npt.NDArray[np.float64] | None, step: float) -> bool:
    """Whether the values there can be are not all one grey in a window."""
    if possible is None:
        return True
    if window.width < 1 and window.width < _FINE * step:
        return False
    dark, light = window.shares(possible)
    return bool(255 * (light - dark) >= _FEWEST_GREYS)


def _explanations(source: Dataset) -> list[str]:
    """Return what a file calls its windows, in their order."""
    try:
        value = source.get("WindowCenterWidthExplanation")
    except Exception:  # noqa: BLE001 - pydicom raises many types on values that bend the standard
        return []
    if value is None:
        return []
    return [" ".join(str(one).split()) for one in ([value] if isinstance(value, str) else value)]


def _unit(sources: list[Dataset], found: Rules) -> str:
    """Return the unit of what values mean; "" where a file does not say, or says a word that is not known here."""
    told = _first(sources, lambda source: str(source.get("RescaleType") or "").strip().upper() or None)
    dataset = sources[-1]
    is_rescaled = found.slope is not None or found.modality is not None
    if told is None and is_rescaled and dataset.get("Modality") == "CT":
        kind = dataset.get("ImageType") or ()
        told = "" if "LOCALIZER" in kind else "HU"  # PS3.3 C.8.2.1.1.4
    if told in (None, "", "US"):
        told = str(dataset.get("Units") or "").strip().upper()  # of PET, PS3.3 C.8.9.1.1.3
    return _UNITS.get(told, "")
