"""Where embeddings are kept between runs: the user's cache folder, or another, or nowhere."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakValueDictionary

import platformdirs

from model.blob_store import BlobStore

VARIABLE = "FEWSHOT_CACHE"
"""Environment variable: a folder, or "off" to keep nothing."""

OFF = "off"
_APP_NAME = "Fewshot"

_lock = threading.Lock()
_open_stores: WeakValueDictionary[Path, BlobStore] = WeakValueDictionary()
_chosen: list[str] = []


@contextlib.contextmanager
def using(folder: str | None) -> Iterator[None]:
    """Use `folder` (or `OFF`; None: what is set already) inside the block, whatever the environment says."""
    if folder is not None:
        _chosen.append(folder)
    try:
        yield
    finally:
        if folder is not None:
            _chosen.pop()


def cache_store() -> BlobStore:
    """Return the store of the folder in use, one for all its users in this process."""
    chosen = _chosen[-1] if _chosen else os.environ.get(VARIABLE, "")
    if chosen == OFF:
        return BlobStore(None)
    folder = Path(chosen).absolute() if chosen else platformdirs.user_cache_path(_APP_NAME, appauthor=False)
    with _lock:
        store = _open_stores.get(folder)
        if store is None:
            store = _open_stores[folder] = BlobStore(folder)
        return store
