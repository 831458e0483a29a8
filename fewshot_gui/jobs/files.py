"""Background jobs on files, without the model: finding images, hashing, finding moved files."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, Signal

from fewshot_gui.jobs.priority import lower_thread_priority
from fewshot_gui.project.search_notes import NOTHING, NotesOfSearch, SearchNotes, joined, without_known
from model.errors import FewShotError, ImageReadError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.items import source_file
from model.images.scan import class_folders, is_image_name, iter_images
from model.messages import message
from model.progress import Cancelled, CancelToken

_log = logging.getLogger(__name__)

_BATCH_SECONDS = 0.1  # found images reach the window ten times a second at most
_BATCH_LENGTH = 2000


@dataclass(frozen=True)
class FoundImages:
    """A part of what a scan of the library found."""

    scan_id: int
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class DroppedImages:
    """What was dropped somewhere: `images` in order; `refused` files that are no images."""

    target: str
    images: tuple[Path, ...]
    refused: tuple[Path, ...]
    groups: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    """For a drop on the board: (name, images) for each folder."""
    folders: tuple[Path, ...] = ()
    """For a drop on the board: the folders that were dropped."""
    notes: SearchNotes = NOTHING
    """What was left aside in folders."""


@dataclass(frozen=True)
class HashedFile:
    """Content hash (hex) and size in bytes of an example."""

    path: Path
    content_hash: str
    size: int


class FileJobs(QObject):
    """Runs file jobs in a small pool; answers come by signals, emitted from pool threads.

    Connect bound slots of objects in the window's thread. A search or hashing that is cancelled answers nothing; a
    `call` is always answered, unless the app is closed meanwhile.
    """

    images_found = Signal(object)  # FoundImages
    scan_noted = Signal(int, object)  # scan id, SearchNotes: what was left aside; before `scan_finished`
    scan_finished = Signal(int, int)  # scan id, number of images
    drop_expanded = Signal(object)  # DroppedImages
    files_hashed = Signal(object)  # tuple[HashedFile, ...]
    call_returned = Signal(str, object)  # key, the function's result
    call_failed = Signal(str, object)  # key, why it has none, for the user; "" where it was cancelled

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cutting = AS_THEY_ARE
        """How the files of later jobs are cut into images."""
        self.hashes: Path | None = None
        """A list of hashes: files with such content are left out of later jobs."""
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)
        self._token = CancelToken()  # of all jobs but scans
        self._scan_token = CancelToken()
        self._scan_id = 0
        self._is_shut_down = False

    def scan(self, folders: Sequence[Path]) -> int:
        """Look for images in the library's folders; an earlier scan is cancelled. Returns the scan's id."""
        self._scan_token.cancel()
        self._scan_token = token = CancelToken()
        self._scan_id += 1
        scan_id, folders, cutting, hashes = self._scan_id, tuple(folders), self.cutting, self.hashes

        def job() -> None:
            total, noted = 0, NotesOfSearch()
            found = iter_images(folders, cutting, noted.passed_over, noted.left_aside, noted.passed_over)
            for batch in _batches(without_known(found, hashes, noted), token):
                total += len(batch)
                self.images_found.emit(FoundImages(scan_id, batch))
            self.scan_noted.emit(scan_id, noted.notes())
            self.scan_finished.emit(scan_id, total)

        self._start(job)
        return scan_id

    def cancel_scan(self) -> None:
        """Stop the scan that goes on; what it found stays, and it says nothing more."""
        self._scan_token.cancel()

    def expand_drop(self, target: str, paths: Sequence[Path], *, by_folder: bool = False) -> None:
        """Find the images among dropped files and folders; answered by `drop_expanded`.

        `target` comes back with the answer. With `by_folder`, each folder becomes a group, or
        each of its sub-folders where it has any with images.
        """
        token, paths, cutting, hashes = self._token, tuple(paths), self.cutting, self.hashes

        def job() -> None:
            groups: list[tuple[str, tuple[Path, ...]]] = []
            folders = [path for path in paths if path.is_dir()] if by_folder else []
            noted = NotesOfSearch()
            several = [noted]
            for folder in folders:
                several.append(NotesOfSearch())
                groups.extend(_folder_groups(folder, cutting, several[-1], hashes))
                token.raise_if_cancelled()
            images: list[Path] = []
            refused: list[Path] = []
            ungrouped = [path for path in paths if path not in folders]
            dropped = iter_images(ungrouped, cutting, noted.passed_over, noted.left_aside, noted.passed_over)
            for path in without_known(dropped, hashes, noted):
                token.raise_if_cancelled()
                (images if _is_image(path) else refused).append(path)
            notes = joined([one.notes() for one in several])
            found = tuple(images), tuple(refused), tuple(groups), tuple(folders)
            self.drop_expanded.emit(DroppedImages(target, *found, notes))

        self._start(job)

    def hash_files(self, paths: Iterable[Path]) -> None:
        """Hash files; answered by `files_hashed`, in parts. Unreadable files are left out."""
        token, paths = self._token, tuple(paths)

        def job() -> None:
            for batch in _batches(paths, token):
                self.files_hashed.emit(tuple(filter(None, map(_hashed, batch))))

        self._start(job)

    def call(self, key: str, function: Callable[[CancelToken], object]) -> None:
        """Run any function in the pool; answered by `call_returned(key, result)` or, where it raises, `call_failed`."""
        token = self._token

        def job() -> None:
            try:
                result = function(token)
            except Cancelled:
                self.call_failed.emit(key, "")
            except FewShotError as error:
                self.call_failed.emit(key, str(error))
            except Exception as error:  # whatever it is, whoever waits is told; then it is logged
                self.call_failed.emit(key, message("Unexpected error: {error}", error=type(error).__name__))
                raise
            else:
                self.call_returned.emit(key, result)

        self._start(job)

    def cancel(self) -> None:
        """Stop all jobs, when another project is opened."""
        self._scan_token.cancel()
        self._token.cancel()
        self._token = CancelToken()

    def shutdown(self, timeout: float = 5.0) -> bool:
        """Cancel all jobs and wait; False when one did not end in `timeout` seconds."""
        self._is_shut_down = True
        self.cancel()
        self._pool.clear()
        return self._pool.waitForDone(int(timeout * 1000))

    def _start(self, job: Callable[[], None]) -> None:
        def run() -> None:
            lower_thread_priority()
            try:
                job()
            except Cancelled:
                return
            except FewShotError as error:
                _log.warning("a file job failed: %s", error)
            except Exception:  # noqa: BLE001 - the border of the thread
                _log.exception("a file job failed unexpectedly")

        if not self._is_shut_down:
            self._pool.start(run)


class EitherToken(CancelToken):
    """Cancelled as soon as one of two tokens is: that of the job, and that of all jobs, which `call` hands over."""

    def __init__(self, one: CancelToken, other: CancelToken) -> None:
        super().__init__()
        self._both = one, other

    @property
    def is_cancelled(self) -> bool:
        """Whether one of them is."""
        return any(token.is_cancelled for token in self._both)

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` where one of them is."""
        for token in self._both:
            token.raise_if_cancelled()


def _batches(paths: Iterable[Path], token: CancelToken) -> Iterable[tuple[Path, ...]]:
    """Cut a stream into parts that are due every tenth of a second; at least one, maybe empty."""
    batch: list[Path] = []
    due = time.monotonic() + _BATCH_SECONDS
    for path in paths:
        token.raise_if_cancelled()
        batch.append(path)
        if len(batch) >= _BATCH_LENGTH or time.monotonic() >= due:
            yield tuple(batch)
            batch.clear()
            due = time.monotonic() + _BATCH_SECONDS
    token.raise_if_cancelled()
    yield tuple(batch)


def _folder_groups(
    folder: Path, cutting: Cutting, noted: NotesOfSearch, hashes: Path | None
) -> list[tuple[str, tuple[Path, ...]]]:
    """One group for each sub-folder with images; the folder itself where it has none."""
    try:
        found = class_folders(folder, cutting, noted.passed_over, noted.left_aside, noted.passed_over)
        kept = [(name, tuple(without_known(images, hashes, noted))) for name, images in found]
        groups = [(name, images) for name, images in kept if images]
    except FewShotError:
        groups = []
    if groups:
        return groups
    noted.clear()  # the whole folder is gone through once more
    images = iter_images([folder], cutting, noted.passed_over, noted.left_aside, noted.passed_over)
    return [(folder.name, tuple(without_known(images, hashes, noted)))]


def _is_image(path: Path) -> bool:
    """Whether a file that was given by name is an image, by its ending or else by its content."""
    if is_image_name(path.name):
        return True
    from model.images.reading import image_size  # here: the window starts without the decoders

    try:
        image_size(path)
    except ImageReadError:
        return False
    return True


def _hashed(path: Path) -> HashedFile | None:
    from model.images.content_hash import content_hash

    try:
        return HashedFile(path, content_hash(path), os.stat(source_file(path)).st_size)
    except (ImageReadError, OSError) as error:
        _log.info("not hashed: %s", error)
        return None
