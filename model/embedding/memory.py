"""The memory of an embedder: packed features of this process up to a bound, least recently used first out."""

from __future__ import annotations

import threading
from contextlib import suppress

from cachetools import LRUCache

from model.embedding.store import FileState

CacheKey = tuple[FileState, int]  # a file as it was, and the side at which it was looked at

DEFAULT_BYTES = 256 * 2**20


class EmbeddingCache:
    """A thread-safe map from `CacheKey` to what is kept of one image, bytes of `features.packing`."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._kept: LRUCache[CacheKey, bytes] = LRUCache(max_bytes, getsizeof=len)
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, key: CacheKey | None) -> bytes | None:
        """Return what is under `key` and count the hit or miss."""
        with self._lock:
            data = self._kept.get(key) if key is not None else None
            if data is None:
                self.misses += 1
            else:
                self.hits += 1
            return data

    def put(self, key: CacheKey | None, data: bytes) -> None:
        """Keep `data` under `key`; does nothing without a key, or where it alone is larger than the bound."""
        if key is None:
            return
        with self._lock, suppress(ValueError):
            self._kept[key] = data
