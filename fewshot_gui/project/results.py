"""Derived data of the open project: predictions and the report of the last training. Not undoable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, Signal

from fewshot_gui.project.archive import KEPT_BYTES, Packed, classifier_hash, pack
from fewshot_gui.project.derived import DerivedTables, NewTraining, StoredResults
from fewshot_gui.project.document import Document
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.predictions import PredictionRows, RowFacts
from fewshot_gui.project.record import TRAINING, WENT_BACK, Draft
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.training import ExampleVerdict, Training
from fewshot_gui.project.training_facts import training_facts
from fewshot_gui.project.unsaved_results import UnsavedResults
from fewshot_gui.project.values import NO_ORIGIN, BinPrediction, Origin
from model.project_file.staleness import bins_changed, boxes_changed, is_out_of_date
from model.types import Attend, Prediction, TrainingReport

__all__ = ["BinPrediction", "ExampleVerdict", "Results"]


class Results(QObject):
    """Predictions by image, in the order in which they arrived, and the last training's report.

    A row keeps its number: an image classified again changes in its place. Everything is saved with
    the project as it arrives; `save_failed` tells when that cannot be, and it is tried again with
    whatever arrives next, or by `save`.
    """

    reset = Signal()  # other predictions altogether
    rows_left = Signal(object)  # those before (PredictionRows), which nobody looks at any more
    appended = Signal(int, int)  # first and last new row
    changed = Signal(object)  # paths classified again (list of Path)
    training_changed = Signal()  # another report, another classifier
    stale_changed = Signal(bool)
    saved = Signal()  # the project file holds them (again)
    save_failed = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        """Make empty results, in memory, for the bins of `document`."""
        super().__init__(parent)
        self._document = document
        self._tables = DerivedTables(ProjectStore.in_memory())
        self._rows = PredictionRows()
        self._unsaved = UnsavedResults()
        self._training: Training | None = None
        self._classifier = ""
        self.kept_bytes = KEPT_BYTES
        """What all classifiers together may take that are kept to go back to."""
        self._trained_on: Mapping[Path, str | None] | None = None
        self._trained_boxes: Mapping[Path, Attend] = {}
        self._verdicts: dict[Path, ExampleVerdict] = {}
        self._remarks: dict[Path, tuple[str, ...]] = {}  # on boxes
        self._is_stale = False
        document.revision_changed.connect(self._update_stale)
        document.paths_relocated.connect(self._on_paths_relocated)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[BinPrediction]:
        return iter(self._rows)

    def at(self, row: int) -> BinPrediction:
        """Return the prediction that arrived as number `row`, from 0."""
        return self._rows.at(row)

    def facts(self, first: int, end: int) -> Iterator[RowFacts]:
        """Return what tables need of the rows from `first` to before `end`."""
        return self._rows.facts(first, end)

    def prediction(self, path: Path) -> BinPrediction | None:
        """Return the prediction for an image, or None when it was not classified."""
        row = self._rows.row_of(path)
        return None if row is None else self._rows.at(row)

    def row_of(self, path: Path) -> int | None:
        """Return the row of an image, or None when it was not classified."""
        return self._rows.row_of(path)

    @property
    def report(self) -> TrainingReport | None:
        """The last training's report, or None before the first."""
        return self._training.report if self._training else None

    @property
    def classifier_revision(self) -> int | None:
        """The document revision that the classifier was trained at, or None without a classifier."""
        return self._training.revision if self._training else None

    @property
    def classifier_hash(self) -> str:
        """The SHA-256 by which the record knows the classifier; "" without one."""
        return self._classifier

    @property
    def classifier_bin_ids(self) -> tuple[str, ...]:
        """The bins that the classifier knows, in its class order."""
        return self._training.bin_ids if self._training else ()

    @property
    def trained_examples(self) -> tuple[tuple[Path, ...], ...]:
        """The examples of each class of the classifier; () without one."""
        report = self.report
        if report is None:
            return ()
        files: list[list[Path]] = [[] for _ in self.classifier_bin_ids]
        for known in report.examples:
            files[known.class_index].append(known.path)
        return tuple(map(tuple, files))

    @property
    def is_stale(self) -> bool:
        """Whether the bins hold other examples, or these other boxes, than those the classifier was trained on.

        Names, colours, the order of bins and empty bins do not matter. False without a classifier.
        """
        return self._is_stale

    @property
    def up_to_date_revision(self) -> int | None:
        """The revision of predictions that are up to date; None: none is, or there is no classifier."""
        return None if self._is_stale else self.classifier_revision

    def copy_of_rows(self) -> PredictionRows:
        """Return all predictions as they are now, for another thread."""
        return self._rows.copy()

    @property
    def stale_count(self) -> int:
        """How many predictions are out of date; costs O(1)."""
        return len(self._rows) - self._rows.count_at(self.up_to_date_revision)

    def is_out_of_date(self, made: BinPrediction) -> bool:
        """Whether the bins changed, or another classifier was trained, since `made`."""
        return is_out_of_date(made.revision, self.classifier_revision, changed=self._is_stale)

    def verdict(self, path: Path) -> ExampleVerdict | None:
        """Return what the last training learnt about an example, or None if it was not in it."""
        return self._verdicts.get(path)

    def remarks(self, path: Path) -> tuple[str, ...]:
        """Return what the last training says of the boxes on an example, as long as they are as they were then."""
        found = self._remarks.get(path, ())
        return found if found and self._document.boxes(path) == self._trained_boxes.get(path) else ()

    def classifier_files(self) -> dict[str, bytes]:
        """Return the saved classifier, file name -> content; empty without one.

        Raises `ProjectError` when the project file cannot be read.
        """
        unsaved = self._unsaved.classifier_files
        return self._tables.classifier_files() if unsaved is None else dict(unsaved)

    def show(self, content: StoredResults, store: ProjectStore) -> None:
        """Show `content`, which `store` holds, and save there from now on."""
        self._tables = DerivedTables(store)
        self._unsaved.forget()
        self._classifier = content.classifier
        self._set_rows(content.predictions)
        self._show_training(content.training)

    def continue_in(self, store: ProjectStore) -> None:
        """Save to `store`, a copy of the project that has the last results, from now on."""
        self._tables = DerivedTables(store)
        self._unsaved.forget()

    def add_predictions(
        self,
        revision: int,
        bin_ids: Sequence[str],
        predictions: Sequence[Prediction],
        origin: Origin = NO_ORIGIN,
        draft: Draft | None = None,
    ) -> None:
        """Take in a batch that the classifier of `revision` made; `bin_ids[c]` is its class c.

        `draft`: what the record says of the run, with its first batch. Costs O(batch).
        """
        bins = tuple(bin_ids)
        if draft is not None:
            self._unsaved.add_draft(draft)
        first = len(self._rows)
        changed: list[Path] = []
        for prediction in predictions:
            made = BinPrediction.of(prediction, bins, revision, origin)
            row = self._rows.put(made)
            if row < first:
                changed.append(made.path)
            self._unsaved.add_prediction(row, made)
        self._try_to_save()
        if len(self._rows) > first:
            self.appended.emit(first, len(self._rows) - 1)
        if changed:
            self.changed.emit(changed)

    def add_to_record(self, draft: Draft) -> None:
        """Have the record say something."""
        self._unsaved.add_draft(draft)
        self._try_to_save()

    @property
    def is_modified(self) -> bool:
        """Whether the project file lacks something of what is shown."""
        return bool(self._unsaved)

    def save(self) -> None:
        """Save what could not be saved before; raises `ProjectError` when it still cannot."""
        if self._unsaved:
            self._unsaved.write(self._tables)
            self._unsaved.forget()
            self.saved.emit()

    def write_unsaved(self, store: ProjectStore) -> None:
        """Write to `store`, a copy of the project, what the project file does not hold yet."""
        self._unsaved.write(DerivedTables(store))

    def write_all(self, store: ProjectStore) -> None:
        """Write to `store`, an empty one, all that is in memory, and the classifier if it can still be read."""
        new, drafts = None, self._unsaved.drafts
        if self._training is not None:
            files: dict[str, bytes] = {}
            with suppress(ProjectError):
                files = self.classifier_files()
            what = training_facts(self._training, classifier_hash(files), self._document.board, {})
            draft = Draft(TRAINING, self._document.who, {**what, "saved_from_memory": True}, keys=(what["classifier"],))
            new = NewTraining(self._training, files, draft, pack(files), self.kept_bytes)
            drafts = [*drafts, draft]
        DerivedTables(store).write(list(enumerate(self._rows)), new, drafts)

    def set_training(
        self,
        revision: int,
        bin_ids: Sequence[str],
        report: TrainingReport,
        files: Mapping[str, bytes],
        origin: Mapping[str, Any] = MappingProxyType({}),
        packed: Packed | None = None,
    ) -> None:
        """Take in a classifier trained at `revision`: its classes, its report and its saved files.

        The images it could not use count as being in the bins where they are now. `origin` is what else the record says
        of it; `packed`, the files as they are kept, where another thread has packed them already.
        """
        left_out = {path: self._document.bin_of(path) for path, _ in (*report.unreadable, *report.duplicates)}
        training = Training(revision, tuple(bin_ids), report, left_out)
        what = training_facts(training, classifier_hash(files), self._document.board, origin)
        draft = Draft(TRAINING, self._document.who, what, keys=(what["classifier"],))
        self._take(NewTraining(training, files, draft, packed or pack(files), self.kept_bytes))

    def go_back(self, earlier: Training, files: Mapping[str, bytes]) -> None:
        """Use an earlier training's classifier again, from its saved files."""
        hash_ = classifier_hash(files)
        draft = Draft(WENT_BACK, self._document.who, {"classifier": hash_}, keys=(hash_,))
        self._take(NewTraining(earlier, files, draft, pack(files), self.kept_bytes))

    def _take(self, new: NewTraining) -> None:
        self._unsaved.set_training(new)
        self._classifier = classifier_hash(new.files)
        self._try_to_save()
        self._show_training(new.training)

    def keep_at_most(self, most_bytes: int) -> None:
        """Throw away the oldest of the classifiers that are kept, where all take more; raises `ProjectError`."""
        self.kept_bytes = most_bytes
        self._tables.drop_beyond(most_bytes, self._classifier, self._document.who)

    def _set_rows(self, rows: PredictionRows) -> None:
        before, self._rows = self._rows, rows
        self.reset.emit()
        self.rows_left.emit(before)

    def _show_training(self, training: Training | None) -> None:
        self._training = training
        self._trained_on = training.examples if training else None
        self._trained_boxes = training.boxes if training else {}
        self._verdicts = training.verdicts if training else {}
        self._remarks = training.remarks if training else {}
        self._update_stale()
        self.training_changed.emit()

    def _update_stale(self) -> None:
        trained_on = self._trained_on
        is_stale = trained_on is not None and (
            bins_changed(trained_on, self._document.example_count, self._document.bin_of)
            or boxes_changed(self._trained_boxes, self._document.board.boxes)
        )
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self.stale_changed.emit(is_stale)

    def _on_paths_relocated(self, moved: Mapping[Path, Path]) -> None:
        rows = self._rows.relocated(moved)
        self._unsaved.relocate(moved, self._rows if rows is None else rows)
        if self._training is not None:
            self._show_training(self._training.relocated(moved))  # the file's was, with the board's paths
        if rows is not None:
            self._set_rows(rows)

    def _try_to_save(self) -> None:
        try:
            self.save()
        except ProjectError as error:
            self.save_failed.emit(str(error))
