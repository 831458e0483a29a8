"""Whole slides that are no TIFF: MIRAX, Hamamatsu VMS and VMU, Sakura. Needs the extra `slides`.

Slides that are TIFF (.svs, .ndpi, .scn, .bif, .qptiff, OME) need no extra, see `model.images.readers.tiff`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import ImageReadError
from model.images.formats import Format, Size, Sure, Wanted, register
from model.images.last_file import LastFile
from model.messages import message
from model.types import Region

if TYPE_CHECKING:
    from PIL import Image

_NO_READER = message("is a whole slide, which needs one more package: pip install 'fewshot[slides]'.")


@register
class Slides(Format):
    """Told by the ending: a MIRAX file begins as a JPEG does, and the others are text or a database."""

    name = "slide"
    endings = frozenset({".mrxs", ".vms", ".vmu", ".svslide"})

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.PLAIN_BUT if ending in self.endings else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:  # noqa: ARG002
        """See `Format.read`."""
        with _opened(path) as slide:
            whole = Region(0, 0, *slide.dimensions)
            return _read(path, slide, whole, wanted), slide.dimensions

    def tile(self, path: Path, frame: int | None, box: Region, wanted: Wanted) -> Image.Image | None:  # noqa: ARG002
        """See `Format.tile`."""
        with _opened(path) as slide:
            width, height = slide.dimensions
            is_inside = box.x + box.width <= width and box.y + box.height <= height
            return _read(path, slide, box, wanted) if is_inside else None

    def size(self, path: Path, frame: int | None) -> Size:  # noqa: ARG002
        """See `Format.size`."""
        with _opened(path) as slide:
            width, height = slide.dimensions
            return width, height


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import openslide
    except ImportError as error:
        raise ImageReadError(path, _NO_READER) from error
    from model.images.read_errors import damaged

    try:
        yield _last.get(path)
    except openslide.OpenSlideUnsupportedFormatError as error:
        raise ImageReadError(
            path, message("is no slide that OpenSlide knows; the files beside it may be missing.")
        ) from error
    except openslide.OpenSlideError as error:
        _last.forget()  # a slide that failed once answers nothing more
        raise ImageReadError(path, damaged(str(error))) from error


def _open(path: Path) -> Any:  # noqa: ANN401 - of an extra
    import openslide

    return openslide.OpenSlide(path)


_last: LastFile[Any] = LastFile(_open, lambda slide: slide.close())


def _read(path: Path, slide: Any, box: Region, wanted: Wanted) -> Image.Image:  # noqa: ANN401 - of an extra
    """Read a part at the coarsest level that has at least the pixels that are wanted."""
    from model.images.pixels import to_srgb
    from model.images.read_errors import MAX_PIXELS, TOO_LARGE

    longest = max(box.width, box.height)
    factor = 1.0 if wanted.max_side is None else max(1.0, longest / wanted.max_side)
    level = slide.get_best_level_for_downsample(factor)
    scale = slide.level_downsamples[level]
    width, height = (max(1, round(length / scale)) for length in (box.width, box.height))
    if width * height > MAX_PIXELS:
        raise ImageReadError(path, TOO_LARGE)
    return to_srgb(slide.read_region((box.x, box.y), level, (width, height)))
