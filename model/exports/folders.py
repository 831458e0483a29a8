"""The folders that exports write into."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from model.errors import FewShotError, UsageError
from model.messages import message, os_reason


@contextlib.contextmanager
def filled(target: Path) -> Iterator[None]:
    """Make a folder as `make_empty` does; if it stays empty it is taken away again, with those above that were made."""
    made = [folder for folder in (target, *target.parents) if not folder.exists()]
    make_empty(target)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # it is not empty
            for folder in made:
                folder.rmdir()


def make_empty(target: Path) -> None:
    """Make a folder that is new, or there and empty. Raises `UsageError` where it is not, and `FewShotError`."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        is_empty = next(target.iterdir(), None) is None
    except OSError as error:
        raise FewShotError(
            message("{path} cannot be written: {error}.", path=target, error=os_reason(error))
        ) from error
    if not is_empty:
        raise UsageError(message("{path} is not empty. Give a new folder.", path=target))
