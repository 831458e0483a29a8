"""Single frames of video files, by OpenCV."""

from __future__ import annotations

import os
import time
from math import ceil
from pathlib import Path

# Before the import: nothing but files is ever opened, whatever a playlist says, and nothing is printed.
os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "protocol_whitelist;file"
os.environ["OPENCV_LOG_LEVEL"] = "OFF"

import cv2
from PIL import Image

from model.errors import ImageReadError
from model.images.formats import MAX_PARTS, Size
from model.images.last_file import identity
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, cut_off, cut_off_frames, damaged, no_such_frame
from model.images.readers._video_files import Container
from model.messages import message

_UNKNOWN = message("is not a video in a known format. Convert it to MP4.")
_NEAR = 100  # frames: so far ahead it is faster to go on than to look for a key frame
_FAR = 20_000  # frames: so far ahead one looks for a key frame even where that may miss by some
_HIGHEST_RATE, _USUAL_RATE = 1000.0, 25.0  # frames a second, for files that do not tell
_BARE_RATE = 10.0  # of motion JPEG without a container, as cameras on a network send it: it never tells
_MOST_FRAMES = 100_000_000  # a header that speaks of more is wrong
_COUNT_SECONDS = 90.0
_USUAL_LOSS = 0.02  # of the frames that a header counts, which whole files may lack: some are empty


class _Video:
    """The video opened last, kept open: its frames are mostly wanted one after another. Not thread-safe."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._identity: object = None
        self._capture = cv2.VideoCapture()
        self._next = 0  # the frame that would be decoded next, from 0
        self._in_order = False  # whether frames are found by going through those before alone
        self._count: int | None = None

    def frame(self, path: Path, index: int) -> Image.Image | None:
        """Return the RGB pixels, upright, of a frame, counted from 0; None where there is none."""
        self.open(path)
        self._go_to(path, index)
        found, pixels = self._capture.read() if self._next == index else (False, None)
        self._next += 1
        if not found or pixels is None:
            count = self._count
            self.close()
            self._count = count
            return None
        return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))

    def open(self, path: Path) -> cv2.VideoCapture:
        """Open a video, or go on with the one that is open."""
        found = identity(path)
        if path != self._path or found != self._identity:
            if found != self._identity:
                self._count = None
            self.close()
            self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
            if not self._capture.isOpened():
                raise ImageReadError(path, _not_opened(path))
            self._path, self._identity, self._next = path, found, 0
            self._in_order = _promised(self._capture) <= 1 or _has_no_index(path)
            width, height = self.size()
            if width * height > MAX_PIXELS:
                self.close()
                raise ImageReadError(path, TOO_LARGE)
        return self._capture

    def count(self, path: Path) -> int:
        """Return the number of frames: those that are there, whatever the header says."""
        self.open(path)
        if self._count is None:
            promised = _promised(self._capture)
            if promised > 1:
                self._go_to(path, promised - 1)
                found = self._next == promised - 1 and self._grab()
                self._count = self._count_on() if found else None
            if self._count is None:
                self.close()
                self.open(path)
                self._count = self._count_on()
            self._in_order |= self._count != promised
            count, in_order = self._count, self._in_order
            self.close()
            self.open(path)
            self._count, self._in_order = count, in_order
        return max(1, self._count)

    def promised(self, path: Path) -> int:
        """Return the number of frames of which the header speaks, see `_promised`."""
        return _promised(self.open(path))

    def rate(self, path: Path) -> float:
        """Return how many frames a second has."""
        if _is_bare(path):
            return _BARE_RATE
        native = float(self.open(path).get(cv2.CAP_PROP_FPS))
        return native if 0 < native < _HIGHEST_RATE else _USUAL_RATE

    def size(self) -> Size:
        """Return (width, height) of the video that is open."""
        return int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()
        self._path = None

    def _go_to(self, path: Path, index: int) -> None:
        ahead = index - self._next
        if self._in_order and ahead < 0:
            identity, count, in_order = self._identity, self._count, self._in_order
            self.close()
            self.open(path)
            if identity == self._identity:
                self._count, self._in_order = count, in_order
        elif not 0 <= ahead <= (_FAR if self._in_order else _NEAR):
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, index)
            self._next = index
        while self._next < index and self._grab():
            pass

    def _grab(self) -> bool:
        found = bool(self._capture.grab())
        self._next += found
        return found

    def _count_on(self) -> int:
        end = time.monotonic() + _COUNT_SECONDS
        while self._grab() and self._next < _MOST_FRAMES and time.monotonic() < end:
            pass
        return self._next


_video = _Video()


def read(path: Path, frame: int | None) -> tuple[Image.Image, Size]:
    """See `Format.read`."""
    number = frame or 1
    image = _video.frame(path, number - 1)
    if image is None:
        count = _video.count(path)
        raise ImageReadError(path, no_such_frame(number, count) if number > count else damaged())
    return image, image.size


def size(path: Path) -> Size:
    """See `Format.size`."""
    _video.open(path)
    return _video.size()


def parts(path: Path, rate: float) -> list[int]:
    """See `Format.parts`; every frame where the video has not more than `rate` a second."""
    step = max(1.0, _video.rate(path) / rate)
    count = _video.count(path)
    return [round(k * step) + 1 for k in range(min(ceil(count / step), MAX_PARTS)) if round(k * step) < count]


def note(path: Path) -> str:
    """See `Format.note`."""
    container = Container(path)
    held, promised = _video.count(path), _video.promised(path)
    if container.is_cut:
        return "" if held == promised else cut_off_frames(held, promised) if held < promised else cut_off(held)
    is_short = container.counts_frames and held < (1 - _USUAL_LOSS) * promised - 1
    return cut_off_frames(held, promised) if is_short else ""


def _not_opened(path: Path) -> str:
    """Say why a file that begins as a video cannot be opened."""
    container = Container(path)
    if container.lacks_index:
        return damaged(message("the list of its frames, at its end, is missing"))
    return damaged(message("cut off")) if container.is_cut else _UNKNOWN


def _promised(video: cv2.VideoCapture) -> int:
    """Return the number of frames of which the header speaks; 0 where that cannot be."""
    found = video.get(cv2.CAP_PROP_FRAME_COUNT)
    return int(found) if 0 < found < _MOST_FRAMES else 0


def _has_no_index(path: Path) -> bool:
    """Whether a file is of a kind in which frames are looked for by guessing: MPEG streams, Flash, motion JPEG."""
    with path.open("rb") as file:
        start = file.read(8)
    return start.startswith((b"\0\0\x01", b"FLV", b"\xff\xd8")) or start[:1] == b"G" or start[4:5] == b"G"


def _is_bare(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(3) == b"\xff\xd8\xff"
