"""What the tests of this room share besides fixtures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fewshot_gui.project.board import Board
from fewshot_gui.project.document import Bin, Document
from fewshot_gui.project.labels import Label
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.values import FileIdentity
from model.images.content_hash import content_hash
from model.types import Attend, ExampleReport, Prediction, Region, Status, TrainingReport


def identify(path: Path) -> FileIdentity:
    return FileIdentity(content_hash(path), path.stat().st_size)


def images(*names: str) -> list[Path]:
    return [Path("/pictures") / f"{name}.jpg" for name in names]


State = tuple[
    tuple[Bin, ...],
    tuple[Path, ...],
    tuple[tuple[Path, tuple[Label, ...]], ...],
    tuple[tuple[Path, Attend], ...],
]


def state(content: Document | Board) -> State:
    """Everything that undo must restore: ids, names, colours, examples and their order, folders, labels, boxes."""
    board = content.board if isinstance(content, Document) else content
    return (
        content.bins,
        content.folders,
        tuple(sorted(board.labels.items())),
        tuple(sorted(board.boxes.items(), key=str)),
    )


def saved_state(path: Path) -> State:
    """What another process that opened the file now would see."""
    store = ProjectStore.open(path)
    try:
        return state(store.load().board)
    finally:
        store.close()


def names_of(document: Document, bin_id: str) -> list[str]:
    return [example.path.stem for example in document.bin(bin_id).examples]


def prediction(path: Path, predicted: int = 0, scores: tuple[float, ...] = (0.75, 0.25)) -> Prediction:
    return Prediction(path, Status.OK, predicted, scores, Region(1, 2, 30, 40))


def failed_prediction(path: Path) -> Prediction:
    return Prediction(path, Status.ERROR, message="is damaged.")


def training_report(groups: Iterable[Iterable[Path]], duplicates: Iterable[Path] = ()) -> TrainingReport:
    examples = [
        ExampleReport(path, class_index, 1.25, class_index, 0.5)
        for class_index, paths in enumerate(groups)
        for path in paths
    ]
    return TrainingReport(
        class_names=("Cat", "Dog"),
        examples=tuple(examples),
        unreadable=((Path("/pictures/unreadable.jpg"), "is damaged."),) if duplicates else (),
        duplicates=tuple((path, "is there twice.") for path in duplicates),
        leave_one_out_accuracy=0.9,
        accuracy_interval=(0.8, 0.95),
        steps=12,
        converged=True,
        seconds=0.5,
    )
