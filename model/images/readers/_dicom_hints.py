"""What a DICOM header says of how its values are meant and seen, as far as it makes sense.

An odd hint never refuses a picture: what cannot be is passed over, as if it were not there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from model.images.grey_scale import windowed
from model.images.readers._dicom_file import first_number, numbers

Values = npt.NDArray[Any]

_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
_PIXELS = ("BitsStored", "PixelRepresentation", "PhotometricInterpretation")
_GROUPS = {
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept"),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction"),
}
_EXTREMES = np.array([-1e12, 1e12])
_FINE = 16  # steps of the values that a window narrower than 1 must hold


def rules(dataset: Dataset, index: int) -> Dataset:
    """Return a dataset of the hints alone that hold for a frame, those that make no sense left out."""
    found = Dataset()
    for name in _PIXELS:
        if name in dataset:
            setattr(found, name, dataset[name].value)
    is_float = "BitsStored" not in found
    if is_float:
        found.BitsStored, found.PixelRepresentation = 16, 0
    sources = _sources(dataset, index)
    slope = _first(sources, lambda source: _nonzero(first_number(source, "RescaleSlope")))
    intercept = _first(sources, lambda source: first_number(source, "RescaleIntercept"))
    if slope is not None or intercept is not None:
        found.RescaleSlope, found.RescaleIntercept = _decimal(slope or 1.0), _decimal(intercept or 0.0)
    for name in ("ModalityLUTSequence", "VOILUTSequence"):
        table = _first(sources, partial(_table, name))
        if table is not None:
            setattr(found, name, table)
    window = _first(sources, partial(_window, found, is_float))
    if window is not None:
        function, centre, width = window
        found.VOILUTFunction = function
        found.WindowCenter, found.WindowWidth = _decimal(centre), _decimal(width)
    return found


def meant(values: Values, found: Dataset) -> Values:
    """Return what stored values (H, W) mean, by the modality's table or slope and intercept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(apply_modality_lut(values, found))
    except Exception:  # noqa: BLE001 - a table that makes no sense is none
        return values


def seen(meaning: Values, found: Dataset) -> npt.NDArray[np.uint8] | None:
    """Return the greys (H, W) that the file's table or window shows; None where it has none that makes sense."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "VOILUTSequence" in found:
            try:
                bits = int(found.VOILUTSequence[0].LUTDescriptor[2])
                return windowed(apply_voi_lut(meaning, found).astype(np.float64), 0.0, float(2**bits - 1))
            except Exception:  # noqa: BLE001 - a table that makes no sense is none
                del found.VOILUTSequence
        if "WindowWidth" not in found:
            return None
        low, high = apply_voi_lut(_EXTREMES, found, prefer_lut=False)  # to what the window maps the ends
        mapped = apply_voi_lut(meaning.astype(np.float64), found, prefer_lut=False)
        if low > high:  # of a negative slope, by which pydicom turns the ends of the window round
            mapped, low, high = -mapped, -low, -high
        return windowed(mapped, float(low), float(high))


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


def _decimal(value: float) -> str:
    """Return a number as DICOM has them: of 16 characters at most."""
    return next(text for text in (f"{value:.{digits}g}" for digits in range(17, 0, -1)) if len(text) <= 16)


def _table(name: str, source: Dataset) -> Any:  # noqa: ANN401
    sequence = source.get(name)
    return sequence if sequence and len(sequence[0].LUTDescriptor) == 3 and "LUTData" in sequence[0] else None


def _window(found: Dataset, is_float: bool, source: Dataset) -> tuple[str, float, float] | None:
    """Return the first window that can be used: its function, centre and width."""
    function = str(source.get("VOILUTFunction") or "LINEAR").strip().upper()
    function = function if function in _FUNCTIONS else "LINEAR"
    slope = 0.0 if is_float else abs(float(found.get("RescaleSlope") or 1.0))
    for centre, width in zip(numbers(source, "WindowCenter"), numbers(source, "WindowWidth"), strict=False):
        if centre is None or width is None or width <= 0:
            continue
        chosen = function
        if function == "LINEAR" and width < 1:
            chosen = "LINEAR_EXACT"  # what is meant where values are fractions
        if width < 1 and width < _FINE * slope:
            continue
        if slope and slope * 2.0 ** int(found.BitsStored) < width / 256:
            continue  # all values there can be are one grey
        return chosen, centre, width
    return None
