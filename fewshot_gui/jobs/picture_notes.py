"""What there is to know of a picture beside its pixels: the stack in which it lies, and what its file says of it."""

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
    """Answers for what was asked for last; the last stack is kept, since its images are asked for one after another."""

    stack_ready = Signal(object, object)  # Path, tuple[Path, ...]
    facts_ready = Signal(object, object)  # Path, tuple[Fact, ...]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cutting = AS_THEY_ARE
        self._stack: tuple[Path, ...] = ()
        self._in_stack: frozenset[Path] = frozenset()
        self._stack_wanted: _Wanted | None = None  # read by the thread that searches
        self._facts_wanted: Path | None = None
        self._stacks = Decoder[_Wanted](self._find_stack, capacity=1, threads=1, parent=self)
        self._facts = Decoder[Path](_read_facts, capacity=1, threads=1, parent=self)
        self._stacks.decoded.connect(self._on_stack_found)
        self._facts.decoded.connect(self._on_facts_read)

    def set_cutting(self, cutting: Cutting) -> None:
        """How files are cut into images."""
        self._cutting = cutting

    def forget(self) -> None:
        """Look for stacks anew: files may have changed."""
        self._stack, self._in_stack = (), frozenset()

    def request_stack(self, path: Path) -> None:
        """Ask for the images of the stack in which `path` lies; a search for that of another image ends."""
        self._stack_wanted = wanted = _Wanted(path, self._cutting)
        if path in self._in_stack:
            self.stack_ready.emit(path, self._stack)
        else:
            self._stacks.request(wanted)

    def request_facts(self, path: Path) -> None:
        """Ask for what the file says of a picture."""
        self._facts_wanted = path
        self._facts.request(path)

    def shutdown(self) -> bool:
        """End the threads; False when one did not end in time."""
        self._stack_wanted = None
        return all([self._stacks.shutdown(), self._facts.shutdown()])

    def _find_stack(self, wanted: _Wanted) -> tuple[Path, ...]:
        from model.images.stacks import stack_of

        try:
            return tuple(stack_of(wanted.path, wanted.cutting, lambda: self._stack_wanted == wanted))
        except ImageReadError:  # said by whoever shows the picture
            return (wanted.path,)

    @Slot(object, object)
    def _on_stack_found(self, wanted: _Wanted, stack: tuple[Path, ...]) -> None:
        if wanted == self._stack_wanted:
            self._stack = stack if len(stack) > 1 else ()
            self._in_stack = frozenset(self._stack)
            self.stack_ready.emit(wanted.path, stack)

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
