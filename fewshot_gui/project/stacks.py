"""Stacks of near copies: which images lie under which. Derived from the pictures: neither saved nor undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

LEAST_ALIKE, USUAL_ALIKE = 0.85, 0.95
"""Likeness from which images can be, and usually are, in one stack; see `model.embedding.near_copies`."""


class Stacks(QObject):
    """Images by stack, at a likeness that the user chooses; each stack is spread or not.

    Of a stack that is not spread one image is shown, its first; the others are under it.
    """

    changed = Signal()  # other stacks, or spread otherwise

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths: Sequence[Path] = ()
        self._links: Sequence[tuple[int, int]] = ()
        self._alike_links: Sequence[float] = ()
        self._alike = USUAL_ALIKE
        self._is_on = False
        self._members: dict[Path, tuple[Path, ...]] = {}  # of each image in a stack
        self._spread: set[Path] = set()  # images of which a stack was spread
        self._as_whole = True

    @property
    def is_on(self) -> bool:
        """Whether images are stacked."""
        return self._is_on

    @property
    def alike(self) -> float:
        """The likeness from which images are in one stack."""
        return self._alike

    @property
    def as_whole(self) -> bool:
        """Whether what is put into a bin from the top of a stack takes along what lies under it."""
        return self._as_whole

    def set_as_whole(self, as_whole: bool) -> None:
        """Take along what lies under an image, or leave it."""
        if as_whole != self._as_whole:
            self._as_whole = as_whole
            self.changed.emit()

    def groups(self) -> list[tuple[Path, ...]]:
        """Return the images of each stack, the first on top; costs O(images in stacks)."""
        return [group for path, group in self._members.items() if path == group[0]]

    def counts(self) -> tuple[int, int]:
        """Return how many stacks there are, and how many images are in them."""
        return sum(path == group[0] for path, group in self._members.items()), len(self._members)

    def set_on(self, is_on: bool) -> None:
        """Stack images, or show each by itself."""
        if is_on != self._is_on:
            self._is_on = is_on
            self._find()

    def set_links(self, paths: Sequence[Path], links: Sequence[tuple[int, int]], alike: Sequence[float]) -> None:
        """Take in which images are how alike: pairs of numbers of `paths`, the most alike first."""
        self._paths, self._links, self._alike_links = paths, links, alike
        self._find()

    def set_alike(self, alike: float) -> None:
        """Choose the likeness, `LEAST_ALIKE` to 1."""
        if alike != self._alike:
            self._alike = alike
            self._find()

    def clear(self) -> None:
        """Forget all stacks, of another project."""
        self._spread.clear()
        self.set_links((), (), ())

    def members(self, path: Path) -> tuple[Path, ...]:
        """Return the images of the stack that `path` is in, the first on top; () where it is in none."""
        return self._members.get(path, ())

    def is_spread(self, path: Path) -> bool:
        """Whether the images of its stack are all shown."""
        return any(one in self._spread for one in self.members(path))

    def toggle(self, path: Path) -> None:
        """Spread the stack that `path` is in, or put it together again."""
        group = self.members(path)
        if group:
            if self.is_spread(path):
                self._spread.difference_update(group)
            else:
                self._spread.add(group[0])
            self.changed.emit()

    def all_under(self, paths: Iterable[Path]) -> list[Path]:
        """Return `paths`, each that lies on top of a stack followed by what is under it, if that goes as a whole."""
        if not self._as_whole:
            return list(paths)
        found: dict[Path, None] = {}
        for path in paths:
            group = self.members(path)
            found.update(dict.fromkeys((path,) if not group or self.is_spread(path) else (path, *group)))
        return list(found)

    def _find(self) -> None:
        """Join what is linked at the likeness: costs O(links)."""
        self._members = {}
        roots: dict[int, int] = {}

        def root(number: int) -> int:
            top = number
            while (above := roots.get(top, top)) != top:
                top = above
            while (above := roots.get(number, number)) != top:
                roots[number] = top
                number = above
            return top

        for (one, other), alike in zip(self._links, self._alike_links, strict=True) if self._is_on else ():
            if alike < self._alike:
                break
            first, second = sorted((root(one), root(other)))
            roots[second] = first
            roots.setdefault(first, first)
        groups: dict[int, list[int]] = {}
        for number in sorted(roots):
            groups.setdefault(root(number), []).append(number)
        for numbers in groups.values():
            group = tuple(self._paths[number] for number in numbers)
            self._members.update(dict.fromkeys(group, group))
        self.changed.emit()
