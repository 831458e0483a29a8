"""Feature maps that were computed already, kept in memory up to a bound, least recently used first out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from model.features import ImageMaps

CacheKey = tuple[str, int, int, int]

DEFAULT_BYTES = 512 * 2**20


def cache_key(path: Path, side: int) -> CacheKey | None:
    """Key of a file as it is now: path, size, time of change and working side; None when it cannot be asked."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (str(path), status.st_size, status.st_mtime_ns, side)


class EmbeddingCache:
    """A thread-safe map from `cache_key` to the float16 `ImageMaps` of one image."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._maps: OrderedDict[CacheKey, ImageMaps] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, key: CacheKey | None) -> ImageMaps | None:
        """Return the maps under `key` and count the hit or miss."""
        with self._lock:
            maps = self._maps.get(key) if key is not None else None
            if maps is None or key is None:
                self.misses += 1
                return None
            self._maps.move_to_end(key)
            self.hits += 1
            return maps

    def put(self, key: CacheKey | None, maps: ImageMaps) -> None:
        """Keep `maps` under `key`; does nothing without a key."""
        if key is None:
            return
        with self._lock:
            replaced = self._maps.pop(key, None)
            if replaced is not None:
                self._bytes -= _size(replaced)
            self._maps[key] = maps
            self._bytes += _size(maps)
            while self._bytes > self._max_bytes and len(self._maps) > 1:
                _, dropped = self._maps.popitem(last=False)
                self._bytes -= _size(dropped)


def _size(maps: ImageMaps) -> int:
    return sum(part.numel() * part.element_size() for part in maps)
