"""Large pictures for the inspector, and their finer parts, decoded off the window's thread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.jobs.decoding import Decoder, grey_qimage, load_qimage, to_qimage
from fewshot_gui.jobs.kept_pictures import KeptPictures
from fewshot_gui.jobs.picture_notes import PictureNotes
from fewshot_gui.texts import REMARK, packed
from model.errors import ImageReadError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.rendering import USUAL, Rendering
from model.images.windows import Look

if TYPE_CHECKING:
    from PIL import Image

    from model.images.grey_values import GreyValues, Survey

PICTURE_SIDE = 2560
"""Longest side, in pixels, of whole pictures: what a large screen can show."""

WHOLE_PIXELS = 120_000_000
"""Larger pictures are never read as a whole while parts of them are looked at: it would take 480 MB."""


MOST_NEAR = 4
"""Neighbours of a picture in its series that are read before they are wanted."""

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
    look: Look | None = None


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

    def __init__(self, kept: KeptPictures | None = None) -> None:
        """`kept` has the values of pictures of greys, for parts that are wanted in a look."""
        self.rendering = USUAL
        self._surveyed = kept or KeptPictures()
        self._kept: Path | None = None
        self._level: tuple[_Level, Image.Image] | None = None

    def keep(self, path: Path) -> None:
        """Read parts of `path` only from now on; requests for other pictures are dropped."""
        self._kept = path
        self._level = None

    def read(self, part: Part) -> Detail:
        """Read one part. Raises `ImageReadError`."""
        from model.images.reading import image_size  # here: the window starts without the decoders

        known = self._surveyed.get(part.path).survey
        if part.look is not None and known is not None:
            return _in_look(part, known.greys, part.look)
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


def _in_look(part: Part, greys: GreyValues, look: Look) -> Detail:
    from model.types import Region

    width, height = greys.size
    left, top = min(max(int(part.x), 0), width - 1), min(max(int(part.y), 0), height - 1)
    right, bottom = (max(1, math.ceil(end)) for end in (part.x + part.width, part.y + part.height))
    box = Region(left, top, max(min(right, width) - left, 1), max(min(bottom, height) - top, 1))
    side = math.ceil(max(box.width, box.height) * min(part.scale, 1.0))
    return Detail(grey_qimage(greys.cut(box), look, side), QRectF(box.x, box.y, box.width, box.height))


@dataclass(frozen=True)
class _Wanted:
    """A whole picture, and how it is to be read and shown."""

    path: Path
    rendering: Rendering
    look: Look | None = None
    side: int = PICTURE_SIDE


class PictureLoader(QObject):
    """The `PictureSource` of the app: only what was asked for last is delivered."""

    picture_ready = Signal(object, QImage, QSize)  # Path, image, the file's size in pixels
    picture_failed = Signal(object, object)  # Path, reason
    detail_ready = Signal(object, QImage, QRectF)  # Path, image, what it covers in pixels of the file
    values_ready = Signal(object, object)  # Path, Survey; None where the picture has none
    values_failed = Signal(object, str)  # Path, reason
    look_ready = Signal(object, QImage, object)  # Path, image, the look (None: as it is classified)
    series_ready = Signal(object, object)  # Path, the series in which it lies: tuple[Path, ...]
    facts_ready = Signal(object, object)  # Path, tuple[Fact, ...]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Path | None = None
        self._part_of: Path | None = None  # of which picture parts are asked for
        self._look: Look | None = None
        self._near: tuple[Path, ...] = ()
        self._kept = KeptPictures()
        self._notes = PictureNotes(self)
        self._notes.series_ready.connect(self.series_ready)
        self._notes.facts_ready.connect(self.facts_ready)
        self._reader = PartReader(self._kept)
        self._pictures = Decoder[_Wanted](self._read_picture, capacity=1 + MOST_NEAR, threads=1, parent=self)
        self._details = Decoder[Part](self._reader.read, capacity=1, threads=1, parent=self)
        self._values = Decoder[_Wanted](self._read_values, capacity=1, threads=1, parent=self)
        self._looks = Decoder[_Wanted](self._read_picture, capacity=1, threads=1, parent=self)
        self._pictures.decoded.connect(self._on_decoded)
        self._pictures.decoding_failed.connect(self._on_decoding_failed)
        self._details.decoded.connect(self._on_detail_decoded)
        self._values.decoded.connect(self._on_values_decoded)
        self._values.decoding_failed.connect(self._on_values_failed)
        self._looks.decoded.connect(self._on_look_decoded)

    def set_rendering(self, rendering: Rendering, cutting: Cutting = AS_THEY_ARE) -> None:
        """Read files by `rendering` and `cutting` from now on, the picture asked for last once more."""
        self._reader.rendering = rendering
        self._notes.set_cutting(cutting)
        self.read_anew()
        if self._wanted is not None:
            self.request(self._wanted, self._look)

    def read_anew(self) -> None:
        """Forget what was read: files may have changed."""
        self._kept.clear()
        self._notes.forget()

    def _read_picture(self, wanted: _Wanted) -> Picture:
        from model.images.reading import image_size, remark

        path, kept = wanted.path, self._kept.get(wanted.path)
        size = kept.size or QSize(*image_size(path))
        image = kept.shown(wanted.look)
        if image is None and wanted.look is not None:
            image = self._looked(wanted)
        if image is None:
            image = kept.image or load_qimage(path, PICTURE_SIDE, wanted.rendering)
            image.setText(REMARK, packed(remark(path)))
            self._keep(wanted, image=image, size=size)
        return Picture(image, size)

    def _looked(self, wanted: _Wanted) -> QImage | None:
        """Show a picture in a look; None where it has no values, or they cannot be read."""
        from model.images.reading import remark

        try:
            found = self._read_values(wanted)
        except ImageReadError:
            return None
        if found is None or wanted.look is None:
            return None
        image = grey_qimage(found.greys, wanted.look, wanted.side)
        image.setText(REMARK, packed(remark(wanted.path)))
        if wanted.side == PICTURE_SIDE:
            self._keep(wanted, look=wanted.look, looked=image, size=QSize(*found.greys.size))
        return image

    def _keep(self, wanted: _Wanted, **changes: object) -> None:
        if wanted.rendering == self._reader.rendering:
            self._kept.update(wanted.path, **changes)

    def _read_values(self, wanted: _Wanted) -> Survey | None:
        from model.images.grey_values import survey
        from model.images.reading import read_values

        kept = self._kept.get(wanted.path)
        if kept.is_surveyed:
            return kept.survey
        greys = read_values(wanted.path, wanted.rendering.greys)
        found = None if greys is None else survey(greys)
        self._keep(wanted, is_surveyed=True, survey=found)
        return found

    def request(self, path: Path, look: Look | None = None) -> None:
        """Ask for the picture of `path`, in a look; earlier requests are forgotten."""
        self._begin(path)
        self._look = look
        kept = self._kept.get(path)
        image = kept.shown(look)
        if image is not None and kept.size is not None:
            self.picture_ready.emit(path, image, kept.size)
        else:
            self._pictures.request(_Wanted(path, self._reader.rendering, look))

    def _begin(self, path: Path) -> None:
        self._wanted = self._part_of = path
        self._near = self._near if path in self._near else ()
        self._kept.keep_only({path, *self._near})
        self._details.drop_waiting()
        self._pictures.drop_waiting()
        self._reader.keep(path)

    def request_look(self, path: Path, look: Look | None, side: int = PICTURE_SIDE) -> None:
        """Ask for a picture that was asked for in another look, or as it is classified; `side` pixels are enough."""
        if path != self._wanted:  # another view asked for another picture since
            self._begin(path)
        self._look = look
        self._details.drop_waiting()
        self._looks.request(_Wanted(path, self._reader.rendering, look, min(side, PICTURE_SIDE)))

    def request_values(self, path: Path) -> None:
        """Ask for the values of a picture of greys."""
        self._values.request(_Wanted(path, self._reader.rendering))

    def request_near(self, paths: Sequence[Path]) -> None:
        """Read up to `MOST_NEAR` pictures that are likely wanted soon, the likeliest first, when there is time."""
        if self._wanted is None:
            return
        self._near = (self._wanted, *paths[:MOST_NEAR])
        self._kept.keep_only(self._near)
        for path in reversed(paths[:MOST_NEAR]):  # what is asked for last comes first
            if self._kept.get(path).shown(self._look) is None:
                self._pictures.request(_Wanted(path, self._reader.rendering, self._look))

    def request_series(self, path: Path) -> None:
        """Ask for the images of the series in which `path` lies."""
        self._notes.request_series(path)

    def request_facts(self, path: Path) -> None:
        """Ask for what the file says of the picture."""
        self._notes.request_facts(path)

    def request_detail(self, path: Path, rect: QRectF, scale: float) -> None:
        """Ask for a part of a picture, at `scale` (1: every pixel) or finer; parts of other pictures are forgotten."""
        if path != self._part_of:
            self._part_of = path
            self._reader.keep(path)
        look = self._look if path == self._wanted else None
        self._details.request(Part(path, rect.x(), rect.y(), rect.width(), rect.height(), scale, look))

    def shutdown(self) -> bool:
        """End the threads; False when one did not end in time."""
        decoders = (self._pictures, self._details, self._values, self._looks)
        return all([*(decoder.shutdown() for decoder in decoders), self._notes.shutdown()])

    @Slot(object, object)
    def _on_decoded(self, wanted: _Wanted, picture: Picture) -> None:
        now = self._wanted, self._reader.rendering, self._look
        if (wanted.path, wanted.rendering, wanted.look) == now:
            self.picture_ready.emit(wanted.path, picture.image, picture.size)

    @Slot(object, object)
    def _on_decoding_failed(self, wanted: _Wanted, reason: str) -> None:
        if wanted.path == self._wanted:
            self.picture_failed.emit(wanted.path, reason)

    @Slot(object, object)
    def _on_detail_decoded(self, part: Part, detail: Detail) -> None:
        if part.path == self._part_of and part.look == (self._look if part.path == self._wanted else None):
            self.detail_ready.emit(part.path, detail.image, detail.rect)

    @Slot(object, object)
    def _on_values_decoded(self, wanted: _Wanted, found: Survey | None) -> None:
        if wanted.path == self._wanted and wanted.rendering == self._reader.rendering:
            self.values_ready.emit(wanted.path, found)

    @Slot(object, object)
    def _on_values_failed(self, wanted: _Wanted, reason: str) -> None:
        if wanted.path == self._wanted:
            self.values_failed.emit(wanted.path, reason)

    @Slot(object, object)
    def _on_look_decoded(self, wanted: _Wanted, picture: Picture) -> None:
        if wanted.path == self._wanted and wanted.look == self._look:
            self.look_ready.emit(wanted.path, picture.image, wanted.look)
