"""The journal of sidecars: what was there before an export, so that it can be put back byte for byte.

JSON lines beside the project, one for each sidecar and export, written before the sidecar is: a line without its
sidecar does no harm, a sidecar without its line could not be undone.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from model.errors import FewShotError
from model.images.reading import is_special_file
from model.messages import message, os_reason

_LARGEST = 64 << 20  # bytes of a sidecar; those of Lightroom have some thousands


@dataclass(frozen=True)
class Before:
    """A sidecar's content before any export, None where there was none; made: SHA-256 of what exports wrote there."""

    content: bytes | None
    made: tuple[str, ...]


def journal_path(project: Path) -> Path:
    """Return where the journal of a project lies."""
    return project.with_name(f"{project.name}.xmp-journal")


class Journal:
    """The journal of a project. `entries`: of each sidecar by its path."""

    def __init__(self, project: Path) -> None:
        """Read it. Raises `FewShotError` where it is there and cannot be read."""
        self.path = journal_path(project)
        self.entries: dict[Path, Before] = {}
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unread(os_reason(error)) from error
        for number, line in enumerate(lines, 1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                if number == len(lines):  # the export was ended while it wrote this line, before its sidecar
                    self._cut(line)
                    return
                raise self._unread(message("line {number} is damaged", number=number)) from error

    def add(self, sidecar: Path, content: bytes | None, made: bytes) -> None:
        """Write down what is to be put back later, before `made` takes its place. Raises `FewShotError`."""
        earlier = self.entries.get(sidecar)
        kept = Before(content, (*(earlier.made if earlier else ()), digest(made)))
        try:
            with self.path.open("ab") as file:
                file.write(_line(sidecar, kept))
                file.flush()
        except OSError as error:
            raise FewShotError(
                message(
                    "{path} cannot be written: {error}. Without it the sidecars could not be undone.",
                    path=self.path,
                    error=os_reason(error),
                )
            ) from error
        self.entries[sidecar] = kept

    def keep_only(self, sidecars: set[Path]) -> None:
        """Forget all sidecars but these; without any the journal is deleted. Raises `OSError`."""
        self.entries = {path: before for path, before in self.entries.items() if path in sidecars}
        if self.entries:
            replace(self.path, b"".join(_line(path, before) for path, before in self.entries.items()))
        else:
            self.path.unlink(missing_ok=True)

    def _take(self, line: dict[str, object]) -> None:
        content = line["before"]
        kept = None if content is None else base64.b64decode(str(content), validate=True)
        made = line["made"]
        if not isinstance(made, list):
            raise TypeError
        self.entries[Path(str(line["sidecar"]))] = Before(kept, tuple(map(str, made)))

    def _cut(self, line: bytes) -> None:
        with contextlib.suppress(OSError), self.path.open("rb+") as file:
            file.truncate(self.path.stat().st_size - len(line))

    def _unread(self, reason: str) -> FewShotError:
        return FewShotError(
            message(
                "{path} cannot be read ({reason}). It holds the sidecars as they were; move it away to go on.",
                path=self.path,
                reason=reason,
            )
        )


def digest(content: bytes) -> str:
    """Return the SHA-256 of a sidecar."""
    return sha256(content).hexdigest()


def content_of(sidecar: Path) -> bytes | None:
    """Return a sidecar's bytes, None where there is none. Raises `OSError`, also where it is too large or no file."""
    if is_special_file(sidecar):
        raise OSError(0, message("is not a regular file"))
    try:
        if sidecar.stat().st_size > _LARGEST:
            raise OSError(0, message("is too large for a sidecar"))
        return sidecar.read_bytes()
    except FileNotFoundError:
        return None


def replace(path: Path, content: bytes) -> None:
    """Write a file whole in place of the one that is there, with its rights; that stays where it fails.

    Behind a link the file it leads to is replaced. Raises `OSError`.
    """
    path = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(prefix=".fewshot-", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            if not os.access(path, os.W_OK):
                raise PermissionError(13, os.strerror(13))
            shutil.copymode(path, name)
        else:
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _line(sidecar: Path, before: Before) -> bytes:
    content = None if before.content is None else base64.b64encode(before.content).decode()
    made = {"sidecar": str(sidecar), "before": content, "made": before.made}
    return json.dumps(made).encode() + b"\n"
