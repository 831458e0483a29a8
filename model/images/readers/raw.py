"""Camera raw files, as the camera would have developed them. Needs the extra `raw`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import ImageReadError
from model.images.formats import Format, Size, Sure, Wanted, register
from model.images.readers.tiff import STARTS as TIFF_STARTS
from model.messages import message

if TYPE_CHECKING:
    from PIL import Image

_NO_READER = message("is a camera raw file, which needs one more package: pip install 'fewshot[raw]'.")
_STARTS = (b"IIRO", b"IIRS", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb")


@register
class Raw(Format):
    """Mostly TIFF of a kind, told by the ending."""

    name = "raw"
    endings = frozenset(
        {
            ".dng",
            ".cr2",
            ".cr3",
            ".crw",
            ".nef",
            ".nrw",
            ".arw",
            ".orf",
            ".rw2",
            ".raf",
            ".pef",
            ".srw",
            ".x3f",
            ".3fr",
            ".iiq",
            ".erf",
            ".mef",
            ".mrw",
            ".kdc",
            ".dcr",
            ".sr2",
            ".srf",
            ".rwl",
        }
    )

    def matches(self, header: bytes, ending: str) -> Sure:
        """See `Format.matches`."""
        if ending in self.endings:
            return Sure.MARK_AND_ENDING
        if header.startswith(TIFF_STARTS):
            return Sure.NO
        is_canon = header[4:12] == b"ftypcrx "
        return Sure.MARK if header.startswith(_STARTS) or is_canon else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:  # noqa: ARG002
        """See `Format.read`."""
        from PIL import Image

        rawpy = _rawpy(path)
        try:
            with rawpy.imread(str(path)) as raw:
                size = _displayed_size(path, raw)
                half = wanted.max_side is not None and max(size) >= 2 * wanted.max_side
                pixels = raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8)
                return Image.fromarray(pixels.squeeze()).convert("RGB"), size  # one channel of cameras without colour
        except rawpy.LibRawError as error:
            raise _translated(path, rawpy, error) from error

    def size(self, path: Path, frame: int | None) -> Size:  # noqa: ARG002
        """See `Format.size`."""
        rawpy = _rawpy(path)
        try:
            with rawpy.imread(str(path)) as raw:
                return _displayed_size(path, raw)
        except rawpy.LibRawError as error:
            raise _translated(path, rawpy, error) from error


def _rawpy(path: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a module that may be missing
    try:
        import rawpy
    except ImportError as error:
        raise ImageReadError(path, _NO_READER) from error
    return rawpy


def _displayed_size(path: Path, raw) -> Size:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from model.images.read_errors import MAX_PIXELS, TOO_LARGE

    width, height = raw.sizes.iwidth, raw.sizes.iheight
    if width * height > MAX_PIXELS:
        raise ImageReadError(path, TOO_LARGE)
    return (height, width) if raw.sizes.flip in (5, 6) else (width, height)


def _translated(path: Path, rawpy, error: Exception) -> ImageReadError:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from model.images.read_errors import UNKNOWN_FORMAT, damaged

    if isinstance(error, rawpy.LibRawFileUnsupportedError):
        return ImageReadError(path, UNKNOWN_FORMAT)
    return ImageReadError(path, damaged(error.args[0].decode(errors="replace") if error.args else ""))
