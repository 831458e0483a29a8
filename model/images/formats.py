"""Formats of image files, each a module of `model.images.readers` or a plug-in that registers one `Format`.

A file's first bytes tell its format, and its ending only where those say nothing. Free of NumPy and Pillow: folders
are searched without them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from model.images.greys import AS_THE_FILE_SAYS, Greys
from model.registry import Registry

if TYPE_CHECKING:
    from PIL import Image

    from model.images.facts import Fact
    from model.images.grey_values import GreyValues
    from model.images.series import Place
    from model.types import Region

Size = tuple[int, int]

HEADER_BYTES = 400
"""How much of a file's start tells its format."""

MAX_PARTS = 100_000
"""Most pages or frames of one file that become items."""


class Sure(IntEnum):
    """How sure a format is that a file is its own. Whoever is surest reads it; of equals whose name comes first."""

    NO = 0
    FALLBACK = 10  # for files that nobody else knows
    ENDING = 20  # by its name alone
    LIKELY = 30  # its first bytes look so
    CONTAINER = 40  # by the mark of a container that other formats use too
    MARK = 50  # by the format's own mark
    MARK_AND_ENDING = 60  # by a mark of others, and its name
    LONG_MARK = 70  # by a mark that no other file has, wherever it stands
    PLAIN = 80  # as the pictures that everybody has
    PLAIN_BUT = 90  # as those, but of a kind that their usual reader does not know


@dataclass(frozen=True)
class Wanted:
    """What is asked of a picture. `max_side`: pixels of the longer side that are enough; None: all there are."""

    max_side: int | None = None
    greys: Greys = AS_THE_FILE_SAYS


class Format(ABC):
    """One format. `frame` counts from 1; None means the file's first picture.

    Methods may raise anything for a damaged file; `ImageReadError` where there is more to be said than that.
    """

    name: ClassVar[str]
    endings: ClassVar[frozenset[str]] = frozenset()
    """By which folders are searched, in lower case and with the dot."""
    doubtful_endings: ClassVar[frozenset[str]] = frozenset()
    """Endings that other kinds of files have as well: folders are searched by the first bytes of such files too."""
    may_lack_ending: ClassVar[bool] = False
    """Whether folders are searched for files of this format that have no ending."""
    several: ClassVar[bool] = False
    """Whether a file may hold several images."""
    trusted: ClassVar[bool] = False
    """Whether files from anywhere may be decoded in this process; others are in one of their own."""
    names_subject: ClassVar[bool] = False
    """Whether files say of which patient or study they are, see `subject`."""
    in_series: ClassVar[bool] = False
    """Whether files may be slices of a series that lies in a folder, see `place`."""
    quotable: ClassVar[bool] = True
    """Whether what a decoder says of a damaged file may be shown: it may quote what the file holds."""

    @abstractmethod
    def matches(self, header: bytes, ending: str) -> Sure:
        """Return how sure it is that a file which begins with `header` and whose name ends in `ending` is its own."""

    @abstractmethod
    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """Return RGB or, where it is transparent, RGBA pixels, upright, and (width, height) of the file as displayed.

        Pixels may be fewer, but not fewer than `wanted.max_side` along the longer side.
        """

    def read_here(
        self,
        path: Path,
        frame: int | None,
        wanted: Wanted,
        data: bytes | None,  # noqa: ARG002
        most_pixels: int,
    ) -> tuple[Image.Image, Size] | None:
        """As `read`, for trusted formats; `data` is the file's content where it was read already.

        Returns None, and decodes nothing, where that would give more than `most_pixels`.
        """
        width, height = self.size(path, frame)
        return self.read(path, frame, wanted) if width * height <= most_pixels else None

    def tile(self, path: Path, frame: int | None, box: Region, wanted: Wanted) -> Image.Image | None:  # noqa: ARG002
        """Return RGB or RGBA pixels of a tile of a picture; None where it is to be cut from the whole."""
        return None

    def values(self, path: Path, frame: int | None, wanted: Wanted, box: Region | None) -> GreyValues | None:  # noqa: ARG002
        """Return a picture of greys in numbers, upright, with the window by which `read` makes 8 bits of them.

        None for colours, and where the format has no numbers but those 8 bits. `wanted.greys` tells the window;
        `box` is all that is wanted of a large picture, which may be decoded alone.
        """
        return None

    def facts(self, path: Path, frame: int | None) -> tuple[Fact, ...]:  # noqa: ARG002
        """Return what a file says of how a picture was taken."""
        return ()

    def place(self, path: Path) -> Place | None:  # noqa: ARG002
        """Return of which series a file is and where in it; None where it does not say. For `in_series`."""
        return None

    def size(self, path: Path, frame: int | None) -> Size:
        """Return (width, height) as displayed, from the header where it has them."""
        return self.read(path, frame, Wanted())[1]

    def parts(self, path: Path, rate: float) -> list[int]:  # noqa: ARG002
        """Return the numbers of the pages, or of the frames (`rate` a second), that are pictures of their own."""
        return [1]

    def note(self, path: Path) -> str:  # noqa: ARG002
        """Return in a sentence what a file lacks of which some can be read, or holds unsaid; "" for neither.

        For `several`.
        """
        return ""

    def remark(self, path: Path) -> str:  # noqa: ARG002
        """Return in a sentence what people should know before they show or share a file's pictures, or "".

        For `several`.
        """
        return ""

    def subject(self, path: Path) -> tuple[str, str]:  # noqa: ARG002
        """Return what tells the patient and what the study of a file, as hashes; "" where it does not say."""
        return "", ""


formats: Registry[Format] = Registry("model.images.readers", "fewshot.formats")


def register(made: Callable[[], Format]) -> Callable[[], Format]:
    """Register a format: a decorator of its class."""
    one = made()
    formats.register(one.name, one)
    return made


def format_of(header: bytes, ending: str) -> Format:
    """Return the format of a file that starts with `header` and whose name ends in `ending`."""
    ending = ending.lower()
    return max(sorted(formats, key=lambda one: one.name), key=lambda one: one.matches(header, ending))


def image_endings() -> frozenset[str]:
    """Return the endings by which folders are searched."""
    return _endings()[0]


def doubtful_endings() -> frozenset[str]:
    """Return the endings of which the first bytes tell whether a file is an image."""
    return _endings()[2]


def single_endings() -> frozenset[str]:
    """Return the endings of files that hold one image each."""
    return _endings()[1]


@lru_cache(maxsize=1)
def _endings() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    everything = frozenset(ending for one in formats for ending in one.endings)
    several = frozenset(ending for one in formats if one.several for ending in one.endings)
    doubtful = frozenset(ending for one in formats for ending in one.doubtful_endings)
    return everything, everything - several, doubtful - everything
