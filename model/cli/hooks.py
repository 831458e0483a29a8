"""Commands that are run for images as they are classified: argument lists, never a shell."""

from __future__ import annotations

import json
import os
import queue
import re
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from model.cli.text import warn_of
from model.errors import UsageError
from model.images.items import source_file
from model.messages import message
from model.types import Prediction

COMMAND_SECONDS = 30.0
"""So long a command may take."""

_MOST_WAITING = 16
"""Commands that may wait: then classifying waits as well, so that nothing piles up."""

_PLACEHOLDER = re.compile(r"\{(path|file|class|confidence|status)\}")
_SAID = 300  # bytes of what a command said that are quoted


def parse_command(text: str) -> tuple[str, ...]:
    """Return the arguments of a command: a JSON list of texts, or words as a POSIX shell separates and quotes them.

    Nothing else of a shell is understood: no pipes, variables or wildcards. Raises `UsageError`.
    """
    try:
        words = json.loads(text) if text.lstrip().startswith("[") else shlex.split(text)
    except ValueError as error:
        raise UsageError(
            message(
                "The command {text} cannot be taken apart: {reason}. Quote it, or give a JSON list.",
                text=text,
                reason=error,
            )
        ) from error
    if (
        not isinstance(words, list)
        or not words
        or not all(isinstance(word, str) and "\0" not in word for word in words)
    ):
        raise UsageError(message("The command {text} is empty or no list of texts.", text=text))
    return tuple(words)


class Hooks:
    """Runs commands one after another, in a thread of its own; used as a context manager, whose end waits for them.

    Trouble with a command is a warning; it never stops the run. `failed` counts it.
    """

    def __init__(
        self,
        class_names: Sequence[str],
        each: Sequence[Sequence[str]],
        by_class: Mapping[str, Sequence[Sequence[str]]],
        seconds: float = COMMAND_SECONDS,
    ) -> None:
        unknown = sorted(by_class.keys() - set(class_names))
        if unknown:
            raise UsageError(
                message(
                    "--on-class: {unknown} is not a class. The classes are {class_names}.",
                    unknown=unknown[0],
                    class_names=", ".join(class_names),
                )
            )
        self._class_names, self._each, self._by_class, self._seconds = class_names, each, by_class, seconds
        self._queue: queue.Queue[tuple[Path, list[str]] | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="commands", daemon=True)
        self.failed = 0

    def __enter__(self) -> Hooks:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.put(None)
        self._thread.join()

    def add(self, prediction: Prediction) -> None:
        """Have the commands for an image run; waits where too many are waiting."""
        name = self._class_names[prediction.predicted] if prediction.status.has_class else ""
        commands = [*self._each, *(self._by_class.get(name, ()) if name else ())]
        values = {
            "path": os.path.abspath(prediction.path),  # so that no name is taken for an option
            "file": os.path.abspath(source_file(prediction.path)),
            "class": name,
            "confidence": f"{prediction.confidence:.6f}",
            "status": prediction.status.value,
        }
        for command in commands:
            # In one step: what a name holds is not looked at again.
            words = [_PLACEHOLDER.sub(lambda found: values[found.group(1)], word) for word in command]
            self._queue.put((prediction.path, words))

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            path, words = task
            problem = _run(words, self._seconds)
            if problem:
                self.failed += 1
                warn_of(path, f"the command {words[0]} {problem}")


def _run(words: Sequence[str], seconds: float) -> str:
    """Run a command to its end; returns what went wrong, or ""."""
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=os.name == "posix",  # so that Ctrl+C is not its business, and all of it can be ended
            )
        except (OSError, ValueError) as error:
            return f"cannot be run: {getattr(error, 'strerror', None) or error}."
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"took longer than {seconds:g} s and was ended."
        if status == 0:
            return ""
        said.seek(0)
        words_said = " ".join(said.read(_SAID).decode(errors="replace").split())
        return f"failed with status {status}{': ' + words_said if words_said else '.'}"


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
