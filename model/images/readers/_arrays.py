"""Pictures of decoders that give arrays without more: greys or RGB of any depth, with or without alpha."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.errors import ImageReadError
from model.images.depth import by_type
from model.images.grey_scale import range_of, stretched
from model.images.grey_values import GreyValues, of_picture
from model.images.greys import Greys
from model.images.pixels import to_srgb, upright_values
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, damaged, no_such_page
from model.images.windows import between
from model.messages import message


def check(path: Path, frame: int | None, width: int, height: int) -> None:
    """Raise `ImageReadError` for a size that is not read, or a page that is not there."""
    if frame is not None and frame > 1:
        raise ImageReadError(path, no_such_page(frame, 1))
    if width * height > MAX_PIXELS:
        raise ImageReadError(path, TOO_LARGE)
    if width * height == 0:
        raise ImageReadError(path, damaged(message("a picture without pixels")))


def greys_of(values: npt.NDArray[Any], bits: int, greys: Greys, orientation: object = 1) -> GreyValues | None:
    """Return values (H, W) or (H, W, 1 to 4) in numbers; None for colours."""
    planes = values[..., None] if values.ndim == 2 else values
    if planes.shape[2] > 2:
        return None
    grey, ground = _light(planes)
    span = range_of(grey, greys, ground) if _is_deep(grey, bits) else (0.0, 2.0**bits - 1)
    classified = None if span is None else between(*span)
    ground = None if ground is None else upright_values(ground, orientation)
    return of_picture(upright_values(grey, orientation), classified=classified, ground=ground)


def _light(planes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
    """Return the greys (H, W) of values (H, W, 1 or 2), and where they are fully transparent."""
    return planes[..., 0], planes[..., 1] <= 0 if planes.shape[2] == 2 else None


def _is_deep(grey: npt.NDArray[Any], bits: int) -> bool:
    return bits > 8 or grey.dtype.kind == "f"


def picture(values: npt.NDArray[Any], bits: int, greys: Greys) -> Image.Image:
    """Return RGB or RGBA pixels of values (H, W) or (H, W, 1 to 4), of so many bits each or fractions."""
    planes = values[..., None] if values.ndim == 2 else values
    alpha = planes[..., -1] if planes.shape[2] in (2, 4) else None
    if planes.shape[2] <= 2:
        grey, ground = _light(planes)
        whole = None if grey.dtype.kind == "f" else bits
        is_deep = _is_deep(grey, bits)
        shown = stretched(grey, range_of(grey, greys, ground), whole) if is_deep else by_type(grey, bits)
        image = to_srgb(Image.fromarray(np.ascontiguousarray(shown)))
    else:
        image = Image.fromarray(np.ascontiguousarray(by_type(planes[..., :3], bits)))
    if alpha is not None:
        image.putalpha(Image.fromarray(np.ascontiguousarray(by_type(alpha, bits))))
    return image
