"""The models of examples, library and predictions, watched by Qt's own tester."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from fewshot_gui.items.examples_model import ExamplesModel
from fewshot_gui.items.library_model import LibraryModel
from fewshot_gui.items.prediction_columns import Column, PredictionFilter
from fewshot_gui.items.predictions_model import PredictionsModel
from fewshot_gui.items.roles import Problem, Role, Verdict
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.project.derived import StoredResults
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.predictions import PredictionRows
from fewshot_gui.project.results import Results
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.values import BinPrediction
from model.types import ExampleReport, Prediction, Status, TrainingReport

from .conftest import LateThumbnails

CONFIDENCE = int(Column.CONFIDENCE)
DESCENDING = Qt.SortOrder.DescendingOrder


def paths(count: int, folder: str = "/images") -> list[Path]:
    return [Path(folder) / f"image {number}.png" for number in range(count)]


@pytest.fixture
def bins(document: Document) -> tuple[str, str]:
    return document.add_bin("Cats"), document.add_bin("Dogs")


@pytest.fixture
def examples(
    document: Document, results: Results, thumbnails: Thumbnails, bins: tuple[str, str], qtmodeltester: ModelTester
) -> ExamplesModel:
    model = ExamplesModel(document, results, thumbnails, bins[0])
    qtmodeltester.check(model, force_py=True)
    return model


@pytest.fixture
def found(document: Document) -> Library:
    """The images that were found in the library's folders."""
    library = Library(document)
    library.add(paths(4))
    return library


@pytest.fixture
def library(document: Document, found: Library, thumbnails: Thumbnails, qtmodeltester: ModelTester) -> LibraryModel:
    model = LibraryModel(document, found, thumbnails)
    qtmodeltester.check(model, force_py=True)
    return model


@pytest.fixture
def predictions(
    document: Document, results: Results, thumbnails: Thumbnails, bins: tuple[str, str], qtmodeltester: ModelTester
) -> PredictionsModel:
    add(results, bins, [0.9, 0.3, 0.6])
    model = PredictionsModel(document, results, thumbnails)
    qtmodeltester.check(model, force_py=True)
    return model


def add(results: Results, bins: tuple[str, str], confidences: Sequence[float], first: int = 0) -> None:
    results.add_predictions(
        0,
        bins,
        [
            Prediction(Path(f"/new/{first + at}.png"), Status.OK, 0 if share >= 0.5 else 1, (share, 1 - share))
            for at, share in enumerate(confidences)
        ],
    )


def shown(model: PredictionsModel) -> list[str]:
    return [model.path(row).stem for row in range(model.rowCount())]


def test_examples_follow_edits_and_keep_persistent_indexes(
    document: Document, examples: ExamplesModel, bins: tuple[str, str]
) -> None:
    document.add_examples(bins[0], paths(5))
    last = QPersistentModelIndex(examples.index(4))
    document.remove_examples([paths(5)[0], paths(5)[2]])
    assert list(examples.paths) == [paths(5)[1], paths(5)[3], paths(5)[4]]
    assert last.row() == 2
    document.undo_stack.undo()
    assert list(examples.paths) == paths(5)
    assert last.row() == 4
    assert [examples.row_of(path) for path in paths(5)] == list(range(5))


def test_examples_tell_weight_and_verdict_of_their_own_bin_only(
    document: Document, results: Results, examples: ExamplesModel, bins: tuple[str, str]
) -> None:
    one, two = paths(2)
    document.add_examples(bins[0], [one, two])
    report = (ExampleReport(one, 0, 1.25, 1, 0.8), ExampleReport(two, 1, 0.5, 0, 0.8))
    spy = QSignalSpy(examples.counts_changed)
    training = TrainingReport(("Cats", "Dogs"), report, (), ((two, "the same picture"),), None, None, 1, True, 0.1)
    results.set_training(document.revision, bins, training, {})
    assert spy.count() == 1
    assert examples.index(0).data(Role.WEIGHT) == 1.25
    assert examples.index(0).data(Role.VERDICT) is Verdict.DISAGREES
    assert examples.index(1).data(Role.WEIGHT) is None
    assert examples.index(1).data(Role.VERDICT) is Verdict.NONE
    assert "the same picture" in examples.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert examples.doubtful_count() == 1


def test_missing_and_unreadable_examples_are_told_apart(
    document: Document, source: LateThumbnails, examples: ExamplesModel, bins: tuple[str, str]
) -> None:
    missing, broken = paths(2)
    document.add_examples(bins[0], [missing, broken])
    document.set_missing([missing])
    source.image_failed.emit(missing, "no such file")
    source.image_failed.emit(broken, "not an image")
    assert examples.index(0).data(Role.PROBLEM) is Problem.MISSING
    assert examples.index(1).data(Role.PROBLEM) is Problem.UNREADABLE
    assert "not an image" in examples.index(1).data(Qt.ItemDataRole.ToolTipRole)


def test_a_failure_told_before_a_model_was_made_is_known_to_it(
    document: Document, results: Results, thumbnails: Thumbnails, source: LateThumbnails, bins: tuple[str, str]
) -> None:
    document.add_examples(bins[0], paths(1))
    source.image_failed.emit(paths(1)[0], "not an image")
    model = ExamplesModel(document, results, thumbnails, bins[0])
    assert model.index(0).data(Role.PROBLEM) is Problem.UNREADABLE


def test_thumbnails_are_asked_for_by_row_and_announced(source: LateThumbnails, library: LibraryModel) -> None:
    del source.asked[:]
    assert library.index(2).data(Qt.ItemDataRole.DecorationRole) is None
    assert source.asked == [paths(4)[2]]
    spy = QSignalSpy(library.dataChanged)
    source.deliver(paths(4)[2])
    assert spy.at(0)[0].row() == 2
    assert library.index(2).data(Qt.ItemDataRole.DecorationRole).width() == 8


def test_library_skips_known_images_filters_and_shows_bins(
    document: Document, found: Library, library: LibraryModel, bins: tuple[str, str]
) -> None:
    found.add([*paths(2), Path("/other/Zebra.png")])
    assert (library.rowCount(), library.total) == (5, 5)
    library.set_filter("ZEB oth")
    assert list(library.paths) == [Path("/other/Zebra.png")]
    document.add_examples(bins[0], paths(1))
    library.set_filter("", unsorted_only=True)
    assert library.rowCount() == 4
    document.remove_examples(paths(1))
    assert library.rowCount() == 5
    document.add_examples(bins[1], [Path("/other/Zebra.png")])
    library.set_filter("")
    row = library.row_of(Path("/other/Zebra.png"))
    assert row is not None
    assert library.index(row).data(Role.COLOR) == document.bin(bins[1]).color


def test_labelling_what_is_in_no_bin_moves_only_those_rows(
    document: Document, found: Library, library: LibraryModel, bins: tuple[str, str]
) -> None:
    everything = list(library.paths)
    library.set_filter("", unsorted_only=True)
    resets, removed, inserted = (QSignalSpy(s) for s in (library.modelReset, library.rowsRemoved, library.rowsInserted))
    document.add_examples(bins[0], [everything[1]])
    assert list(library.paths) == [everything[0], *everything[2:]]
    assert [library.row_of(path) for path in everything] == [0, None, *range(1, len(everything) - 1)]
    assert found.free_paths() == [everything[0], *everything[2:]]
    document.undo_stack.undo()
    assert list(library.paths) == everything == found.free_paths()
    assert (resets.count(), removed.count(), inserted.count()) == (0, 1, 1)


def test_many_scattered_images_that_go_into_a_bin_are_one_reset(
    document: Document, found: Library, library: LibraryModel, bins: tuple[str, str]
) -> None:
    many = [Path(f"/more/{number}.png") for number in range(1000)]
    found.add(many)
    library.set_filter("more", unsorted_only=True)
    resets, removed = QSignalSpy(library.modelReset), QSignalSpy(library.rowsRemoved)
    document.add_examples(bins[0], many[::2])
    assert list(library.paths) == many[1::2]
    assert (resets.count(), removed.count()) == (1, 0)


def test_suggested_images_come_in_their_own_order_until_they_are_in_a_bin(
    document: Document, library: LibraryModel, bins: tuple[str, str]
) -> None:
    everything = list(library.paths)
    library.set_suggested([everything[2], Path("/gone.png"), everything[0]])
    assert list(library.paths) == [everything[2], everything[0]]
    document.add_examples(bins[0], [everything[2]])
    assert list(library.paths) == [everything[0]]
    document.undo_stack.undo()
    assert list(library.paths) == [everything[2], everything[0]]
    library.set_suggested(None)
    assert list(library.paths) == everything


def test_predictions_sort_and_keep_what_is_selected(predictions: PredictionsModel) -> None:
    kept = QPersistentModelIndex(predictions.index(1, 0))
    predictions.sort(CONFIDENCE, DESCENDING)
    assert shown(predictions) == ["0", "1", "2"]  # 90 %, 70 % (of the other class), 60 %
    predictions.sort(CONFIDENCE)
    assert shown(predictions) == ["2", "1", "0"]
    assert predictions.path(kept.row()).stem == "1"
    predictions.sort(-1)
    assert shown(predictions) == ["0", "1", "2"]


def test_names_sort_by_the_numbers_in_them(
    results: Results, predictions: PredictionsModel, bins: tuple[str, str]
) -> None:
    add(results, bins, [0.9] * 10, first=3)
    predictions.sort(int(Column.IMAGE), DESCENDING)
    assert shown(predictions)[:4] == ["12", "11", "10", "9"]


def test_classes_sort_in_the_order_of_the_board(
    document: Document, predictions: PredictionsModel, bins: tuple[str, str]
) -> None:
    predictions.sort(int(Column.CLASS))
    assert shown(predictions) == ["0", "2", "1"]
    document.move_bin(bins[1], 0)
    predictions.sort(int(Column.CLASS))
    assert shown(predictions) == ["1", "0", "2"]


def test_new_predictions_are_filtered_at_once_and_sorted_soon(
    qtbot: QtBot, results: Results, predictions: PredictionsModel, bins: tuple[str, str]
) -> None:
    predictions.set_filter(PredictionFilter(bin_id=bins[0]))
    predictions.sort(CONFIDENCE)
    assert shown(predictions) == ["2", "0"]
    add(results, bins, [0.7, 0.1, 0.55], first=3)
    assert shown(predictions) == ["2", "0", "3", "5"]
    qtbot.waitUntil(lambda: shown(predictions) == ["5", "2", "3", "0"])
    assert predictions.row_of(Path("/new/3.png")) == 2
    assert predictions.row_of(Path("/new/4.png")) is None


def test_filters_combine(results: Results, predictions: PredictionsModel, bins: tuple[str, str]) -> None:
    results.add_predictions(0, bins, [Prediction(Path("/new/bad.png"), Status.ERROR, message="cut off")])
    predictions.set_filter(PredictionFilter(sure_from=0.65))
    assert shown(predictions) == ["0", "1"]
    predictions.set_filter(PredictionFilter(status=Status.ERROR))
    assert shown(predictions) == ["bad"]
    assert predictions.index(0, int(Column.STATUS)).data() == "cut off"
    predictions.set_filter(PredictionFilter(text="new", bin_id=bins[1]))
    assert shown(predictions) == ["1"]


def test_what_is_doubtful_or_unlike_every_bin_is_to_be_checked(
    results: Results, predictions: PredictionsModel, bins: tuple[str, str]
) -> None:
    odd = [
        Prediction(Path("/new/bad.png"), Status.ERROR, message="cut off"),
        Prediction(Path("/new/odd.png"), Status.UNKNOWN, 0, (0.97, 0.03)),
    ]
    results.add_predictions(0, bins, odd)
    predictions.set_filter(PredictionFilter(doubtful_below=0.65))
    assert shown(predictions) == ["2", "odd"]
    predictions.set_filter(PredictionFilter(sure_from=0.65))
    assert shown(predictions) == ["0", "1"]


def test_an_image_classified_again_changes_in_place(
    results: Results, predictions: PredictionsModel, bins: tuple[str, str]
) -> None:
    spy = QSignalSpy(predictions.dataChanged)
    add(results, bins, [0.2])
    assert spy.at(0)[0].row() == 0
    assert predictions.index(0, int(Column.CLASS)).data() == "Dogs"


def test_a_removed_bin_is_still_named_somehow(
    document: Document, predictions: PredictionsModel, bins: tuple[str, str]
) -> None:
    document.remove_bin(bins[0])
    assert predictions.index(0, int(Column.CLASS)).data() == "(removed bin)"


def test_names_that_are_not_text_can_be_shown(found: Library, library: LibraryModel) -> None:
    odd = Path("/images/") / b"caf\xe9.png".decode("utf-8", "surrogateescape")
    found.add([odd])
    row = library.row_of(odd)
    assert row is not None
    assert library.index(row).data() == "caf\ufffd.png"


def test_a_hundred_thousand_predictions_are_sorted_and_filtered(
    document: Document, results: Results, thumbnails: Thumbnails, bins: tuple[str, str], qtbot: QtBot
) -> None:
    many = [
        Prediction(Path(f"/many/{number % 300}/{number}.png"), Status.OK, number % 2, (0.5, 0.5))
        for number in range(100_000)
    ]
    results.add_predictions(0, bins, many)
    model = PredictionsModel(document, results, thumbnails)
    qtbot.waitUntil(lambda: model.rowCount() == 100_000)
    model.sort(int(Column.IMAGE))
    assert [model.index(row, int(Column.IMAGE)).data() for row in range(3)] == ["0.png", "1.png", "2.png"]
    model.sort(-1)
    model.set_filter(PredictionFilter(text="77", sure_from=0.2))
    assert model.rowCount() == sum("77" in str(prediction.path) for prediction in many)


def test_a_row_that_is_not_shown_yet_is_not_found(
    results: Results, predictions: PredictionsModel, bins: tuple[str, str]
) -> None:
    looked = []
    results.appended.disconnect(predictions._take_in)
    results.appended.connect(lambda: looked.append(predictions.row_of(Path("/new/7.png"))))
    results.appended.connect(predictions._take_in)
    add(results, bins, [0.7], first=7)
    assert looked == [None]
    assert predictions.row_of(Path("/new/7.png")) == 3


def test_predictions_of_another_project_are_taken_in_piece_by_piece(
    document: Document, results: Results, predictions: PredictionsModel, bins: tuple[str, str], qtbot: QtBot
) -> None:
    inserted = []
    predictions.rowsInserted.connect(lambda _parent, first, last: inserted.append(last - first + 1))
    predictions.set_filter(PredictionFilter(bin_id=bins[0]))
    rows = [
        BinPrediction(Path(f"/{n}.png"), Status.OK, bins[n % 2], (0.5, 0.5), tuple(bins), None, "", 0)
        for n in range(12_000)
    ]
    results.show(StoredResults(PredictionRows(rows)), ProjectStore.in_memory())
    at_once = predictions.rowCount()
    assert 0 < at_once <= 1000
    # What happens meanwhile finds its place: an image classified again, and new ones.
    results.add_predictions(0, bins, [Prediction(Path("/11998.png"), Status.OK, 0, (0.9, 0.1))])
    assert predictions.rowCount() == at_once
    results.add_predictions(0, bins, [Prediction(Path("/late.png"), Status.OK, 0, (0.9, 0.1))])
    qtbot.waitUntil(lambda: predictions.rowCount() == 6001, timeout=30_000)
    assert max(inserted) <= 5000
    assert [predictions.path(row) for row in range(6001)] == [
        *(made.path for made in rows if made.bin_id == bins[0]),
        Path("/late.png"),
    ]
    assert predictions.index(5999, int(Column.CONFIDENCE)).data(Role.CONFIDENCE) == pytest.approx(0.9)
