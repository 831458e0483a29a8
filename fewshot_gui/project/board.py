"""The project's content in memory: bins in their order, their examples, the library's folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.labels import Label, in_order
from fewshot_gui.project.values import Bin, Example, name_key
from model.messages import message
from model.types import Attend

Placement = tuple[int, Path]
"""(rank, path) of an example in its bin."""


class Board:
    """Content that the steps of edits change and everything else only reads.

    Looking up a path costs O(1); a change costs O(images it names) plus, for each bin it touches,
    one copy of that bin's tuple when the bin is next read.
    """

    def __init__(self) -> None:
        """Make an empty board."""
        self._bins: dict[str, Bin] = {}  # in the board's order, without examples
        self._examples: dict[str, dict[Path, Example]] = {}
        self._bin_of: dict[Path, str] = {}
        self._content_hashes: dict[Path, str] = {}
        self._snapshots: dict[str, Bin] = {}  # bins with their examples, as last read
        self._next_rank = 0
        self.folders: tuple[Path, ...] = ()
        self.labels: dict[Path, tuple[Label, ...]] = {}
        """What people say of images: one label a reader, the latest last; only images that have one."""
        self.boxes: dict[Path, Attend] = {}
        """Where images show their class and where not; only images that have boxes."""
        self.extras: dict[str, object] = {}
        """What kinds of edits from elsewhere keep on the board, by a name of theirs."""

    @property
    def bins(self) -> tuple[Bin, ...]:
        """The bins in their order."""
        return tuple(self.bin(bin_id) for bin_id in self._bins)

    @property
    def next_rank(self) -> int:
        """The rank after all that were ever given on this board."""
        return self._next_rank

    @property
    def example_count(self) -> int:
        """The number of images in all bins."""
        return len(self._bin_of)

    def __contains__(self, bin_id: str) -> bool:
        return bin_id in self._bins

    def bin(self, bin_id: str) -> Bin:
        """Return the bin; raises `ProjectError` when there is none of this id."""
        snapshot = self._snapshots.get(bin_id)
        if snapshot is None:
            if bin_id not in self._bins:
                raise ProjectError(message("This bin does not exist any more."))
            snapshot = replace(self._bins[bin_id], examples=tuple(self._examples[bin_id].values()))
            self._snapshots[bin_id] = snapshot
        return snapshot

    def names(self) -> dict[str, str]:
        """Return the name of each bin by its id."""
        return {bin_id: bin_.name for bin_id, bin_ in self._bins.items()}

    def content_hash(self, path: Path) -> str | None:
        """Return the SHA-256 of a file's content, or None where it is not known."""
        return self._content_hashes.get(path)

    def position(self, bin_id: str) -> int:
        """Return the bin's place on the board, from 0; raises `ProjectError` as `bin` does."""
        self.bin(bin_id)
        return list(self._bins).index(bin_id)

    def bin_of(self, path: Path) -> str | None:
        """Return the id of the bin that holds `path`, or None."""
        return self._bin_of.get(path)

    def placement(self, path: Path) -> Placement:
        """Return (rank, path) of an image that is in a bin."""
        return self._examples[self._bin_of[path]][path].rank, path

    def bin_named(self, name: str) -> str | None:
        """Return the id of the bin that `name`, in any case, would clash with, or None."""
        key = name_key(name)
        return next((bin_.id for bin_ in self._bins.values() if name_key(bin_.name) == key), None)

    def insert_bin(self, position: int, bin_: Bin) -> None:
        """Put a new bin, which must be empty, at `position`, from 0."""
        self._examples[bin_.id] = {}
        self._place_bin(position, bin_)

    def remove_bin(self, bin_id: str) -> None:
        """Take an empty bin away."""
        del self._bins[bin_id], self._examples[bin_id]
        self._snapshots.pop(bin_id, None)

    def restyle_bin(self, bin_id: str, name: str, color: str) -> None:
        """Give a bin another name and colour."""
        self._bins[bin_id] = replace(self._bins[bin_id], name=name, color=color)
        self._snapshots.pop(bin_id, None)

    def move_bin(self, bin_id: str, position: int) -> None:
        """Put a bin at `position`, from 0."""
        self._place_bin(position, self._bins.pop(bin_id))

    def identify(self, content_hashes: Mapping[Path, str]) -> None:
        """Know files by these hashes of their content."""
        self._content_hashes.update(content_hashes)
        for path in content_hashes:
            bin_id = self._bin_of.get(path)
            if bin_id is not None:
                examples = self._examples[bin_id]
                examples[path] = replace(examples[path], content_hash=self._content_hashes.get(path))
                self._snapshots.pop(bin_id, None)

    def _place_bin(self, position: int, bin_: Bin) -> None:
        others = list(self._bins.values())
        others.insert(position, bin_)
        self._bins = {other.id: other for other in others}

    def insert_examples(self, bin_id: str, placements: tuple[Placement, ...]) -> None:
        """Put images that are in no bin into one, each at the place its rank gives it."""
        examples = self._examples[bin_id]
        last_rank = next(reversed(examples.values())).rank if examples else -1
        in_order = True
        for rank, path in placements:
            examples[path] = Example(path, self._content_hashes.get(path), rank)
            self._bin_of[path] = bin_id
            in_order = in_order and rank > last_rank
            last_rank = rank
            self._next_rank = max(self._next_rank, rank + 1)
        if not in_order:
            self._examples[bin_id] = dict(sorted(examples.items(), key=lambda item: item[1].rank))
        self._snapshots.pop(bin_id, None)

    def remove_examples(self, bin_id: str, placements: tuple[Placement, ...]) -> None:
        """Take images out of their bin."""
        for _, path in placements:
            del self._examples[bin_id][path], self._bin_of[path]
        self._snapshots.pop(bin_id, None)

    def set_labels(self, labels: Mapping[Path, tuple[Label, ...]]) -> None:
        """Have these images these labels instead of those that they have; () is none."""
        self.labels.update(labels)
        for path, said in labels.items():
            if not said:
                del self.labels[path]

    def set_boxes(self, path: Path, boxes: Attend) -> None:
        """Have an image these boxes and no others."""
        self.boxes.pop(path, None)
        if boxes:
            self.boxes[path] = boxes

    def relocate(self, moved: Mapping[Path, Path]) -> None:
        """Know files and folders by other paths (old path -> new path), none of them on the board yet."""
        for old, new in moved.items():
            if old in self._content_hashes:
                self._content_hashes.setdefault(new, self._content_hashes[old])
        touched = {self._bin_of[old] for old in moved if old in self._bin_of}
        for bin_id in touched:
            placements = tuple(
                (example.rank, moved.get(path, path)) for path, example in self._examples[bin_id].items()
            )
            self.remove_examples(bin_id, tuple((0, path) for path in self._examples[bin_id]))
            self.insert_examples(bin_id, placements)
        self.folders = tuple(moved.get(path, path) for path in self.folders)
        for old, new in moved.items():
            self._relocate_labels(old, new)
            if old in self.boxes and new not in self.boxes:
                self.boxes[new] = self.boxes.pop(old)

    def _relocate_labels(self, old: Path, new: Path) -> None:
        """Labels of readers who have said something of the new path already stay with the old one."""
        said, there = self.labels.pop(old, ()), self.labels.get(new, ())
        readers = {label.reader for label in there}
        staying = tuple(label for label in said if label.reader in readers)
        going = tuple(label for label in said if label.reader not in readers)
        if staying:
            self.labels[old] = staying
        if going:
            self.labels[new] = in_order((*there, *going))
