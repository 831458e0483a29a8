from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.project.derived import DerivedTables
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import BinPrediction, ExampleVerdict, Results
from fewshot_gui.project.store import ProjectStore
from model.types import Status

from .helpers import failed_prediction, images, prediction, training_report


@pytest.fixture
def results(document: Document, store: ProjectStore) -> Results:
    results = Results(document)
    results.show(DerivedTables(store).load(), store)
    return results


@pytest.fixture
def bin_ids(document: Document) -> tuple[str, str]:
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.add_examples(cat, images("a", "b"))
    document.add_examples(dog, images("x"))
    return cat, dog


def _reopened(document: Document, project_file: Path) -> Results:
    store = ProjectStore.open(project_file)
    results = Results(document)
    results.show(DerivedTables(store).load(), store)
    store.close()
    return results


def test_predictions_keep_their_order_of_arrival_and_are_saved(
    document: Document, results: Results, bin_ids: tuple[str, str], project_file: Path
) -> None:
    not_text = Path(os.fsdecode(b"/pictures/caf\xe9.jpg"))
    told: list[tuple[int, int]] = []
    results.appended.connect(lambda first, last: told.append((first, last)))
    results.add_predictions(4, bin_ids, [prediction(path) for path in images("n", "m")])
    results.add_predictions(4, bin_ids, [failed_prediction(not_text), prediction(images("k")[0], predicted=1)])
    assert told == [(0, 1), (2, 3)]
    assert [made.path.stem for made in results] == ["n", "m", not_text.stem, "k"]
    assert (results.at(2).status, results.at(2).bin_id) == (Status.ERROR, None)
    assert (results.row_of(not_text), results.row_of(Path("/other.jpg"))) == (2, None)
    assert results.at(3) == results.prediction(images("k")[0])
    assert results.at(3).bin_id == bin_ids[1]
    again = _reopened(document, project_file)
    assert list(again) == list(results)
    assert len(again) == 4


def test_an_image_classified_again_changes_in_its_row(
    document: Document, results: Results, bin_ids: tuple[str, str], project_file: Path
) -> None:
    a, b, c = images("a", "b", "c")
    results.add_predictions(4, bin_ids, [prediction(a), prediction(b)])
    changed: list[list[Path]] = []
    appended: list[int] = []
    results.changed.connect(changed.append)
    results.appended.connect(lambda first, last: appended.extend((first, last)))
    again = [prediction(c), prediction(b, predicted=1), prediction(c, predicted=1)]
    results.add_predictions(9, bin_ids[::-1], again)
    assert (changed, appended) == ([[b]], [2, 2])
    assert [(made.path, made.bin_id, made.revision) for made in results] == [
        (a, bin_ids[0], 4),
        (b, bin_ids[0], 9),
        (c, bin_ids[0], 9),
    ]
    assert list(_reopened(document, project_file)) == list(results)


def test_predictions_that_cannot_be_saved_are_saved_with_the_next(
    qtbot: QtBot, document: Document, results: Results, store: ProjectStore, bin_ids: tuple[str, str]
) -> None:
    store.connection.execute("PRAGMA query_only = ON")
    with qtbot.waitSignal(results.save_failed):
        results.add_predictions(4, bin_ids, [prediction(path) for path in images("n", "m")])
    store.connection.execute("PRAGMA query_only = OFF")
    results.add_predictions(4, bin_ids, [prediction(path) for path in images("o")])
    assert store.path is not None
    assert list(_reopened(document, store.path)) == list(results)
    assert len(results) == 3


def test_a_training_is_saved_with_its_classifier(
    document: Document, results: Results, bin_ids: tuple[str, str], project_file: Path
) -> None:
    not_text = Path(os.fsdecode(b"/pictures/caf\xe9.jpg"))
    report = training_report([images("a", "b"), [*images("x"), not_text]], duplicates=[not_text.parent / "z.jpg"])
    results.set_training(7, bin_ids, training_report([]), {"old.bin": b"old"})
    results.set_training(7, bin_ids, report, {"weights.bin": bytes(range(256)), "card.json": b"{}"})
    for shown in (results, _reopened(document, project_file)):
        assert shown.report == report
        assert (shown.classifier_revision, shown.classifier_bin_ids) == (7, bin_ids)
        assert shown.verdict(not_text) == ExampleVerdict(bin_ids[1], 1.25, bin_ids[1], 0.5)
        assert shown.verdict(Path("/other.jpg")) is None
    assert results.classifier_files() == {"card.json": b"{}", "weights.bin": bytes(range(256))}


def test_an_example_that_the_others_would_put_elsewhere_is_told(results: Results, bin_ids: tuple[str, str]) -> None:
    report = training_report([images("a", "b"), images("x")])
    doubted = replace(report.examples[0], predicted=1)
    alone = replace(report.examples[2], predicted=-1, confidence=0.0)
    report = replace(report, examples=(doubted, report.examples[1], alone))
    results.set_training(7, bin_ids, report, {})
    verdicts = [results.verdict(path) for path in images("a", "b", "x")]
    assert [verdict and verdict.agrees for verdict in verdicts] == [False, True, False]
    assert [verdict and verdict.predicted_bin_id for verdict in verdicts] == [bin_ids[1], bin_ids[0], None]


def test_only_other_examples_make_a_classifier_stale(
    document: Document, results: Results, bin_ids: tuple[str, str], project_file: Path
) -> None:
    cat, dog = bin_ids
    told: list[bool] = []
    results.stale_changed.connect(told.append)
    assert not results.is_stale
    document.add_examples(cat, images("unreadable"))
    results.set_training(7, bin_ids, training_report([images("a"), images("x")], duplicates=images("b")), {})
    document.rename_bin(cat, "Lynx")
    document.recolor_bin(cat, "#123456")
    document.move_bin(cat, 1)
    document.add_bin("empty")
    document.add_folders([Path("/zoo")])
    assert (results.is_stale, told) == (False, [])
    document.add_examples(dog, images("y"))
    assert results.is_stale
    document.undo_stack.undo()
    assert not results.is_stale
    document.add_examples(dog, images("b"))
    assert results.is_stale
    document.undo_stack.undo()
    document.add_examples(dog, images("a"))
    document.remove_examples(images("a"))
    assert results.is_stale
    assert _reopened(document, project_file).is_stale
    document.add_examples(cat, images("a"))
    assert (results.is_stale, told) == (False, [True, False] * 3)


def test_relocated_files_are_known_by_their_new_paths_everywhere(
    document: Document, results: Results, bin_ids: tuple[str, str], project_file: Path
) -> None:
    a, b, n, m = images("a", "b", "n", "m")
    new = {path: Path("/new") / path.name for path in (a, n)}
    results.add_predictions(4, bin_ids, [prediction(path) for path in (n, a, m)])
    results.set_training(7, bin_ids, training_report([[a, b], images("x")]), {"weights.bin": b"w"})
    document.apply_relocations(new)
    for shown in (results, _reopened(document, project_file)):
        assert [made.path for made in shown] == [new[n], new[a], m]
        assert shown.row_of(new[n]) == 0
        assert shown.verdict(a) is None
        assert shown.verdict(new[a]) is not None
        assert not shown.is_stale
    assert results.classifier_files() == {"weights.bin": b"w"}


def test_a_batch_costs_the_same_whatever_came_before(results: Results, bin_ids: tuple[str, str]) -> None:
    saved: list[int] = []
    write = DerivedTables.write

    class Counting(DerivedTables):
        def write(self, predictions: object = (), *more: object) -> None:
            saved.append(len(predictions))  # type: ignore[arg-type]
            write(self, predictions, *more)  # type: ignore[arg-type]

    results._tables = Counting(results._tables._store)
    for start in range(0, 320, 32):
        paths = [Path(f"/pictures/{number}.jpg") for number in range(start, start + 32)]
        results.add_predictions(1, bin_ids, [prediction(path) for path in paths])
    assert saved == [32] * 10


def test_predictions_are_values(bin_ids: tuple[str, str]) -> None:
    made = BinPrediction.of(prediction(images("a")[0]), bin_ids, 1)
    assert made == BinPrediction.of(prediction(images("a")[0]), bin_ids, 1)


def test_the_steadiness_of_regions_is_saved(
    document: Document, results: Results, bin_ids: tuple[str, str], project_file: Path
) -> None:
    steady, unknown = images("n", "m")
    results.add_predictions(4, bin_ids, [replace(prediction(steady), steadiness=0.625), prediction(unknown)])
    again = _reopened(document, project_file)
    assert [made.steadiness for made in again] == [0.625, None]
    assert [made.region for made in again] == [made.region for made in results]
