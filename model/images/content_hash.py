"""The identity of an image's content, by which it is found again under any name."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from model.errors import ImageReadError
from model.images.items import Item, split_item
from model.images.read_errors import describe_os_error
from model.images.reading import file_bytes, is_read_here, is_special_file
from model.messages import message

_known: dict[tuple[str, int, int], bytes] = {}  # of files that hold several images: path, size and time of change
_lock = threading.Lock()
_MOST_KNOWN = 1000


def content_hash(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as 64 hexadecimal digits; for a page or tile, of that and its name.

    Raises `ImageReadError` when the file cannot be read or is not a regular file.
    """
    item = split_item(path)
    if is_special_file(item.file):
        raise ImageReadError(path, message("is not a regular file."))
    try:
        return (_part_digest(item) if item.part else _digest(item.file)).hex()
    except (OSError, ValueError) as error:
        raise ImageReadError(path, describe_os_error(error)) from error


def content_and_bytes(path: Path) -> tuple[bytes, bytes | None]:
    """Return the digest of `content_hash`, and the file's bytes where `read_with_size` has a use for them."""
    data = None if split_item(path).part else file_bytes(path)
    if data is None:
        return bytes.fromhex(content_hash(path)), None
    return hashlib.sha256(data).digest(), data if is_read_here(path, data) else None


def _digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _part_digest(item: Item) -> bytes:
    """As `_digest`, but a file is read once for all of its parts."""
    status = os.stat(item.file)
    state = (os.path.abspath(item.file), status.st_size, status.st_mtime_ns)
    with _lock:
        if state not in _known:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[state] = _digest(item.file)
        whole = _known[state]
    return hashlib.sha256(whole + f"#{item.part}".encode()).digest()
