"""Single frames of video files, by OpenCV."""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path

# Before the import: nothing but files is ever opened, whatever a playlist says, and nothing is printed.
os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "protocol_whitelist;file"
os.environ["OPENCV_LOG_LEVEL"] = "OFF"

import cv2
from PIL import Image

from model.errors import ImageReadError
from model.images.formats import MAX_PARTS, Size
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, damaged, no_such_part

_UNKNOWN = "is not a video in a known format. Convert it to MP4."
_NEAR = 100  # frames: so far ahead it is faster to go on than to look for a key frame
_HIGHEST_RATE, _USUAL_RATE = 1000.0, 25.0  # frames a second, for files that do not tell


class _Video:
    """The video opened last, kept open: its frames are mostly wanted one after another. Not thread-safe."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._capture = cv2.VideoCapture()
        self._next = 0  # the frame that would be decoded next, from 0

    def frame(self, path: Path, index: int) -> Image.Image | None:
        """Return the RGB pixels, upright, of a frame, counted from 0; None where there is none."""
        capture = self.open(path)
        if not self._next <= index <= self._next + _NEAR:
            capture.set(cv2.CAP_PROP_POS_FRAMES, index)
            self._next = index
        while self._next < index and capture.grab():
            self._next += 1
        found, pixels = capture.read()
        self._next += 1
        if not found:
            self.close()
            return None
        return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))

    def open(self, path: Path) -> cv2.VideoCapture:
        """Open a video, or go on with the one that is open."""
        if path != self._path:
            self.close()
            self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
            if not self._capture.isOpened():
                raise ImageReadError(path, _UNKNOWN)
            self._path, self._next = path, 0
            width, height = _size(self._capture)
            if width * height > MAX_PIXELS:
                self.close()
                raise ImageReadError(path, TOO_LARGE)
        return self._capture

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()
        self._path = None


_video = _Video()


def read(path: Path, frame: int | None) -> tuple[Image.Image, Size]:
    """See `Format`."""
    number = frame or 1
    image = _video.frame(path, number - 1)
    if image is None:
        count = _count(_video.open(path))
        raise ImageReadError(path, no_such_part(number, count, "frame") if number > count else damaged())
    return image, image.size


def size(path: Path) -> Size:
    """See `Format`."""
    return _size(_video.open(path))


def parts(path: Path, rate: float) -> list[int]:
    """See `Format`; every frame where the video has not more than `rate` a second."""
    video = _video.open(path)
    native = video.get(cv2.CAP_PROP_FPS)
    step = max(1.0, (native if 0 < native < _HIGHEST_RATE else _USUAL_RATE) / rate)
    count = _count(video)
    return [round(k * step) + 1 for k in range(min(ceil(count / step), MAX_PARTS)) if round(k * step) < count]


def _count(video: cv2.VideoCapture) -> int:
    """Return the number of frames, as the file's header has it."""
    return max(1, int(video.get(cv2.CAP_PROP_FRAME_COUNT)))


def _size(video: cv2.VideoCapture) -> Size:
    return int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
