"""Texts and facts of the cells of the results table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fewshot_gui.items.arrangement import Group, Grouping, Outcome, outcome_of
from fewshot_gui.items.bin_look import BinLook, look_of
from fewshot_gui.items.naming import display_name, display_text, names_are_hidden
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.roles import Problem, Role, readable
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.items.tile import Mark, Tile, Tone
from fewshot_gui.items.verdicts import is_stale
from fewshot_gui.project.document import Document
from fewshot_gui.project.labels import Label
from fewshot_gui.project.results import BinPrediction, Results
from fewshot_gui.texts import confidence_text
from fewshot_gui.translation import tr
from model.types import Status


class PredictionCells:
    """Makes the text or fact of a column from one prediction; keeps no copy."""

    def __init__(self, document: Document, results: Results, thumbnails: Thumbnails) -> None:
        self._document, self._results, self._thumbnails = document, results, thumbnails
        self.sure_from: float | None = None
        """The confidence from which predictions need not be checked; None: not known."""

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
        if role == Role.TILE:
            return self._tile(made)
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
            return tr("None of these") if column is Column.CLASS else ""
        if column is Column.CLASS:
            return self._class_text(made)
        if column is Column.CONFIDENCE:
            return "" if made.is_of_one_bin else confidence_text(made.confidence)
        return self._note(made)

    def describe(self, made: BinPrediction) -> str:
        """Class, confidence and marks, for those who hear what a tile shows."""
        if made.status is Status.ERROR:
            return self.text(made, Column.STATUS)
        said = [self.text(made, Column.CLASS), self.text(made, Column.CONFIDENCE)]
        return ", ".join([*filter(None, said), *(mark.text for mark in self._marks(made))])

    def verdict(self, members: Iterable[BinPrediction]) -> str:
        """What the images of a case show together: the mean of their probabilities; "" where it cannot be told.

        What a person labelled counts as certain. See `model.runs.cases`.
        """
        scores: dict[str, float] = {}
        count = 0
        for made in members:
            if made.status is Status.ERROR or (made.label is not None and made.label.bin_id is None):
                continue
            if made.is_of_one_bin:
                return ""
            count += 1
            said = {made.bin_id: 1.0} if made.label is not None else dict(zip(made.bin_ids, made.scores, strict=False))
            for bin_id, score in said.items():
                if bin_id is not None:
                    scores[bin_id] = scores.get(bin_id, 0.0) + score
        if count < 2:
            return ""
        best = max(scores, key=scores.__getitem__)
        name = look_of(self._document, best).name
        return tr("together ‘{name}’, {share}").format(name=name, share=confidence_text(scores[best] / count))

    def group_title(self, grouping: Grouping, group: Group) -> BinLook:
        """What a group is called, and its colour; "": it has none."""
        if grouping is Grouping.CLASS:
            return look_of(self._document, group.key) if group.key else BinLook(tr("Not classified"), "")
        if grouping is Grouping.FOLDER:
            return BinLook(tr("A folder") if names_are_hidden() else readable(group.key), "")
        if grouping is Grouping.FILE:
            return BinLook(display_name(Path(group.key)), "")
        return BinLook(_outcome_text(Outcome(group.key)), "")

    def _tile(self, made: BinPrediction) -> Tile:
        is_error = made.status is Status.ERROR
        look = look_of(self._document, made.bin_id) if made.bin_id else BinLook("", "")
        is_none = made.label is not None and made.label.bin_id is None
        return Tile(
            path=made.path,
            name=display_name(made.path),
            status=made.status,
            bin_id=made.bin_id,
            class_name=self.text(made, Column.CLASS) or tr("Not classified"),
            color="" if is_none else look.color,
            confidence="" if is_error else self.text(made, Column.CONFIDENCE),
            region=made.region,
            is_stale=made.label is None and is_stale(self._results, made),
            marks=tuple(self._marks(made)),
        )

    def _class_text(self, made: BinPrediction) -> str:
        if made.bin_id is None:
            return ""
        name = look_of(self._document, made.bin_id).name
        is_unlike = made.is_of_one_bin and made.status is Status.UNKNOWN  # no other bin could be the nearest
        return tr("Unlike ‘{name}’").format(name=name) if is_unlike else name

    def _marks(self, made: BinPrediction) -> list[Mark]:
        """The most urgent first. Marks for what other parts of the app know of an image are added here."""
        marks = []
        if made.label is not None:
            marks.append(Mark("✓", self._said(made.label), Tone.SUCCESS))
        sure_from = None if made.is_of_one_bin else self.sure_from  # nothing is more or less sure there
        match None if made.label is not None else outcome_of(made.status, made.confidence, sure_from):
            case Outcome.ERROR:
                marks.append(Mark("!", tr("Error"), Tone.FAILURE))
            case Outcome.UNLIKE:
                marks.append(Mark("≠", _unlike(made), Tone.WARNING))
            case Outcome.TO_CHECK:
                marks.append(Mark("?", tr("To check"), Tone.WARNING))
        bin_id = self._document.bin_of(made.path)
        if bin_id is not None:
            look = look_of(self._document, bin_id)
            number = next((n for n, bin_ in enumerate(self._document.bins, 1) if bin_.id == bin_id), 0)
            marks.append(Mark(str(number), tr("In ‘{name}’").format(name=look.name), color=look.color))
        return marks

    def _note(self, made: BinPrediction) -> str:
        notes = []
        if made.label is not None:
            notes.append(self._said(made.label))
        elif made.status is Status.UNKNOWN:
            notes.append(_unlike(made))
        if made.is_joined:
            notes.append(tr("With similar images"))
        bin_id = self._document.bin_of(made.path)
        if bin_id is not None:
            notes.append(tr("Example of ‘{name}’").format(name=look_of(self._document, bin_id).name))
        if made.label is None and is_stale(self._results, made):
            notes.append(tr("Out of date"))
        return " · ".join(notes)

    def _said(self, label: Label) -> str:
        text = tr("Labelled by {reader}").format(reader=label.reader)
        if label.predicted == label.bin_id:
            return text
        name = (
            tr("unlike every bin") if label.predicted is None else f"‘{look_of(self._document, label.predicted).name}’"
        )
        return tr("{text}, predicted was {name}").format(text=text, name=name)

    def _problem(self, made: BinPrediction) -> Problem:
        unreadable = made.status is Status.ERROR or self._thumbnails.failure(made.path) is not None
        return Problem.UNREADABLE if unreadable else Problem.NONE


def _unlike(made: BinPrediction) -> str:
    if made.is_region_unlike:
        return tr("Unlike the bin, most of all in the box")
    return tr("Unlike the bin") if made.is_of_one_bin else tr("Unlike every bin")


def _outcome_text(outcome: Outcome) -> str:
    return {
        Outcome.SURE: tr("Sure"),
        Outcome.TO_CHECK: tr("To check"),
        Outcome.UNLIKE: tr("Unlike every bin"),
        Outcome.ERROR: tr("Errors"),
    }[outcome]
