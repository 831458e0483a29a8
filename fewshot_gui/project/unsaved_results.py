"""Derived data that the project file does not hold yet. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fewshot_gui.project.derived import DerivedTables, NewTraining
from fewshot_gui.project.predictions import PredictionRows
from fewshot_gui.project.record import Draft
from fewshot_gui.project.values import BinPrediction


class UnsavedResults:
    """Grows with whatever arrives, until `write` could write it and `forget` is called; false where it is empty."""

    def __init__(self) -> None:
        self._predictions: list[tuple[int, BinPrediction]] = []  # with their rows
        self._training: NewTraining | None = None
        self._drafts: list[Draft] = []

    def __bool__(self) -> bool:
        return bool(self._predictions or self._drafts) or self._training is not None

    @property
    def classifier_files(self) -> Mapping[str, bytes] | None:
        """The files of a classifier that was not saved yet, or None."""
        return None if self._training is None else self._training.files

    @property
    def drafts(self) -> list[Draft]:
        """What the record does not say yet."""
        return list(self._drafts)

    def add_prediction(self, row: int, made: BinPrediction) -> None:
        """A prediction arrived in a row, in place of what it held."""
        self._predictions.append((row, made))

    def add_draft(self, draft: Draft) -> None:
        """Something happened of which the record tells."""
        self._drafts.append(draft)

    def set_training(self, new: NewTraining) -> None:
        """A training arrived; of one that was not saved yet only its entry of the record stays."""
        self._training = new
        self._drafts.append(new.draft)

    def relocate(self, moved: Mapping[Path, Path], rows: PredictionRows) -> None:
        """Know the images among `moved` by their new paths, as `rows` do."""
        self._predictions = [(row, rows.at(row)) for row, _ in self._predictions]
        if self._training is not None:
            self._training = replace(self._training, training=self._training.training.relocated(moved))

    def write(self, tables: DerivedTables) -> None:
        """Write all of it, or nothing; raises `ProjectError`."""
        if self:
            tables.write(self._predictions, self._training, self._drafts)

    def forget(self) -> None:
        """Forget all of it: it was written, or another project is open."""
        self._predictions.clear()
        self._training = None
        self._drafts.clear()
