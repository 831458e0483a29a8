"""The folder of the embedding cache: the user's cache folder, another one, or none."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakValueDictionary

import platformdirs

from model.cache.files import BlobFiles
from model.cache.store import FILE_NAME, BlobStore

VARIABLE = "FEWSHOT_CACHE"
"""Environment variable: a folder, or "off" for no cache."""

OFF = "off"
_APP_NAME = "Fewshot"

_lock = threading.Lock()
_open_stores: WeakValueDictionary[Path | None, BlobStore] = WeakValueDictionary()
_chosen: list[str] = []  # by options of the command; the last one is used
_setting = [""]  # of the app


@contextlib.contextmanager
def using(folder: str | None) -> Iterator[None]:
    """Use `folder` inside the block, whatever the environment says (`OFF`: no cache; None: no change)."""
    if folder is not None:
        _chosen.append(folder)
    try:
        yield
    finally:
        if folder is not None:
            _chosen.pop()


def choose(folder: str) -> None:
    """Use `folder` from now on (`OFF`: no cache; "": the folder of the environment or the system).

    A store that is in use moves to the new folder at once; what the old folder holds stays.
    """
    with _lock:
        before = place()
        _setting[0] = folder
        after = place()
        store = _open_stores.get(before)
        if after != before and store is not None:
            del _open_stores[before]
            store.move(after)
            _open_stores[after] = store


def place() -> Path | None:
    """Return the folder in use, or None where there is no cache."""
    chosen = _chosen[-1] if _chosen else _setting[0] or os.environ.get(VARIABLE, "")
    if chosen == OFF:
        return None
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path(_APP_NAME, appauthor=False)


def bytes_on_disk() -> int:
    """Return the size of the cache's files in bytes."""
    folder = place()
    if folder is None:
        return 0
    total = BlobFiles(folder).bytes_on_disk()
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            total += os.stat(folder / f"{FILE_NAME}{suffix}").st_size
    return total


def cache_store() -> BlobStore:
    """Return the store of the folder in use, shared in this process."""
    with _lock:
        folder = place()
        store = _open_stores.get(folder)
        if store is None:
            store = _open_stores[folder] = BlobStore(folder)
        return store
