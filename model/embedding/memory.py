"""The memory of an embedder: packed features up to a bound in bytes; the least recently used are dropped first."""

from __future__ import annotations

import threading
from contextlib import suppress

from cachetools import LRUCache

from model.embedding.store import FileState

CacheKey = tuple[FileState, int]  # a file's state, and the side at which it was embedded

DEFAULT_BYTES = 256 * 2**20


class EmbeddingCache:
    """A thread-safe map from `CacheKey` to the packed features of one image (`features.packing`)."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._kept: LRUCache[CacheKey, bytes] = LRUCache(max_bytes, getsizeof=len)
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, key: CacheKey | None) -> bytes | None:
        """Return the data of `key`, or None, and count the hit or miss."""
        with self._lock:
            data = self._kept.get(key) if key is not None else None
            if data is None:
                self.misses += 1
            else:
                self.hits += 1
            return data

    def put(self, key: CacheKey | None, data: bytes) -> None:
        """Keep `data` under `key`; does nothing without a key, or where `data` alone exceeds the bound."""
        if key is None:
            return
        with self._lock, suppress(ValueError):
            self._kept[key] = data
