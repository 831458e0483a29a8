"""Derived data that the project file does not hold yet. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fewshot_gui.project.derived import DerivedTables
from fewshot_gui.project.predictions import PredictionRows
from fewshot_gui.project.training import Training
from fewshot_gui.project.values import BinPrediction


class UnsavedResults:
    """Grows with whatever arrives, until `write` could write it and `forget` is called; false where it is empty."""

    def __init__(self) -> None:
        self._predictions: list[tuple[int, BinPrediction]] = []  # with their rows
        self._training: tuple[Training, Mapping[str, bytes]] | None = None

    def __bool__(self) -> bool:
        return bool(self._predictions) or self._training is not None

    @property
    def classifier_files(self) -> Mapping[str, bytes] | None:
        """The files of a classifier that was not saved yet, or None."""
        return None if self._training is None else self._training[1]

    def add_prediction(self, row: int, made: BinPrediction) -> None:
        """A prediction arrived in a row, in place of what it held."""
        self._predictions.append((row, made))

    def set_training(self, training: Training, files: Mapping[str, bytes]) -> None:
        """A training arrived, with its classifier's files."""
        self._training = (training, files)

    def relocate(self, moved: Mapping[Path, Path], rows: PredictionRows) -> None:
        """Know the images among `moved` by their new paths, as `rows` do."""
        self._predictions = [(row, rows.at(row)) for row, _ in self._predictions]
        if self._training is not None:
            self._training = (self._training[0].relocated(moved), self._training[1])

    def write(self, tables: DerivedTables) -> None:
        """Write all of it; raises `ProjectError`."""
        if self._predictions:
            tables.write_predictions(self._predictions)
        if self._training is not None:
            tables.write_training(*self._training)

    def forget(self) -> None:
        """Forget all of it: it was written, or another project is open."""
        self._predictions.clear()
        self._training = None
