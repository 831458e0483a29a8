"""The examples of one bin, with what training learned about each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.image_list_model import ImageListModel, Index
from fewshot_gui.items.naming import display_text
from fewshot_gui.items.roles import Problem, Role, Verdict
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.items.verdicts import describe_example
from fewshot_gui.project.document import Document
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.results import ExampleVerdict, Results


class ExamplesModel(ImageListModel):
    """Follows the bin `bin_id` of the document, for as long as that exists."""

    counts_changed = Signal()  # how many examples, how many of them doubtful

    def __init__(
        self,
        document: Document,
        results: Results,
        thumbnails: Thumbnails,
        bin_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(thumbnails, "bin", bin_id, parent)
        self.bin_id = bin_id
        self._document, self._results = document, results
        self._unreadable: dict[Path, str] = {}  # left out by the last training, and why
        self._duplicates: dict[Path, str] = {}
        self._shared: dict[Path, tuple[str, ...]] = {}  # ids of the other bins that hold the same picture
        document.examples_changed.connect(self._on_examples_changed)
        document.example_changed.connect(self._on_example_changed)
        document.boxes_changed.connect(self._on_example_changed)
        document.paths_relocated.connect(self._update)
        results.training_changed.connect(self._on_training_changed)
        self._update()
        self._on_training_changed()

    def set_shared(self, shared: Mapping[Path, tuple[str, ...]]) -> None:
        """Say which examples, of any bin, are the same pictures as examples of other bins (their ids)."""
        here = {path: shared[path] for path in self._paths if path in shared} if shared else {}
        if here != self._shared:
            changed = here.keys() | self._shared.keys()
            self._shared = here
            for path in changed:
                self.refresh(path)
            self.counts_changed.emit()

    def shared_count(self) -> int:
        """How many examples are the same pictures as examples of other bins."""
        return len(self._shared)

    def group_count(self) -> int:
        """How many independent examples there are: those that were left out together count as one."""
        groups = [made.group if (made := self._made(path)) is not None else None for path in self._paths]
        return groups.count(None) + len(set(groups) - {None})

    def doubtful_count(self) -> int:
        """How many examples were taken for another class when they were left out."""
        return sum(self._verdict(path) is Verdict.DISAGREES for path in self._paths)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """Adds weight and verdict (Qt)."""
        if index.isValid() and index.row() < len(self._paths):
            path = self._paths[index.row()]
            if role == Role.WEIGHT:
                made = self._made(path)
                return None if made is None else made.weight
            if role == Role.SHARED:
                return path in self._shared
            if role == Role.BOXED:
                return bool(self._document.boxes(path))
            if role == Role.VERDICT:
                return self._verdict(path)
        return super().data(index, role)

    def _made(self, path: Path) -> ExampleVerdict | None:
        """The verdict on `path` as an example of this bin; None if it was in another one then."""
        made = self._results.verdict(path)
        return made if made is not None and made.bin_id == self.bin_id else None

    def _verdict(self, path: Path) -> Verdict:
        made = self._made(path)
        if made is None or made.predicted_bin_id is None:
            return Verdict.NONE
        return Verdict.AGREES if made.agrees else Verdict.DISAGREES

    def _problem(self, path: Path) -> Problem:
        if path in self._document.missing_paths:
            return Problem.MISSING
        return Problem.UNREADABLE if path in self._unreadable else super()._problem(path)

    def _tool_tip(self, path: Path) -> str:
        lines = [super()._tool_tip(path)]
        if path in self._document.missing_paths:
            lines.append(self.tr("The file is missing. It is left out when training."))
        if path in self._shared:
            names = ", ".join(f"‘{look_of(self._document, bin_id).name}’" for bin_id in self._shared[path])
            lines.append(self.tr("The same picture is in {bins}, too: one of them is wrong.").format(bins=names))
        boxes = self._document.boxes(path)
        if boxes:
            said = self.tr("Boxes: {here} here, {not_here} not here.")
            lines.append(said.format(here=len(boxes.inside), not_here=len(boxes.outside)))
        reason = self._unreadable.get(path) or self._duplicates.get(path)
        if reason is not None:
            lines.append(self.tr("Left out when trained: {reason}").format(reason=display_text(reason)))
        lines.append(describe_example(self._document, self._results, path))
        return "\n".join(line for line in lines if line)

    def _update(self) -> None:
        try:
            bin_ = self._document.bin(self.bin_id)
        except ProjectError:
            return  # being removed; its card goes with the next signal
        self._sync_paths([example.path for example in bin_.examples])
        self.counts_changed.emit()

    def _on_examples_changed(self, bin_id: str) -> None:
        if bin_id == self.bin_id:
            self._update()

    def _on_example_changed(self, path: Path) -> None:
        self.refresh(path)

    def _on_training_changed(self) -> None:
        report = self._results.report
        self._unreadable = dict(report.unreadable) if report is not None else {}
        self._duplicates = dict(report.duplicates) if report is not None else {}
        if self._paths:
            self.dataChanged.emit(self.index(0), self.index(len(self._paths) - 1))
        self.counts_changed.emit()
