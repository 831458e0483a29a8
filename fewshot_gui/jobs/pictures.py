"""Large pictures for the inspector, and their finer parts, decoded off the window's thread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.jobs.decoding import Decoder, load_qimage, to_qimage
from fewshot_gui.texts import REMARK
from model.images.rendering import USUAL, Rendering

if TYPE_CHECKING:
    from PIL import Image

PICTURE_SIDE = 2560
"""Longest side, in pixels, of whole pictures: what a large screen can show."""

WHOLE_PIXELS = 120_000_000
"""Larger pictures are never read as a whole while parts of them are looked at: it would take 480 MB."""


_Level = tuple[Path, int, Rendering]  # the path, how many times smaller, how read


@dataclass(frozen=True)
class Picture:
    """A whole picture, shrunk where it is large; `size` is the file's own."""

    image: QImage
    size: QSize


@dataclass(frozen=True)
class Part:
    """A rectangle of `path`, in pixels of the file as displayed, wanted at `scale` (1: every pixel) or finer."""

    path: Path
    x: float
    y: float
    width: float
    height: float
    scale: float


@dataclass(frozen=True)
class Detail:
    """The pixels of a part, and the rectangle of the file that they cover."""

    image: QImage
    rect: QRectF


class PartReader:
    """Reads parts from the level of a pyramid that is just fine enough; keeps the level read last.

    Of pictures with more than `WHOLE_PIXELS`, slides say, only the part in sight is read.

    Only `keep` may be called from another thread than `read`.
    """

    def __init__(self) -> None:
        self.rendering = USUAL
        self._kept: Path | None = None
        self._level: tuple[_Level, Image.Image] | None = None

    def keep(self, path: Path) -> None:
        """Read parts of `path` only from now on; requests for other pictures are dropped."""
        self._kept = path
        self._level = None

    def read(self, part: Part) -> Detail:
        """Read one part. Raises `ImageReadError`."""
        from model.images.reading import image_size  # here: the window starts without the decoders

        size = image_size(part.path)
        if size[0] * size[1] > WHOLE_PIXELS:
            return self._read_alone(part, size)
        divisor = 1
        while divisor < 8 and 1 / (2 * divisor) >= part.scale:
            divisor *= 2  # JPEG files are decoded at these sizes
        level = self._read_level(part.path, divisor, max(size))
        x_scale, y_scale = level.width / size[0], level.height / size[1]
        left, top = max(int(part.x * x_scale), 0), max(int(part.y * y_scale), 0)
        right = min(int((part.x + part.width) * x_scale) + 1, level.width)
        bottom = min(int((part.y + part.height) * y_scale) + 1, level.height)
        box = (left, top, max(right, left + 1), max(bottom, top + 1))
        rect = QRectF(left / x_scale, top / y_scale, (box[2] - left) / x_scale, (box[3] - top) / y_scale)
        return Detail(to_qimage(level.crop(box)), rect)

    def _read_alone(self, part: Part, size: tuple[int, int]) -> Detail:
        from model.images.items import split_item
        from model.images.reading import read_image
        from model.types import Region

        left, top = max(int(part.x), 0), max(int(part.y), 0)
        width = max(min(math.ceil(part.x + part.width), size[0]) - left, 1)
        height = max(min(math.ceil(part.y + part.height), size[1]) - top, 1)
        tile = split_item(part.path)._replace(box=Region(left, top, width, height))
        max_side = math.ceil(max(width, height) * min(part.scale, 1.0))
        image = read_image(tile.path, max_side, self.rendering.ground, self.rendering.greys)
        return Detail(to_qimage(image), QRectF(left, top, width, height))

    def _read_level(self, path: Path, divisor: int, longest: int) -> Image.Image:
        kept, rendering = self._level, self.rendering
        if kept is not None and kept[0] == (path, divisor, rendering):
            return kept[1]
        self._level = None  # never two at a time
        from model.images.reading import read_image

        max_side = None if divisor == 1 else -(-longest // divisor)
        level = read_image(path, max_side, rendering.ground, rendering.greys)
        if path == self._kept:
            self._level = ((path, divisor, rendering), level)
        return level


class PictureLoader(QObject):
    """The `PictureSource` of the app: only what was asked for last is delivered."""

    picture_ready = Signal(object, QImage, QSize)  # Path, image, the file's size in pixels
    picture_failed = Signal(object, str)  # Path, reason
    detail_ready = Signal(object, QImage, QRectF)  # Path, image, what it covers in pixels of the file

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Path | None = None
        self._part_of: Path | None = None  # of which picture parts are asked for
        self._reader = PartReader()
        self._pictures = Decoder[Path](self._read_picture, capacity=1, threads=1, parent=self)
        self._details = Decoder[Part](self._reader.read, capacity=1, threads=1, parent=self)
        self._pictures.decoded.connect(self._on_decoded)
        self._pictures.decoding_failed.connect(self._on_decoding_failed)
        self._details.decoded.connect(self._on_detail_decoded)

    def set_rendering(self, rendering: Rendering) -> None:
        """Read files by `rendering` from now on, the picture asked for last once more."""
        self._reader.rendering = rendering
        if self._wanted is not None:
            self.request(self._wanted)

    def _read_picture(self, path: Path) -> Picture:
        from model.images.reading import image_size, remark

        image = load_qimage(path, PICTURE_SIDE, self._reader.rendering)
        image.setText(REMARK, remark(path))
        return Picture(image, QSize(*image_size(path)))

    def request(self, path: Path) -> None:
        """Ask for the picture of `path`; earlier requests are forgotten."""
        self._wanted = self._part_of = path
        self._details.drop_waiting()
        self._reader.keep(path)
        self._pictures.request(path)

    def request_detail(self, path: Path, rect: QRectF, scale: float) -> None:
        """Ask for a part of a picture, at `scale` (1: every pixel) or finer; parts of other pictures are forgotten."""
        if path != self._part_of:
            self._part_of = path
            self._reader.keep(path)
        self._details.request(Part(path, rect.x(), rect.y(), rect.width(), rect.height(), scale))

    def shutdown(self) -> bool:
        """End the threads; False when one did not end in time."""
        return all([self._pictures.shutdown(), self._details.shutdown()])

    @Slot(object, object)
    def _on_decoded(self, path: Path, picture: Picture) -> None:
        if path == self._wanted:
            self.picture_ready.emit(path, picture.image, picture.size)

    @Slot(object, str)
    def _on_decoding_failed(self, path: Path, reason: str) -> None:
        if path == self._wanted:
            self.picture_failed.emit(path, reason)

    @Slot(object, object)
    def _on_detail_decoded(self, part: Part, detail: Detail) -> None:
        if part.path == self._part_of:
            self.detail_ready.emit(part.path, detail.image, detail.rect)
