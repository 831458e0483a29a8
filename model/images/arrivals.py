"""New image files of watched folders, each once it is complete.

The operating system says what changed (or, on network drives, a comparison at intervals: `polling`), and every so
often the folders are searched whole, so that what was not said is found as well. A file is complete when its size and
its time of change have stayed the same for a while, it is not empty, and no partial file of a download lies beside it.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model.errors import UsageError
from model.images.left_aside import LeftAside
from model.images.scan import PassedOver, begins_as_image, is_image_name, iter_files, may_be_image
from model.messages import message

SETTLE_SECONDS = 2.0
"""So long a file must stay as it is."""

SEARCH_SECONDS = 60.0
"""Between two searches of the whole folders."""

MOST_WAITING = 10_000
"""Files that are kept in mind at once; what comes on top of them is found by the next search."""

PARTIAL_ENDINGS = (".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload", ".tmp", ".temp")
"""What programs put behind the name of a file that is not complete. Such names are no images until they are
renamed."""

_TICK = 0.2  # seconds that one look at what changed waits at most

State = tuple[int, int]
"""Size in bytes and time of change in nanoseconds."""


class Stop(Protocol):
    """A token that says when to end."""

    @property
    def is_cancelled(self) -> bool:
        """Whether to end."""


@dataclass
class _Waiting:
    state: State | None
    since: float


class Arrivals:
    """Complete image files below `folders` for which `is_known` is false, handed out once each. For one thread.

    is_known: asked for each file as it is found, with its state; files that it knows are not handed out
    passed_over: told of folders that cannot be listed, each once until it can be listed again
    settle, search: seconds, as `SETTLE_SECONDS` and `SEARCH_SECONDS`
    polling: compare the folders at intervals instead of being told by the system, as network drives need
    clock: seconds that never go back

    Raises `UsageError` where one of `folders` is no folder.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        is_known: Callable[[Path, State], bool],
        passed_over: PassedOver | None = None,
        *,
        settle: float = SETTLE_SECONDS,
        search: float = SEARCH_SECONDS,
        polling: bool = False,
        most: int = MOST_WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for folder in folders:
            if not folder.is_dir():
                raise UsageError(
                    message("{folder} is not a folder that can be watched. Give a folder that is there.", folder=folder)
                )
        self._folders, self._is_known = tuple(folders), is_known
        self._told, self._passed_over, self._missing = passed_over, set[Path](), set[Path]()
        self._settle, self._search, self._polling, self._most = settle, search, polling, most
        self._clock = clock
        self._waiting: dict[Path, _Waiting] = {}
        self._searched, self._left_over = -math.inf, False
        self._roots = [(os.path.abspath(folder), folder) for folder in folders]
        self._roots += [(os.path.realpath(folder), folder) for folder in folders]

    @property
    def waiting(self) -> int:
        """How many files are kept in mind that are not complete, or were not handed out yet."""
        return len(self._waiting)

    def notice(self, names: Iterable[str]) -> None:
        """Take up what has changed: files and folders by their absolute paths."""
        for name in names:
            path = self._as_given(name)
            if path is None:
                self._searched = -math.inf
            elif path.is_dir():
                for file in iter_files([path]):
                    self._take_up(file)
            elif _may_be_image(path):
                self._take_up(path)

    def complete(self, most: int) -> list[Path]:
        """Return at most `most` files that are complete now, and forget them; searches the folders when it is due."""
        now = self._clock()
        is_due = len(self._waiting) < self._most / 2 if self._left_over else now - self._searched >= self._search
        if is_due:
            self._search_all()
        done: list[Path] = []
        for path, waiting in list(self._waiting.items()):
            if len(done) == most:
                break
            state = file_state(path)
            if state is None:
                del self._waiting[path]  # it went away, or was renamed
            elif state != waiting.state:
                waiting.state, waiting.since = state, now
            elif now - waiting.since >= self._settle and state[0] and not _is_partial(path):
                del self._waiting[path]
                if not self._is_known(path, state):
                    done.append(path)
        return done

    def ready(self, most: int, stop: Stop) -> Iterator[list[Path]]:
        """Yield files that are complete, at most `most` at once, until `stop`; an empty list each time that none is."""
        while not stop.is_cancelled:
            yield from self._until_restart(most, stop)

    def _until_restart(self, most: int, stop: Stop) -> Iterator[list[Path]]:
        """Go on until `stop`, or until a folder that was gone is there again, which has to be watched anew."""
        for changed in self._changes(stop):
            if stop.is_cancelled:
                return
            self.notice(changed)
            gone = set(self._missing)
            yield self.complete(most)
            if gone - self._missing:
                return

    def _changes(self, stop: Stop) -> Iterator[list[str]]:
        """Yield what has changed since the last look; waits a moment where nothing has."""
        from watchfiles import watch

        there = [folder for folder in self._folders if folder.is_dir()]
        if not there:
            time.sleep(_TICK)
            yield []
            return
        seen = watch(
            *there,
            watch_filter=None,
            debounce=200,
            step=50,
            rust_timeout=int(1000 * _TICK),
            yield_on_timeout=True,
            stop_event=_Event(stop),
            raise_interrupt=False,
            force_polling=True if self._polling else None,
            poll_delay_ms=1000,
            ignore_permission_denied=True,
        )
        for changes in seen:
            yield [name for _, name in changes]

    def _as_given(self, name: str) -> Path | None:
        """Return a path below the folders as they were given; None where it is below none of them."""
        for root, folder in self._roots:
            if name == root:
                return folder
            if name.startswith(root.rstrip(os.sep) + os.sep):
                inside = Path(name[len(root) :].lstrip(os.sep))
                return None if any(part.startswith(".") for part in inside.parts) else folder / inside
        return None

    def _search_all(self) -> None:
        passed: set[Path] = set()

        def passed_over(folder: Path, reason: str) -> None:
            passed.add(folder)
            if self._told is not None and folder not in self._passed_over:
                self._told(folder, reason)

        self._left_over = False
        for file in iter_files(self._folders, passed_over, LeftAside()):
            if file in self._folders:  # a folder that is gone is taken for a file
                passed_over(file, "the folder is not there any more; it is looked for again.")
                continue
            self._take_up(file)
            if self._left_over:
                break
        self._passed_over, self._missing = passed, passed & set(self._folders)
        self._searched = self._clock()

    def _take_up(self, path: Path) -> None:
        """Keep a file in mind; where there are too many, that some are left over."""
        state = None if path in self._waiting else file_state(path)
        if state is None or self._is_known(path, state):
            return
        if len(self._waiting) >= self._most:
            self._left_over = True
        else:
            self._waiting[path] = _Waiting(state, self._clock())


class _Event:
    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def is_set(self) -> bool:
        """Whether to end, as threading's events say it."""
        return self._stop.is_cancelled


def file_state(path: Path) -> State | None:
    """Return the state of a file; None where there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def _may_be_image(path: Path) -> bool:
    if is_image_name(path.name):
        return True
    try:
        return not path.name.startswith(".") and may_be_image(path.name) and begins_as_image(path)
    except OSError:
        return False


def _is_partial(path: Path) -> bool:
    """Whether a program is still writing the file under another name, as browsers do."""
    return any(os.path.lexists(f"{path}{ending}") for ending in PARTIAL_ENDINGS)
