"""Evidence maps for the tiles of the gallery: a batch at a time by a worker, then drawn as layers in a pool."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.jobs.decoding import Decoder
from fewshot_gui.jobs.messages import JobFailure, JobResult, MapKey, MapsRequest, MapsResult
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.jobs.thumbnails import ImageCache
from model.types import MapStyle

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BATCH = 16
"""Maps that are asked for at once: few, since those in sight may be others by then."""

_MOST_MAPS = 20_000  # of some 7 x 7 to 40 x 40 numbers
_LAYER_BYTES = 96 * 2**20
_LAYERS_WAITING = 400


@dataclass(frozen=True)
class _LayerWanted:
    key: MapKey
    map_style: MapStyle
    width: int
    height: int
    evidence_map: npt.NDArray[np.float32] = field(compare=False, repr=False)


class MapLoader(QObject):
    """Makes maps by the classifier in memory. Lives in the window's thread."""

    changed = Signal(object)  # Path

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._closely = False
        self._is_ready = False  # there is a classifier
        self._maps: OrderedDict[MapKey, npt.NDArray[np.float32]] = OrderedDict()
        self._none: set[MapKey] = set()  # not to be had
        self._waiting: OrderedDict[MapKey, None] = OrderedDict()  # the last is made next
        self._room = BATCH
        self._asked: tuple[int, tuple[MapKey, ...]] | None = None  # the job that runs
        # By size as well: two galleries that show the same map would push out each other's for ever.
        self._layers = ImageCache[tuple[MapKey, MapStyle, int, int]](_LAYER_BYTES)
        self._made: dict[tuple[MapKey, MapStyle], tuple[int, int]] = {}  # the size that was made last
        self._drawing: set[_LayerWanted] = set()
        self._drawer = Decoder[_LayerWanted](_draw, _LAYERS_WAITING, threads=1, parent=self)
        self._drawer.decoded.connect(self._on_drawn)
        self._soon = QTimer(self, singleShot=True, interval=0)  # when all tiles in sight have asked
        self._soon.timeout.connect(self._ask)
        runner.succeeded.connect(self._on_succeeded)
        runner.failed.connect(self._on_failed)
        runner.finished.connect(self._on_finished)

    def layer(self, path: Path, bin_id: str, map_style: MapStyle, size: QSize) -> QImage | None:
        """See `TileSource`."""
        key = (path, bin_id)
        image = self._layers.get((key, map_style, size.width(), size.height()))
        if image is not None:
            return image
        evidence_map = self._maps.get(key)
        if evidence_map is not None:
            self._draw_later(_LayerWanted(key, map_style, size.width(), size.height(), evidence_map))
        elif self._is_ready and key not in self._none:
            self._waiting[key] = None
            self._waiting.move_to_end(key)
            while len(self._waiting) > self._room:
                self._waiting.popitem(last=False)
            self._soon.start()
        return self._layers.get((key, map_style, *self._made.get((key, map_style), (0, 0))))

    def set_room(self, tiles: int) -> None:
        """See `TileSource`."""
        self._room = max(tiles, BATCH)

    def start_anew(self, *, closely: bool) -> None:
        """There is another classifier, or another look: make maps anew."""
        self.forget()
        self._is_ready, self._closely = True, closely

    def forget(self) -> None:
        """There is no classifier any more."""
        self._is_ready = False
        self._asked = None
        self._maps.clear()
        self._none.clear()
        self._waiting.clear()
        self._soon.stop()
        self._layers.clear()
        self._made.clear()
        self._drawer.drop_waiting()
        self._drawing.clear()

    def shutdown(self) -> bool:
        """End the thread; False when it did not end in time."""
        self._soon.stop()
        self._waiting.clear()
        return self._drawer.shutdown()

    def _ask(self) -> None:
        """Ask for the maps that were wanted last, unless others are being made."""
        if self._asked is None and self._waiting:
            wanted = tuple(islice(reversed(self._waiting), BATCH))
            for key in wanted:
                del self._waiting[key]
            job_id = self._runner.submit(partial(MapsRequest, wanted=wanted, closely=self._closely))
            self._asked = (job_id, wanted)

    def _draw_later(self, wanted: _LayerWanted) -> None:
        self._drawing.add(wanted)
        self._drawing.difference_update(self._drawer.request(wanted))

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        if self._asked is None or not isinstance(result, MapsResult) or result.job_id != self._asked[0]:
            return
        self._none.update(key for key in self._asked[1] if key not in result.maps)
        self._maps.update(result.maps)
        while len(self._maps) > _MOST_MAPS:
            self._maps.popitem(last=False)
        for path, _ in result.maps:
            self.changed.emit(path)

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        if self._asked is not None and failure.job_id == self._asked[0]:
            self._none.update(self._asked[1])

    @Slot(int)
    def _on_finished(self, job_id: int) -> None:
        if self._asked is not None and job_id == self._asked[0]:
            self._asked = None
            self._ask()

    @Slot(object, object)
    def _on_drawn(self, wanted: _LayerWanted, image: QImage) -> None:
        if wanted in self._drawing:  # otherwise forgotten meanwhile
            self._drawing.discard(wanted)
            self._layers.put((wanted.key, wanted.map_style, wanted.width, wanted.height), image)
            self._made[wanted.key, wanted.map_style] = wanted.width, wanted.height
            self.changed.emit(wanted.key[0])


def _draw(wanted: _LayerWanted) -> QImage:
    from model.regions.overlay import map_layer

    pixels = map_layer(wanted.evidence_map, (wanted.width, wanted.height), wanted.map_style)
    image = QImage(pixels.tobytes(), wanted.width, wanted.height, 4 * wanted.width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy: owns its pixels
