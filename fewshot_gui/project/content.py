"""The open project's content: saved as it changes, and announced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import Change, Step, facts_of, rebuild
from fewshot_gui.project.edits.files import Identify
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.labels import Label, final_label
from fewshot_gui.project.palette import next_color
from fewshot_gui.project.record import Draft
from fewshot_gui.project.signals import ContentSignals
from fewshot_gui.project.store import ProjectStore, StoredContent
from fewshot_gui.project.values import Bin, FileIdentity
from model.types import Attend


class Content(ContentSignals):
    """The content of a project to be read by all, and the one method that changes it: `apply`.

    A change is made in memory, saved in one transaction, then announced; a slot that is called
    sees the content after the last change. Where saving fails, the change stays in memory,
    `save_failed` is emitted, and the next change or `save` tries again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        """Make an empty project in memory; `show` ties it to a file."""
        super().__init__(parent)
        self._store = ProjectStore.in_memory()
        self._board, self._revision = Board(), 0
        self._path: Path | None = None
        self._missing: frozenset[Path] = frozenset()
        self._unsaved: list[Step] = []
        self._unsaved_drafts: list[Draft] = []
        self.who = ""
        """Who edits, for the record."""
        self._read_only_reason = ""

    @property
    def path(self) -> Path | None:
        """The project's file, or None for an untitled project."""
        return self._path

    @property
    def is_untitled(self) -> bool:
        """Whether the user has not given the project a file yet."""
        return self._path is None

    @property
    def is_modified(self) -> bool:
        """Whether the user has something to save: an untitled project with content, or a failed save."""
        has_content = bool(self._board.bins or self._board.folders)
        return self.has_unsaved_changes or (self.is_untitled and has_content)

    @property
    def has_unsaved_changes(self) -> bool:
        """Whether the project file lacks changes that could not be saved."""
        return bool(self._unsaved)

    @property
    def read_only_reason(self) -> str:
        """Why edits are refused, or "": another program has the project, or it cannot be written to."""
        return self._read_only_reason

    @property
    def revision(self) -> int:
        """How many edits were made, undone and redone in the project's life."""
        return self._revision

    @property
    def board(self) -> Board:
        """The content for those who plan an edit; not to be changed."""
        return self._board

    @property
    def bins(self) -> tuple[Bin, ...]:
        """The bins in the order of the board."""
        return self._board.bins

    def bin(self, bin_id: str) -> Bin:
        """Return the bin; raises `ProjectError` when it does not exist (any more)."""
        return self._board.bin(bin_id)

    def bin_of(self, path: Path) -> str | None:
        """Return the id of the bin that `path` is an example of, or None."""
        return self._board.bin_of(path)

    @property
    def example_count(self) -> int:
        """The number of examples in all bins."""
        return self._board.example_count

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders shown in the library."""
        return self._board.folders

    def labels_of(self, path: Path) -> tuple[Label, ...]:
        """Return what people say of an image: one label a reader, the latest last."""
        return self._board.labels.get(path, ())

    def label(self, path: Path) -> Label | None:
        """Return the label of an image that counts, or None where nobody says what it shows."""
        return final_label(self.labels_of(path))

    def boxes(self, path: Path) -> Attend:
        """Return where an image shows its class and where not; nothing where nobody drew a box."""
        return self._board.boxes.get(path, Attend())

    def boxes_of_examples(self) -> dict[Path, Attend]:
        """Return the boxes of all examples that have any."""
        return {path: boxes for path, boxes in self._board.boxes.items() if self.bin_of(path) is not None}

    @property
    def missing_paths(self) -> frozenset[Path]:
        """The files and folders that were not there when last looked for."""
        return self._missing

    def next_color(self) -> str:
        """Return the colour "#rrggbb" that the next new bin gets."""
        return next_color(bin_.color for bin_ in self._board.bins)

    def show(self, content: StoredContent, store: ProjectStore, path: Path | None, read_only_reason: str = "") -> None:
        """Show `content`, which `store` holds, as the project `path` (None: untitled).

        Changes are saved in `store` from now on; with `read_only_reason` edits are refused.
        """
        self._read_only_reason = read_only_reason
        self._board, self._revision = content.board, content.revision
        self._store, self._path = store, path
        self._missing = frozenset()
        self._forget_unsaved()
        self.reset.emit()

    def continue_in(self, store: ProjectStore, path: Path) -> None:
        """Save to `store`, a copy of the project at `path` that has the last changes, from now on."""
        self._store, self._path = store, path
        self._read_only_reason = ""
        self._forget_unsaved()
        self.path_changed.emit()

    def save(self) -> None:
        """Save what could not be saved before; raises `ProjectError` when it still cannot."""
        if self._unsaved:
            self.write_unsaved(self._store)
            self._forget_unsaved()
            self.saved.emit()

    def write_unsaved(self, store: ProjectStore) -> None:
        """Write to `store`, the project or a copy of it, what the project file does not hold yet."""
        if self._unsaved:
            store.write(self._unsaved, self._revision, self._unsaved_drafts)

    def write_all(self, store: ProjectStore) -> None:
        """Write to `store`, an empty one, all that is in memory."""
        store.write(rebuild(self._board), self._revision, self._unsaved_drafts)

    def apply(self, changes: Sequence[Change], *, kind: str, name: str) -> None:
        """Make `changes` as one step, which is one revision and one entry of the record. Called by commands only."""
        for change in changes:
            change.apply(self._board)
        self._revision += 1
        paths: dict[Path, None] = {}
        what = {"name": name, "revision": self._revision, **facts_of(changes, self._board, paths)}
        self._save(changes, [Draft(kind, self.who, what, tuple(paths))])
        self._announce(changes)

    def set_identities(self, identities: Mapping[Path, FileIdentity]) -> None:
        """Take note of what a background thread read of files. Not undoable."""
        if identities:
            known = Identify(identities)
            known.apply(self._board)
            self._save([known])
            for path in identities:
                self.example_changed.emit(path)

    def set_missing(self, paths: Iterable[Path]) -> None:
        """Take note which files and folders are not where they should be, in place of the last note."""
        before, self._missing = self._missing, frozenset(paths)
        changed = before ^ self._missing  # 100,000 images that have results, where a drive is gone
        if changed:
            for path in [example.path for bin_ in self.bins for example in bin_.examples if example.path in changed]:
                self.example_changed.emit(path)

    def _forget_unsaved(self) -> None:
        self._unsaved.clear()
        self._unsaved_drafts.clear()

    def _save(self, steps: Sequence[Step], drafts: Sequence[Draft] = ()) -> None:
        self._unsaved.extend(steps)
        self._unsaved_drafts.extend(drafts)
        try:
            self.save()
        except ProjectError as error:
            self.save_failed.emit(str(error))

    def _announce(self, changes: Sequence[Change]) -> None:
        touched: dict[str, None] = {}
        for change in changes:
            change.announce(self)
            touched.update(dict.fromkeys(change.bins_refilled()))
        for bin_id in touched:
            if bin_id in self._board:
                self.examples_changed.emit(bin_id)
        self.revision_changed.emit(self._revision)
