"""Batches come in order whatever fails, and nothing is read after the caller stops."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from model.embedding import embedder as embedding
from model.embedding import pending
from model.embedding.embedder import BATCHES, Embedder
from model.embedding.image import Embedded
from model.errors import ImageReadError
from model.features.sizes import Looks
from model.images.reading import read_with_size


def saved(folder: Path, name: str, size: tuple[int, int]) -> Path:
    Image.new("RGB", size, "gray").save(folder / name)
    return folder / name


def test_batches_keep_the_order_around_unreadable_images(tmp_path: Path, embedder: Embedder) -> None:
    paths = [saved(tmp_path, f"{n:02}.png", (30, 30)) for n in range(BATCHES.size + 2)]
    paths[3].write_bytes(b"nothing")
    batches = list(embedder.embed(paths, Looks(224)))
    assert [len(batch) for batch in batches] == [BATCHES.first, BATCHES.size - BATCHES.first, 2]
    items = [item for batch in batches for item in batch]
    assert [item.path for item in items] == paths
    assert [isinstance(item, ImageReadError) for item in items] == [n == 3 for n in range(len(paths))]


def test_work_on_what_is_remembered_is_done_by_the_thread_that_found_it_and_comes_in_order(
    tmp_path: Path, embedder: Embedder
) -> None:
    new = [saved(tmp_path, f"{n:03}.png", (30 + n, 30)) for n in range(BATCHES.first_chunk + BATCHES.chunk + 3)]

    def work(batch: list[Embedded]) -> tuple[list[Path], bool]:
        return [item.path for item in batch], threading.current_thread() is threading.main_thread()

    first = list(embedder.apply(work, new, Looks(32)))
    assert all(is_here for _, is_here in first)
    again = list(embedder.apply(work, new, Looks(32)))
    assert not any(is_here for _, is_here in again)
    assert [len(paths) for paths, _ in again] == [BATCHES.first_chunk, BATCHES.chunk, 3]
    for batches in (first, again):
        assert [path for paths, _ in batches for path in paths] == new


def test_what_goes_wrong_in_the_work_reaches_the_caller(tmp_path: Path, embedder: Embedder) -> None:
    path = saved(tmp_path, "a.png", (30, 30))

    def work(batch: list[Embedded]) -> None:
        raise RuntimeError(batch[0].path.name)

    for _ in range(2):  # new, and remembered
        with pytest.raises(RuntimeError, match=r"a\.png"):
            list(embedder.apply(work, [path], Looks(32)))


def test_images_that_nobody_waits_for_any_more_are_not_read(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = [saved(tmp_path, f"{n:03}.png", (30 + n, 30)) for n in range(BATCHES.first_chunk)]
    begun, held = [], threading.Event()

    def read(path: Path, *arguments: Any) -> Any:
        begun.append(path)
        if path not in new[: BATCHES.first]:
            held.wait()
        return read_with_size(path, *arguments)

    class Pool(ThreadPoolExecutor):
        def shutdown(self, *arguments: Any, **named: Any) -> None:
            held.set()
            super().shutdown(*arguments, **named)

    monkeypatch.setattr(pending, "read_with_size", read)
    monkeypatch.setattr(embedding, "ThreadPoolExecutor", Pool)
    batches = embedder.embed(new, Looks(32))
    assert len(next(batches)) == BATCHES.first
    batches.close()
    at_hand = embedder.runtime.parallel  # threads, each with an image
    assert BATCHES.first <= len(begun) <= BATCHES.first + at_hand < len(new)
