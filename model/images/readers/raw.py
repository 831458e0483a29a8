"""Reads camera raw files, as the camera would have developed them. Needs the extra `raw`."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from model.errors import ImageReadError
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, UNKNOWN_FORMAT, damaged

Size = tuple[int, int]

_NO_READER = "is a camera raw file, which needs one more package: pip install 'fewshot[raw]'."


def read(path: Path, frame: int | None, max_side: int | None) -> tuple[Image.Image, Size]:  # noqa: ARG001
    """See `decoders.Reader`."""
    rawpy = _rawpy(path)
    try:
        with rawpy.imread(str(path)) as raw:
            size = _displayed_size(path, raw)
            half = max_side is not None and max(size) >= 2 * max_side
            pixels = raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8)
            return Image.fromarray(pixels.squeeze()).convert("RGB"), size  # one channel of cameras without colour
    except rawpy.LibRawError as error:
        raise _translated(path, rawpy, error) from error


def size(path: Path, frame: int | None) -> Size:  # noqa: ARG001
    """See `decoders.Reader`."""
    rawpy = _rawpy(path)
    try:
        with rawpy.imread(str(path)) as raw:
            return _displayed_size(path, raw)
    except rawpy.LibRawError as error:
        raise _translated(path, rawpy, error) from error


def parts(path: Path, rate: float) -> list[int]:  # noqa: ARG001 - one picture
    """See `decoders.Reader`."""
    return [1]


def _rawpy(path: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a module that may be missing
    try:
        import rawpy
    except ImportError as error:
        raise ImageReadError(path, _NO_READER) from error
    return rawpy


def _displayed_size(path: Path, raw) -> Size:  # type: ignore[no-untyped-def]  # noqa: ANN001
    width, height = raw.sizes.iwidth, raw.sizes.iheight
    if width * height > MAX_PIXELS:
        raise ImageReadError(path, TOO_LARGE)
    return (height, width) if raw.sizes.flip in (5, 6) else (width, height)


def _translated(path: Path, rawpy, error: Exception) -> ImageReadError:  # type: ignore[no-untyped-def]  # noqa: ANN001
    if isinstance(error, rawpy.LibRawFileUnsupportedError):
        return ImageReadError(path, UNKNOWN_FORMAT)
    return ImageReadError(path, damaged(error.args[0].decode(errors="replace") if error.args else ""))
