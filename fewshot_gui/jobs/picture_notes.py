"""What there is to know of a picture beside its pixels: the series in which it lies, and what its file says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.jobs.decoding import Decoder
from model.errors import ImageReadError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.facts import Fact


@dataclass(frozen=True)
class _Wanted:
    path: Path
    cutting: Cutting


class PictureNotes(QObject):
    """Answers for what was asked for last; the last series is kept: its images are asked for one after another."""

    series_ready = Signal(object, object)  # Path, tuple[Path, ...]
    facts_ready = Signal(object, object)  # Path, tuple[Fact, ...]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cutting = AS_THEY_ARE
        self._series: tuple[Path, ...] = ()
        self._in_series: frozenset[Path] = frozenset()
        self._series_wanted: _Wanted | None = None  # read by the thread that searches
        self._facts_wanted: Path | None = None
        self._search = Decoder[_Wanted](self._find_series, capacity=1, threads=1, parent=self)
        self._facts = Decoder[Path](_read_facts, capacity=1, threads=1, parent=self)
        self._search.decoded.connect(self._on_series_found)
        self._facts.decoded.connect(self._on_facts_read)

    def set_cutting(self, cutting: Cutting) -> None:
        """How files are cut into images."""
        self._cutting = cutting

    def forget(self) -> None:
        """Look for series anew: files may have changed."""
        self._series, self._in_series = (), frozenset()

    def request_series(self, path: Path) -> None:
        """Ask for the images of the series in which `path` lies; a search for that of another image ends."""
        self._series_wanted = wanted = _Wanted(path, self._cutting)
        if path in self._in_series:
            self.series_ready.emit(path, self._series)
        else:
            self._search.request(wanted)

    def request_facts(self, path: Path) -> None:
        """Ask for what the file says of a picture."""
        self._facts_wanted = path
        self._facts.request(path)

    def shutdown(self) -> bool:
        """End the threads; False when one did not end in time."""
        self._series_wanted = None
        return all([self._search.shutdown(), self._facts.shutdown()])

    def _find_series(self, wanted: _Wanted) -> tuple[Path, ...]:
        from model.images.series_search import series_of

        try:
            return tuple(series_of(wanted.path, wanted.cutting, lambda: self._series_wanted == wanted))
        except ImageReadError:  # said by whoever shows the picture
            return (wanted.path,)

    @Slot(object, object)
    def _on_series_found(self, wanted: _Wanted, series: tuple[Path, ...]) -> None:
        if wanted == self._series_wanted:
            self._series = series if len(series) > 1 else ()
            self._in_series = frozenset(self._series)
            self.series_ready.emit(wanted.path, series)

    @Slot(object, object)
    def _on_facts_read(self, path: Path, facts: tuple[Fact, ...]) -> None:
        if path == self._facts_wanted:
            self.facts_ready.emit(path, facts)


def _read_facts(path: Path) -> tuple[Fact, ...]:
    from model.images.reading import facts

    try:
        return facts(path)
    except ImageReadError:
        return ()
