"""The smallest steps by which a project changes, as values.

An `Edit` (commands.py) is a sequence of changes; its undo is the sequence of their inverses,
backwards. The board applies them in memory, the store writes them to the file: both see the same
few kinds. `Fact`s are learnt about files, not done by the user; they have no inverse.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.project.values import FileIdentity

Placement = tuple[int, Path]
"""(rank, path) of an example in its bin."""


class Change(ABC):
    """One reversible step."""

    @abstractmethod
    def inverted(self) -> Change:
        """Return the step that takes this one back."""

    def relocated(self, moved: Mapping[Path, Path]) -> Change:  # noqa: ARG002 - most changes name no path
        """Return this step with the old paths among `moved` replaced by the new."""
        return self


@dataclass(frozen=True, slots=True)
class InsertBin(Change):
    """An empty bin appears at `position` of the board."""

    position: int
    bin_id: str
    name: str
    color: str

    def inverted(self) -> RemoveBin:
        return RemoveBin(self.position, self.bin_id, self.name, self.color)


@dataclass(frozen=True, slots=True)
class RemoveBin(Change):
    """The bin at `position`, emptied before, goes."""

    position: int
    bin_id: str
    name: str
    color: str

    def inverted(self) -> InsertBin:
        return InsertBin(self.position, self.bin_id, self.name, self.color)


@dataclass(frozen=True, slots=True)
class RestyleBin(Change):
    """A bin gets another name or colour; both are (name, color)."""

    bin_id: str
    old: tuple[str, str]
    new: tuple[str, str]

    def inverted(self) -> RestyleBin:
        return RestyleBin(self.bin_id, self.new, self.old)


@dataclass(frozen=True, slots=True)
class MoveBin(Change):
    """A bin goes from position `source` of the board to `target`."""

    bin_id: str
    source: int
    target: int

    def inverted(self) -> MoveBin:
        return MoveBin(self.bin_id, self.target, self.source)


@dataclass(frozen=True, slots=True)
class _ExamplesChange(Change):
    bin_id: str
    placements: tuple[Placement, ...]

    def relocated(self, moved: Mapping[Path, Path]) -> Change:
        placements = tuple((rank, moved.get(path, path)) for rank, path in self.placements)
        return replace(self, placements=placements)


@dataclass(frozen=True, slots=True)
class InsertExamples(_ExamplesChange):
    """Images that are in no bin come into one, each at the place its rank gives it."""

    def inverted(self) -> RemoveExamples:
        return RemoveExamples(self.bin_id, self.placements)


@dataclass(frozen=True, slots=True)
class RemoveExamples(_ExamplesChange):
    """Images leave their bin."""

    def inverted(self) -> InsertExamples:
        return InsertExamples(self.bin_id, self.placements)


@dataclass(frozen=True, slots=True)
class SetFolders(Change):
    """The library shows other folders."""

    old: tuple[Path, ...]
    new: tuple[Path, ...]

    def inverted(self) -> SetFolders:
        return SetFolders(self.new, self.old)

    def relocated(self, moved: Mapping[Path, Path]) -> Change:
        old, new = (tuple(moved.get(path, path) for path in paths) for paths in (self.old, self.new))
        return SetFolders(old, new)


@dataclass(frozen=True, slots=True)
class Identify:
    """Files have been read: by this they are known from now on."""

    identities: Mapping[Path, FileIdentity]


@dataclass(frozen=True, slots=True)
class Relocate:
    """Files and folders are found under new paths (old path -> new path), none of them on the board yet."""

    moved: Mapping[Path, Path]


Fact = Identify | Relocate
