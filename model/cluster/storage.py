"""Images in object storage and on web servers, by fsspec: listing them, and fetching them into files.

What cannot be fetched is either the object's own fault, which costs its row alone, or the storage's, which raises
`StorageAwayError`: then the part is begun again later, for a storage that is away must not become rows.
"""

from __future__ import annotations

import contextlib
import errno
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from model.cluster.urls import is_url
from model.errors import FewShotError
from model.images.scan import is_image_name, natural_key
from model.messages import message

FETCHED_AT_ONCE = 16
"""Objects that are fetched at the same time: reading them waits for the network, not for the processor."""
FETCHED_AHEAD = 128
"""Objects that are fetched while as many are classified."""
PAUSES = (1.0, 5.0)
"""Seconds before an object is asked for again; libraries of storage try again by themselves, too."""
LONGEST_BEFORE_ANOTHER_TRY = 60.0
"""An object that took so many seconds to fail is not asked for again."""
CONNECT_SECONDS = 10.0
SILENT_SECONDS = 30.0
"""A server that sends nothing for so long has failed."""
_ENDING = re.compile(r"\.\w{1,15}(?=$|\?)")
_WEB = ("http", "https")
_S3 = ("s3", "s3a")
_NO_CONNECTION = frozenset(
    {"ConnectionError", "TimeoutError", "gaierror", "ImportError",
     "ClientConnectionError",  # aiohttp
     "HTTPClientError", "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"}  # botocore
)  # fmt: skip
"""Names of errors, and of what they are derived from, that say nothing of the object that was asked for."""
_NO_ROOM_HERE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
_BUSY = frozenset({errno.EBUSY, errno.EIO, getattr(errno, "EREMOTEIO", errno.EIO)})
_REFUSED = (401, 403)
_ASK_AGAIN = (408, 429)
"""Statuses of HTTP; those of 500 and more ask so, too."""


class StorageAwayError(FewShotError):
    """The storage does not answer, is overloaded, or lets nobody in: the fault is not one image's."""


def opened(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and what the URL is called there. Raises what fsspec raises.

    Unlike `fsspec.core.url_to_fs`, names that hold "::" are names.
    """
    import fsspec

    scheme = url.partition("://")[0]
    kind = fsspec.get_filesystem_class(scheme)
    # Listings are not kept: a storage's would fill the memory.
    options = {"use_listings_cache": False, **kind._get_kwargs_from_urls(url), **_limits(scheme)}
    return kind(**options), kind._strip_protocol(url)


def _limits(scheme: str) -> dict[str, Any]:
    """Return the options by which a server that hangs is given up."""
    if scheme in _WEB:
        from aiohttp import ClientTimeout

        limit = ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS)
        return {"client_kwargs": {"timeout": limit}}
    if scheme in _S3:
        from fsspec.config import conf

        limits = {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": SILENT_SECONDS,
            "retries": {"total_max_attempts": 1},  # s3fs tries again itself
            "max_pool_connections": FETCHED_AT_ONCE,
        }
        return {"config_kwargs": {**limits, **conf.get("s3", {}).get("config_kwargs", {})}}
    return {}


def listed(url: str, passed_over: Callable[[str, str], None], missing: Callable[[str], None]) -> Iterator[str]:
    """Yield the image files below a URL by their endings, folder by folder: none is held but those of one folder.

    A URL that is no folder is yielded as it is, also where nothing is there, of which `missing` is told. On web
    servers a URL that ends with "/" is a folder: the images that its page links to. `passed_over` is told of folders
    that may not be listed. Raises `FewShotError` where the storage does not answer.
    """
    try:
        system, root = opened(url)
        if url.startswith(tuple(f"{scheme}://" for scheme in _WEB)):
            is_folder = url.endswith("/")
        else:
            is_folder = system.info(root)["type"] == "directory"
        if not is_folder:
            yield url
            return
        yield from _walk(system, root, passed_over)
    except FileNotFoundError:
        missing(url)
        yield url
    except FewShotError:
        raise
    except Exception as error:
        raise FewShotError(message("{path}: {reason}", path=url, reason=_said(error))) from error


def _walk(system: Any, root: str, passed_over: Callable[[str, str], None]) -> Iterator[str]:  # noqa: ANN401
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            entries = system.ls(folder, detail=True)
        except Exception as error:
            is_closed = _is_refusal(error) or isinstance(error, FileNotFoundError) or _status(error) == 404
            if folder == root or not is_closed:
                raise
            said = message("the folder cannot be listed: {error}.", error=_said(error))
            passed_over(system.unstrip_protocol(folder), said)
            continue
        inside = []
        for entry in sorted(entries, key=lambda one: natural_key(one["name"])):
            above, _, name = entry["name"].rstrip("/").rpartition("/")
            if above != folder.rstrip("/") or name.startswith("."):  # links of a page may lead anywhere
                continue
            if entry["type"] == "directory":
                inside.append(entry["name"])
            elif is_image_name(name):
                yield system.unstrip_protocol(entry["name"])
        pending += reversed(inside)


class Fetcher:
    """Fetches what a part needs; raises `StorageAwayError` where that is not to be had.

    patient: an object that a server has trouble with is a row, too; else the part is given back, to be tried later
    """

    def __init__(self, *, patient: bool = False) -> None:
        self._patient = patient
        self._away = threading.Event()
        self._refused = ""
        self._answers = 0  # of any other kind
        self._granted = ""  # an object that was fetched

    def batches(self, names: Sequence[str]) -> Iterator[list[Path | str]]:
        """Yield for each name the file to read, or why there is none, in batches.

        What lies in object storage is fetched while the batch before it is classified, and removed after it. Files,
        not bytes: the decoders of formats that are not trusted run in a process of their own.
        """
        with TemporaryDirectory(prefix="fewshot-cluster-") as folder, self._pool() as pool:
            begun: dict[int, list[Future[Path | str]]] = {}

            def begin(start: int) -> None:
                if start < len(names):
                    begun[start] = [
                        pool.submit(self.fetch, names[number], Path(folder) / str(number))
                        for number in range(start, min(start + FETCHED_AHEAD, len(names)))
                    ]

            begin(0)
            for start in range(0, len(names), FETCHED_AHEAD):
                begin(start + FETCHED_AHEAD)
                places = [one.result() for one in begun.pop(start)]
                yield places
                for place in places:
                    if isinstance(place, Path) and Path(folder) in place.parents:
                        place.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        pool = ThreadPoolExecutor(FETCHED_AT_ONCE, thread_name_prefix="fetch")
        try:
            yield pool
        finally:
            self._away.set()  # whatever the reason: nobody waits for the rest
            pool.shutdown(cancel_futures=True)
            self._away.clear()

    def fetch(self, name: str, folder: Path) -> Path | str:
        """Return the file with an object's contents, in a new folder, or why there is none; a path is its own file."""
        if not is_url(name):
            self._answers += 1
            return Path(name)
        pauses = iter(PAUSES)
        while True:
            started = time.monotonic()
            try:
                place = _fetched(name, folder)
            except Exception as error:  # noqa: BLE001 - each storage raises its own; one image must not end the part
                if said := self._of_the_object(error):
                    return said
                is_slow = time.monotonic() - started > LONGEST_BEFORE_ANOTHER_TRY
                pause = next(pauses, None)
                if pause is None or is_slow or self._away.wait(pause):
                    return self._given_up(name, error)
            else:
                self._answers, self._granted = self._answers + 1, name
                return place

    def check(self) -> None:
        """Raise `StorageAwayError` where everything is refused: keys that are wrong, or have expired meanwhile."""
        if self._refused and (not self._answers or (self._granted and not self._is_granted(self._granted))):
            raise StorageAwayError(message("Access is refused to every object: {error}.", error=self._refused))

    def _is_granted(self, name: str) -> bool:
        """Whether an object that could be fetched before still can: else more than one object was refused."""
        with TemporaryDirectory(prefix="fewshot-cluster-") as folder:
            try:
                _fetched(name, Path(folder) / "again")
            except Exception as error:  # noqa: BLE001 - each storage raises its own
                return not _is_refusal(error)
        return True

    def _of_the_object(self, error: Exception) -> str:
        """Return what a row says of an object that asking again would not bring; "" where it might."""
        status = _status(error)
        if isinstance(error, FileNotFoundError):
            self._answers += 1
            return message("there is no such object.")
        if _is_refusal(error):
            self._refused = _said(error)
        elif isinstance(error, (IsADirectoryError, ValueError)) or (400 <= status < 500 and status not in _ASK_AGAIN):
            self._answers += 1
        else:
            return ""
        return message("cannot be fetched: {error}.", error=_said(error))

    def _given_up(self, name: str, error: Exception) -> str:
        """Return what a row says of an object that was asked for again and again. Raises `StorageAwayError`."""
        names, code = {kind.__name__ for kind in type(error).__mro__}, getattr(error, "errno", None)
        is_busy = _status(error) >= 500 or _status(error) in _ASK_AGAIN or code in _BUSY
        if names & _NO_CONNECTION or code in _NO_ROOM_HERE or (is_busy and not self._patient):
            self._away.set()
            raise StorageAwayError(
                message("{path} cannot be fetched: {error}.", path=name, error=_said(error))
            ) from None  # its own type may not come through to the driver
        self._answers += 1
        return message("cannot be fetched: {error}.", error=_said(error))


def _fetched(name: str, folder: Path) -> Path:
    system, inside = opened(name)
    folder.mkdir(exist_ok=True)
    ending = _ENDING.search(inside)
    place = folder / f"image{ending[0] if ending else ''}"
    try:
        system.get_file(inside, str(place))
    except Exception:
        place.unlink(missing_ok=True)
        raise
    return place


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, PermissionError) or _status(error) in _REFUSED


def _status(error: Exception) -> int:
    """Return the status of HTTP that an error tells of; 0 where it tells of none."""
    status = getattr(error, "status", None) or getattr(error, "code", None)
    return status if isinstance(status, int) else 0


def _said(error: Exception) -> str:
    """Return an error in a line: a library's own sentence alone may be a bare name."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300].rstrip(".: ")
