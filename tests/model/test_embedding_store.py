"""The store of embeddings: an image that was embedded once is found on disk, under any file name."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from model.backbones.registry import create_backbone
from model.cache import folder as cache_folder
from model.cache.store import FILE_NAME, BlobStore
from model.embedding import embedder as embedding
from model.embedding import store as embedding_store
from model.embedding.embedder import BATCHES, Batches, Embedder
from model.embedding.image import EmbeddedImage
from model.embedding.store import EmbeddingStore, file_state
from model.errors import ImageReadError
from model.features.sizes import Looks
from model.images.content_hash import content_hash
from tests.model.conftest import paint

LONG_AGO = (10**18, 10**18)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Five pictures of two sizes that were not changed lately."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for k in range(5):
        paint("disc", k, (160, 120 + 20 * (k % 2))).save(folder / f"{k}.png")
        os.utime(folder / f"{k}.png", ns=LONG_AGO)
    return sorted(folder.iterdir())


def _embedder(folder: Path, batches: Batches = BATCHES) -> Embedder:
    """An embedder as of a new process: nothing in memory."""
    return Embedder(create_backbone("patent-cnn"), "cpu", store=BlobStore(folder), batches=batches)


def _embedded(embedder: Embedder, paths: list[Path], side: int = 64) -> list[EmbeddedImage]:
    images = [image for batch in embedder.embed(paths, Looks(side)) for image in batch]
    assert all(isinstance(image, EmbeddedImage) for image in images)
    return images  # type: ignore[return-value]


def _work(embedder: Embedder) -> tuple[int, int]:
    return embedder.work.decoded, embedder.work.forwarded


def test_a_second_pass_decodes_and_computes_nothing(tmp_path: Path, pictures: list[Path]) -> None:
    first, second = _embedder(tmp_path / "c"), _embedder(tmp_path / "c")
    before, after = _embedded(first, pictures), _embedded(second, pictures)
    assert _work(first) == (5, 5)
    assert _work(second) == (0, 0)
    assert second.work.found == 5
    for one, other in zip(before, after, strict=True):
        assert (one.path, one.size) == (other.path, other.size)
        assert one.data == other.data


@pytest.fixture(scope="module")
def opened() -> list[str]:
    """The files that Python opens from now on, by whatever function: its audit events name them."""
    names: list[str] = []

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            names.append(os.fsdecode(arguments[0]))

    sys.addaudithook(listen)  # it stays for this process
    return names


def test_an_unchanged_file_is_not_even_opened(tmp_path: Path, pictures: list[Path], opened: list[str]) -> None:
    first, second = _embedder(tmp_path / "c"), _embedder(tmp_path / "c")
    names = set(map(str, pictures))
    opened.clear()
    _embedded(first, pictures)
    assert names <= set(opened)  # so the listener hears of them
    opened.clear()
    _embedded(second, pictures)
    assert names.isdisjoint(opened)


def test_renamed_moved_and_copied_files_are_found(tmp_path: Path, pictures: list[Path]) -> None:
    _embedded(_embedder(tmp_path / "c"), pictures)
    moved = [path.rename(tmp_path / f"moved{path.name}") for path in pictures]
    copy = tmp_path / "copy.png"
    shutil.copy(moved[0], copy)
    embedder = _embedder(tmp_path / "c")
    _embedded(embedder, [*moved, copy])
    assert _work(embedder) == (0, 0)
    assert embedder.embed_one(moved[1], Looks(64)).size == (160, 140)


@pytest.mark.parametrize("same_time", [False, True])
def test_a_changed_file_is_embedded_anew(tmp_path: Path, pictures: list[Path], same_time: bool) -> None:
    before = _embedded(_embedder(tmp_path / "c"), pictures)[0]
    paint("stripes", 9, (90, 80)).save(pictures[0])
    if same_time:  # then the size in bytes tells
        os.utime(pictures[0], ns=LONG_AGO)
    embedder = _embedder(tmp_path / "c")
    after = _embedded(embedder, pictures)[0]
    assert _work(embedder) == (1, 1)
    assert after.size == (90, 80)
    assert before.data != after.data


def test_a_file_that_may_still_change_is_read_again(tmp_path: Path, pictures: list[Path]) -> None:
    os.utime(pictures[0])
    _embedded(_embedder(tmp_path / "c"), pictures)
    changed = os.stat(pictures[0])
    data = bytearray(pictures[0].read_bytes())
    paint("stripes", 3).save(tmp_path / "other.png")
    other = (tmp_path / "other.png").read_bytes()
    pictures[0].write_bytes((other + bytes(len(data)))[: len(data)] if len(other) <= len(data) else other)
    os.utime(pictures[0], ns=(changed.st_atime_ns, changed.st_mtime_ns))
    embedder = _embedder(tmp_path / "c")
    list(embedder.embed(pictures, Looks(64)))
    assert embedder.work.decoded == 1


def test_sides_and_backbones_are_kept_apart(tmp_path: Path, pictures: list[Path]) -> None:
    _embedded(_embedder(tmp_path / "c"), pictures)
    other_side = _embedder(tmp_path / "c")
    assert _embedded(other_side, pictures, 96)[0].features.grid == (6, 6)
    assert _work(other_side) == (5, 5)
    torch.manual_seed(1)
    other_weights = Embedder(create_backbone("patent-cnn-scratch"), "cpu", store=BlobStore(tmp_path / "c"))
    _embedded(other_weights, pictures)
    assert _work(other_weights) == (5, 5)


def test_the_hash_of_an_unchanged_file_needs_no_reading(
    tmp_path: Path, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [content_hash(path) for path in pictures]
    fresh = _embedder(tmp_path / "c")
    assert list(fresh.content_hashes(pictures)) == expected
    _embedded(fresh, pictures)
    paint("stripes", 9, (90, 80)).save(pictures[1])
    expected[1] = content_hash(pictures[1])
    pictures[2].unlink()
    read = []
    monkeypatch.setattr(embedding, "content_hash", lambda path: read.append(path) or content_hash(path))
    found = list(_embedder(tmp_path / "c").content_hashes(pictures))
    assert read == pictures[1:3]
    assert isinstance(found[2], ImageReadError)
    assert [*found[:2], *found[3:]] == [*expected[:2], *expected[3:]]


def test_what_was_kept_in_another_way_is_not_used(
    tmp_path: Path, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_store, "PREPROCESSING", "1")
    _embedded(_embedder(tmp_path / "c"), pictures)
    monkeypatch.undo()
    embedder = _embedder(tmp_path / "c")
    _embedded(embedder, pictures)
    assert _work(embedder) == (5, 5)


def test_unreadable_files_leave_no_trace(tmp_path: Path, pictures: list[Path]) -> None:
    pictures[2].write_bytes(b"nothing")
    os.utime(pictures[2], ns=LONG_AGO)
    for expected in ((4, 4), (0, 0)):
        embedder = _embedder(tmp_path / "c")
        items = [item for batch in embedder.embed([*pictures, tmp_path / "gone.png"], Looks(64)) for item in batch]
        assert [isinstance(item, EmbeddedImage) for item in items] == [True, True, False, True, True, False]
        assert _work(embedder) == expected


@pytest.mark.expected_log("The cache in .* was made anew: ")
def test_a_damaged_cache_costs_time_only(tmp_path: Path, pictures: list[Path]) -> None:
    _embedded(_embedder(tmp_path / "c"), pictures)
    (tmp_path / "c" / FILE_NAME).write_bytes(b"nonsense" * 1000)
    embedder = _embedder(tmp_path / "c")
    _embedded(embedder, pictures)
    assert _work(embedder) == (5, 5)


def _notes(folder: Path) -> int:
    database = sqlite3.connect(folder / FILE_NAME)
    count: int = database.execute("SELECT COUNT(*) FROM notes").fetchone()[0]
    database.close()
    return count


def test_notes_are_written_together_and_none_is_left_behind(
    tmp_path: Path, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    put_notes = BlobStore.put_notes

    def counted(self: BlobStore, notes: dict[bytes, bytes]) -> None:
        if notes:
            written.append(len(notes))
        put_notes(self, notes)

    monkeypatch.setattr(BlobStore, "put_notes", counted)
    _embedded(_embedder(tmp_path / "c", Batches(size=2, first=1)), pictures)
    assert written == [5]
    store = EmbeddingStore(BlobStore(tmp_path / "d"), "f", (1, 1), notes_at_once=2)
    states = [state for path in pictures if (state := file_state(path)) is not None]
    for state in states:
        store.note([(state, b"c" * 32)])
    assert written[1:] == [2, 2]
    store.write_notes()
    assert written[1:] == [2, 2, 1]
    assert _notes(tmp_path / "d") == 5


def test_notes_are_written_where_embedding_is_stopped_early(tmp_path: Path, pictures: list[Path]) -> None:
    batches = _embedder(tmp_path / "c", Batches(first=1)).embed(pictures, Looks(64))
    assert len(next(batches)) == 1
    batches.close()  # type: ignore[attr-defined]
    assert _notes(tmp_path / "c") == 1
    _embedder(tmp_path / "c").embed_one(pictures[-1], Looks(64))
    assert _notes(tmp_path / "c") == 2


def test_the_cache_tells_no_names(tmp_path: Path) -> None:
    picture = tmp_path / "confidential-patient.png"
    paint("disc", 1).save(picture)
    os.utime(picture, ns=LONG_AGO)
    _embedded(_embedder(tmp_path / "c"), [picture])
    held = b"".join(path.read_bytes() for path in (tmp_path / "c").rglob("*") if path.is_file())
    assert b"confidential" not in held
    assert _notes(tmp_path / "c") == 1


def test_the_folder_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache_folder.VARIABLE, str(tmp_path / "by variable"))
    store = cache_folder.cache_store()
    assert store.path == tmp_path / "by variable" / FILE_NAME
    assert cache_folder.cache_store() is store
    with cache_folder.using(str(tmp_path / "by option")):
        assert cache_folder.cache_store().path == tmp_path / "by option" / FILE_NAME
    with cache_folder.using(cache_folder.OFF):
        assert cache_folder.cache_store().path is None
    with cache_folder.using(None):
        assert cache_folder.cache_store() is store
    monkeypatch.delenv(cache_folder.VARIABLE)
    path = cache_folder.cache_store().path
    assert path is not None
    assert "Fewshot" in str(path)
