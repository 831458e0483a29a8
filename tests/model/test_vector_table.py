"""A table of vectors: what was made once is found in memory and on disk, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from model.cache.store import BlobStore
from model.embedding import table as table_module
from model.embedding.table import Floats, Made, VectorTable
from model.errors import ImageReadError
from model.progress import Cancelled, CancelToken, Progress, ignore_progress

SIZE = 8


class Maker:
    """Makes vectors from what files hold; counts."""

    def __init__(self) -> None:
        self.made: list[Path] = []

    def __call__(self, paths: Sequence[Path]) -> Made:
        return self._batches(paths)

    def _batches(self, paths: Sequence[Path]) -> Iterator[list[Floats | ImageReadError]]:
        for path in paths:
            self.made.append(path)
            text = path.read_text()
            if text == "broken":
                yield [ImageReadError(path, "is broken.")]
            else:
                yield [np.random.default_rng(int(text)).normal(size=SIZE).astype(np.float32)]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.txt" for number in range(10)]
    for number, path in enumerate(paths):
        path.write_text(str(number))
    return paths


def table(folder: Path, maker: Maker, space: str = "a") -> VectorTable:
    return VectorTable(BlobStore(folder), space, SIZE, maker)


def find(table: VectorTable, paths: Sequence[Path]) -> list[int]:
    return table.find(paths, "Making", ignore_progress, CancelToken()).rows.tolist()


def test_products_are_those_of_the_vectors(tmp_path: Path, files: list[Path]) -> None:
    made = table(tmp_path / "cache", Maker())
    rows = np.array(find(made, files))[::-1]
    exact = np.stack([np.random.default_rng(number).normal(size=SIZE) for number in range(10)])[::-1]
    wanted = np.eye(SIZE, dtype=np.float32)[:3]
    assert made.products(wanted, rows) == pytest.approx(exact[:, :3], abs=0.02)
    assert made.vectors(rows) == pytest.approx(exact, abs=0.02)


def test_another_process_finds_them_on_disk(tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "ROWS", 4)  # three blobs
    monkeypatch.setattr(table_module, "_BLOCK", 2)
    first = table(tmp_path / "cache", Maker())
    before = first.vectors(np.array(find(first, files[:7])))
    find(first, files)
    maker = Maker()
    second = table(tmp_path / "cache", maker)
    rows = np.array(find(second, files))
    assert maker.made == []
    assert np.array_equal(second.vectors(rows[:7]), before)


def test_files_that_changed_and_other_spaces_are_made_anew(tmp_path: Path, files: list[Path]) -> None:
    find(table(tmp_path / "cache", Maker()), files)
    files[3].write_text("1234")
    maker = Maker()
    find(table(tmp_path / "cache", maker), files)
    assert maker.made == [files[3]]
    other = Maker()
    find(table(tmp_path / "cache", other, space="b"), files)
    assert other.made == files


def test_a_change_is_found_when_it_is_asked_for(tmp_path: Path, files: list[Path]) -> None:
    maker = Maker()
    made = table(tmp_path / "cache", maker)
    find(made, files)
    files[3].write_text("1234")
    assert made.changed(files) == [files[3]]
    find(made, files)
    assert maker.made == [*files, files[3]]


def test_what_cannot_be_made_is_told_and_the_rest_is_there(tmp_path: Path, files: list[Path]) -> None:
    files[2].write_text("broken")
    found = table(tmp_path / "cache", Maker()).find(files, "Making", ignore_progress, CancelToken())
    assert [error.path for error in found.unreadable] == [files[2]]
    assert found.paths == [*files[:2], *files[3:]]
    assert len(found.rows) == 9


def test_what_was_made_before_it_was_stopped_is_kept(tmp_path: Path, files: list[Path]) -> None:
    token = CancelToken()

    def stop_at_five(progress: Progress) -> None:
        if progress.done == 5:
            token.cancel()

    with pytest.raises(Cancelled):
        table(tmp_path / "cache", Maker()).find(files, "Making", stop_at_five, token)
    maker = Maker()
    find(table(tmp_path / "cache", maker), files)
    assert maker.made == files[5:]


@pytest.mark.parametrize("damage", [b"", b"short", b"fvt1" + bytes(200), bytes(4000)])
def test_damaged_blobs_are_not_used(tmp_path: Path, files: list[Path], damage: bytes) -> None:
    store = BlobStore(tmp_path / "cache")
    maker = Maker()
    made = VectorTable(store, "a", SIZE, maker)
    if damage:
        store.put(made._key(0), damage)
    find(made, files)
    assert maker.made == files


def test_a_cleared_cache_holds_none(tmp_path: Path, files: list[Path]) -> None:
    store = BlobStore(tmp_path / "cache")
    find(VectorTable(store, "a", SIZE, Maker()), files)
    store.clear()
    maker = Maker()
    find(VectorTable(store, "a", SIZE, maker), files)
    assert maker.made == files
