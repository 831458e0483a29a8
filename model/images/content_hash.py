"""The identity of a file's content, by which it is found again under any name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from model.errors import ImageReadError
from model.images.reading import describe_os_error, is_special_file


def content_hash(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as 64 hexadecimal digits.

    Raises `ImageReadError` when the file cannot be read or is not a regular file.
    """
    if is_special_file(path):
        raise ImageReadError(path, "is not a regular file.")
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImageReadError(path, describe_os_error(error)) from error
