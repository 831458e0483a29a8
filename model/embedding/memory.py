"""Embeddings that were computed already, kept in memory up to a bound, least recently used first out."""

from __future__ import annotations

import threading
from collections import OrderedDict

from model.embedding.store import FileState

CacheKey = tuple[FileState, int]  # a file as it was, and the working side

DEFAULT_BYTES = 256 * 2**20


class EmbeddingCache:
    """A thread-safe map from `CacheKey` to what is kept of one image, bytes of `model.features.packing`."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[CacheKey, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, key: CacheKey | None) -> bytes | None:
        """Return what is under `key` and count the hit or miss."""
        with self._lock:
            data = self._kept.get(key) if key is not None else None
            if data is None or key is None:
                self.misses += 1
                return None
            self._kept.move_to_end(key)
            self.hits += 1
            return data

    def put(self, key: CacheKey | None, data: bytes) -> None:
        """Keep `data` under `key`; does nothing without a key."""
        if key is None:
            return
        with self._lock:
            replaced = self._kept.pop(key, None)
            if replaced is not None:
                self._bytes -= len(replaced)
            self._kept[key] = data
            self._bytes += len(data)
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped)
