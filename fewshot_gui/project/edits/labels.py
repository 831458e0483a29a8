"""A person says what images show, or takes it back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.project.board import Board
from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.project.edits.examples import count_images, place
from fewshot_gui.project.labels import Label, in_order
from fewshot_gui.project.signals import ContentSignals
from fewshot_gui.translation import tr

Labels = tuple[tuple[Path, tuple[Label, ...]], ...]
"""Images with what people say of each, one label a reader, the latest last."""


@dataclass(frozen=True, slots=True)
class SetLabels(Change):
    """Images have the labels `new` instead of `old`."""

    read_after = ("identify",)

    old: Labels
    new: Labels

    def apply(self, board: Board) -> None:
        board.set_labels(dict(self.new))

    def inverted(self) -> SetLabels:
        return SetLabels(self.new, self.old)

    def relocated(self, moved: Mapping[Path, Path]) -> Change:
        old, new = (tuple((moved.get(path, path), said) for path, said in labels) for labels in (self.old, self.new))
        return SetLabels(old, new)

    def write(self, tables: Tables) -> None:
        tables.register_files(path for path, _ in self.new)
        encoded = [(os.fsencode(path), said) for path, said in self.new]
        tables.connection.executemany("DELETE FROM labels WHERE path = ?", ((path,) for path, _ in encoded))
        tables.connection.executemany(
            "INSERT INTO labels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((path, *label.as_row()) for path, said in encoded for label in said),
        )

    @classmethod
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        labels: dict[Path, tuple[Label, ...]] = {}
        for path, *row in connection.execute("SELECT * FROM labels"):
            key = decode_path(path)
            labels[key] = in_order((*labels.get(key, ()), Label.of_row(row)))
        board.set_labels(labels)

    @classmethod
    def rebuild(cls, board: Board) -> Iterable[SetLabels]:
        return [cls((), tuple(board.labels.items()))] if board.labels else []

    def announce(self, signals: ContentSignals) -> None:
        signals.labels_changed.emit([path for path, _ in self.new])


STEPS.register("set labels", SetLabels)


def give_labels(board: Board, labels: Mapping[Path, Label], *, as_examples: Collection[Path] = ()) -> Plan:
    """Plan that each image has a reader's label, in place of what that reader said before.

    `as_examples`: those of the images that go into the bin as well which they are labelled as, if it is there.
    """
    changes = {}
    for path, label in labels.items():
        before = board.labels.get(path, ())
        after = in_order((*(said for said in before if said.reader != label.reader), label))
        if after != before:
            changes[path] = after
    placed: dict[str, list[Path]] = {}
    for path, label in labels.items():
        if path in as_examples and label.bin_id is not None and label.bin_id in board:
            placed.setdefault(label.bin_id, []).append(path)
    return Plan(_text(board, list(labels.values())), (*_set_labels(board, changes), *place(board, placed)))


def take_back_labels(board: Board, paths: Sequence[Path], reader: str) -> Plan:
    """Plan that a reader has said nothing of these images."""
    changes = {}
    for path in paths:
        before = board.labels.get(path, ())
        after = tuple(said for said in before if said.reader != reader)
        if after != before:
            changes[path] = after
    return Plan(
        tr("Take back the labels of {images}").format(images=count_images(len(changes))), _set_labels(board, changes)
    )


def relabelled(board: Board, source_id: str, target_id: str) -> tuple[Change, ...]:
    """Return the change by which what was labelled as one bin is labelled as another."""

    def renamed(label: Label) -> Label:
        return replace(label, bin_id=target_id) if label.bin_id == source_id else label

    changes = {
        path: tuple(renamed(label) for label in said)
        for path, said in board.labels.items()
        if any(label.bin_id == source_id for label in said)
    }
    return _set_labels(board, changes)


def _set_labels(board: Board, changes: Mapping[Path, tuple[Label, ...]]) -> tuple[Change, ...]:
    old = tuple((path, board.labels.get(path, ())) for path in changes)
    return (SetLabels(old, tuple(changes.items())),) if changes else ()


def _text(board: Board, labels: Sequence[Label]) -> str:
    images = count_images(len(labels))
    sayings = {(label.is_decided, label.bin_id) for label in labels}
    if len(sayings) != 1:
        return tr("Label {images}").format(images=images)
    ((is_decided, bin_id),) = sayings
    if not is_decided:
        return tr("Mark {images} for a second look").format(images=images)
    if bin_id is None:
        return tr("Label {images} as none of these").format(images=images)
    name = board.bin(bin_id).name if bin_id in board else "?"
    return tr("Label {images} as ‘{name}’").format(images=images, name=name)
