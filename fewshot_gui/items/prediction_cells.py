"""Texts and facts of the cells of the results table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.naming import display_name, display_text
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.roles import Problem, Role
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.items.verdicts import is_stale
from fewshot_gui.project.document import Document
from fewshot_gui.project.labels import Label
from fewshot_gui.project.results import BinPrediction, Results
from fewshot_gui.texts import confidence_text
from model.types import Status


class PredictionCells:
    """Makes the text or fact of a column from one prediction; keeps no copy."""

    def __init__(self, document: Document, results: Results, thumbnails: Thumbnails) -> None:
        self._document, self._results, self._thumbnails = document, results, thumbnails

    def fact(self, made: BinPrediction, column: Column, role: int) -> Any:  # noqa: ANN401 - as QAbstractItemModel.data
        """What delegates ask for by one of `Role`; None for any other role."""
        if role == Role.PATH:
            return made.path
        if role == Role.STATUS:
            return made.status
        if role == Role.PROBLEM:
            return self._problem(made)
        if role == Role.CONFIDENCE:
            return None if made.status is Status.ERROR or made.is_of_one_bin else made.confidence
        if role == Role.STALE:
            return made.label is None and is_stale(self._results, made)
        if role == Role.COLOR:
            bin_id = self._document.bin_of(made.path) if column is Column.IMAGE else made.bin_id
            if made.label is not None and column is not Column.IMAGE:
                bin_id = made.label.bin_id
            return look_of(self._document, bin_id).color if bin_id else None
        return None

    def text(self, made: BinPrediction, column: Column) -> str:
        """What the cell says."""
        if column is Column.IMAGE:
            return display_name(made.path)
        if made.status is Status.ERROR:
            return display_text(made.message) if column is Column.STATUS else ""
        if made.label is not None and made.label.bin_id is None and column in (Column.CLASS, Column.CONFIDENCE):
            return _tr("None of these") if column is Column.CLASS else ""
        if column is Column.CLASS:
            return look_of(self._document, made.bin_id).name if made.bin_id else ""
        if column is Column.CONFIDENCE:
            return "" if made.is_of_one_bin else confidence_text(made.confidence)
        return self._note(made)

    def _note(self, made: BinPrediction) -> str:
        notes = []
        if made.label is not None:
            notes.append(self._said(made.label))
        elif made.status is Status.UNKNOWN:
            notes.append(_tr("Unlike every bin"))
        if made.is_joined:
            notes.append(_tr("With similar images"))
        bin_id = self._document.bin_of(made.path)
        if bin_id is not None:
            notes.append(_tr("Example of ‘{name}’").format(name=look_of(self._document, bin_id).name))
        if made.label is None and is_stale(self._results, made):
            notes.append(_tr("Out of date"))
        return " · ".join(notes)

    def _said(self, label: Label) -> str:
        text = _tr("Labelled by {reader}").format(reader=label.reader)
        if label.predicted == label.bin_id:
            return text
        name = (
            _tr("unlike every bin") if label.predicted is None else f"‘{look_of(self._document, label.predicted).name}’"
        )
        return _tr("{text}, predicted was {name}").format(text=text, name=name)

    def _problem(self, made: BinPrediction) -> Problem:
        unreadable = made.status is Status.ERROR or self._thumbnails.failure(made.path) is not None
        return Problem.UNREADABLE if unreadable else Problem.NONE


def _tr(text: str) -> str:
    return QCoreApplication.translate("Predictions", text)
