"""The memory of an embedder: bounded, least recently used first out, and keyed by the state of a file."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from model.embedding.embedder import Embedder
from model.embedding.memory import CacheKey, EmbeddingCache
from model.embedding.store import FileState, file_state
from model.features.sizes import Looks
from tests.model.conftest import paint

RECORD_BYTES = 100


def _record(value: int = 0) -> bytes:
    return bytes([value]) * RECORD_BYTES


def _key(name: str) -> CacheKey:
    return (FileState(name.encode(), 1, 1), 224)


def test_what_was_put_is_got_and_counted() -> None:
    cache, record = EmbeddingCache(), _record(3)
    assert cache.get(_key("a")) is None
    cache.put(_key("a"), record)
    assert cache.get(_key("a")) is record
    assert (cache.hits, cache.misses) == (1, 1)


def test_the_least_recently_used_goes_first() -> None:
    cache = EmbeddingCache(max_bytes=2 * RECORD_BYTES)
    cache.put(_key("a"), _record())
    cache.put(_key("b"), _record())
    cache.get(_key("a"))
    cache.put(_key("c"), _record())
    assert cache.get(_key("b")) is None
    assert cache.get(_key("a")) is not None
    assert cache.get(_key("c")) is not None


def test_putting_again_does_not_count_twice() -> None:
    cache = EmbeddingCache(max_bytes=2 * RECORD_BYTES)
    for _ in range(5):
        cache.put(_key("a"), _record())
    cache.put(_key("b"), _record())
    assert cache.get(_key("a")) is not None


def test_a_file_without_a_state_is_never_cached(tmp_path: Path) -> None:
    cache = EmbeddingCache()
    assert file_state(tmp_path / "gone") is None
    assert file_state(tmp_path / ("x" * 300)) is None
    cache.put(None, _record())
    assert cache.get(None) is None


def test_time_of_change_and_side_are_parts_of_the_key(tmp_path: Path, embedder: Embedder) -> None:
    path = tmp_path / "a.png"
    paint("disc", 1).save(path)
    embedder.embed_one(path, Looks(64))
    hits = embedder.cache.hits
    embedder.embed_one(path, Looks(96))
    assert embedder.cache.hits == hits
    embedder.embed_one(path, Looks(64))
    assert embedder.cache.hits == hits + 1
    os.utime(path, ns=(1, 1))
    embedder.embed_one(path, Looks(64))
    assert embedder.cache.hits == hits + 1


def test_threads_may_share_a_cache() -> None:
    cache = EmbeddingCache(max_bytes=10 * RECORD_BYTES)

    def work(number: int) -> None:
        for k in range(300):
            cache.put(_key(str((number * k) % 17)), _record())
            cache.get(_key(str(k % 17)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.hits + cache.misses == 1200
    assert sum(cache.get(_key(str(k))) is not None for k in range(17)) == 10


def test_a_changed_file_is_embedded_anew(tmp_path: Path, embedder: Embedder) -> None:
    path = tmp_path / "a.png"
    paint("disc", 1).save(path)
    before = embedder.embed_one(path, Looks(224))
    hits = embedder.cache.hits
    assert embedder.embed_one(path, Looks(224)).data is before.data
    assert embedder.cache.hits == hits + 1
    paint("stripes", 2, (200, 90)).save(path)
    after = embedder.embed_one(path, Looks(224))
    assert after.size == (200, 90)
    assert after.data != before.data
