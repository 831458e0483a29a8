"""Results of a project that are made when somebody asks for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from fewshot_gui.project import predictions as room
from fewshot_gui.project.derived import DerivedTables
from fewshot_gui.project.document import Document
from fewshot_gui.project.predictions import PredictionRows, RowFacts, Run
from fewshot_gui.project.results import Results
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.values import BinPrediction

from .helpers import images, prediction

MANY = images(*(f"{number:03}" for number in range(300)))


@pytest.fixture
def written(document: Document, store: ProjectStore) -> list[BinPrediction]:
    """300 results in the project file, of two classifiers."""
    results = Results(document)
    results.show(DerivedTables(store).load(), store)
    bins = (document.add_bin("Cat"), document.add_bin("Dog"))
    results.add_predictions(1, bins, [prediction(path) for path in MANY[:100]])
    results.add_predictions(2, bins, [prediction(path, 1, (0.1, 0.9)) for path in MANY[100:]])
    return list(results)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The paths of the results that were made of rows of the file."""
    monkeypatch.setattr(room, "MADE_AT_ONCE", 299)
    paths: list[bytes] = []
    make = room.made_of

    def noting(path: bytes, row: str, runs: Mapping[int, Run]) -> BinPrediction:
        paths.append(path)
        return make(path, row, runs)

    monkeypatch.setattr(room, "made_of", noting)
    return paths


def _opened(project_file: Path) -> PredictionRows:
    store = ProjectStore.open(project_file)
    try:
        return DerivedTables(store).load().predictions
    finally:
        store.close()


def test_opening_makes_no_result_until_somebody_asks(
    written: list[BinPrediction], made: list[bytes], project_file: Path
) -> None:
    rows = _opened(project_file)
    assert len(rows) == 300
    assert rows.row_of(MANY[250]) == 250
    assert rows.row_of(Path("/other.jpg")) is None
    assert (rows.count_at(1), rows.count_at(2), rows.count_at(7), rows.count_at(None)) == (100, 200, 0, 0)
    assert not made
    assert rows.at(250) == written[250]
    assert rows.at(250) is rows.at(250)
    assert len(made) == 1
    assert list(rows) == written
    assert len(made) == 300


def test_tables_need_no_result_made(written: list[BinPrediction], made: list[bytes], project_file: Path) -> None:
    rows = _opened(project_file)
    rows.put(BinPrediction.of(prediction(MANY[99], 1), written[5].bin_ids, 3))
    assert list(rows.facts(98, 102)) == [RowFacts.of(row) for row in (written[98], rows.at(99), *written[100:102])]
    assert not made


def test_up_to_a_number_of_rows_are_made_while_the_project_is_read(
    written: list[BinPrediction], made: list[bytes], project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MADE_AT_ONCE", 300)
    rows = _opened(project_file)
    assert len(made) == 300
    assert list(rows) == written


def test_what_is_classified_again_counts_once(written: list[BinPrediction], project_file: Path) -> None:
    rows, again = _opened(project_file), written[5]
    assert rows.put(written[200]) == 200
    assert rows.put(BinPrediction.of(prediction(again.path, 1), again.bin_ids, 2)) == 5
    assert (rows.count_at(1), rows.count_at(2), len(rows)) == (99, 201, 300)
    assert rows.at(5).bin_id == again.bin_ids[1]


def test_a_copy_for_another_thread_stays_as_it_is(written: list[BinPrediction], project_file: Path) -> None:
    rows = _opened(project_file)
    copy = rows.copy()
    rows.put(BinPrediction.of(prediction(MANY[5], 1), written[5].bin_ids, 3))
    rows.put(BinPrediction.of(prediction(Path("/new.jpg")), written[5].bin_ids, 3))
    assert list(copy) == written
    assert copy.row_of(Path("/new.jpg")) is None
    assert copy.count_at(3) == 0


def test_moved_images_alone_are_made(written: list[BinPrediction], made: list[bytes], project_file: Path) -> None:
    rows = _opened(project_file)
    moved = rows.relocated({MANY[3]: Path("/new/3.jpg"), MANY[4]: MANY[5], Path("/other.jpg"): Path("/new/other.jpg")})
    assert moved is not None
    assert len(made) == 1
    assert (moved.row_of(Path("/new/3.jpg")), moved.row_of(MANY[3]), moved.row_of(MANY[4])) == (3, None, 4)
    assert [one.path for one in moved] == [*MANY[:3], Path("/new/3.jpg"), *MANY[4:]]
    assert [one.path for one in rows] == MANY
    assert rows.relocated({Path("/other.jpg"): Path("/new/other.jpg")}) is None


def test_probabilities_that_are_no_numbers_are_read_as_they_were_written(
    written: list[BinPrediction], project_file: Path
) -> None:
    store = ProjectStore.open(project_file)  # by JSON as Python writes it, which SQLite takes for none
    store.connection.execute("UPDATE predictions SET scores = '[NaN, 0.5]' WHERE row = 7")
    store.close()
    assert math.isnan(_opened(project_file).at(7).scores[0])
