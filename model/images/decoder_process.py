"""Reads files of kinds that are not trusted in processes of their own, so that a decoder that crashes or hangs
takes nothing with it.

A process answers one request at a time: a line of JSON goes in, a line of JSON and maybe pixels come
out; nothing is pickled, so that a decoder that was taken over has no hold on this process. One that
does not answer in time is killed, and another started for the next file.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import astuple
from pathlib import Path
from typing import Any

from PIL import Image

from model.errors import ImageReadError
from model.images.colour import WHITE, Colour
from model.images.facts import Fact, fact
from model.images.formats import Format, Size
from model.images.grey_values import GreyValues, of_wire
from model.images.greys import AS_THE_FILE_SAYS, Greys
from model.images.items import Item
from model.images.read_errors import MAX_PIXELS, MODEST_PIXELS, damaged
from model.images.series import Place
from model.messages import from_json, message

READ_SECONDS, HEADER_SECONDS = 120.0, 30.0
"""After so long a decoder is taken to hang. Pixels of the largest pictures take some ten seconds."""

REST_SECONDS = 60.0
"""So long processes wait for more."""

_MAX_ANSWER = 4_000_000  # bytes of an answer's line: 100,000 numbers of pages
_TOO_LONG = message("takes too long to read; it may be made to do so. Leave it out, or convert it to PNG.")
_CRASHED = damaged(message("its decoder crashed"))
_PACKAGES = Path(__file__).parents[2]


class _NoAnswerError(Exception):
    """The process ended, was killed or said nonsense."""


class DecoderPool:
    """As many decoder processes as there were requests at once, kept for the next. Thread-safe."""

    def __init__(self, read_seconds: float = READ_SECONDS, header_seconds: float = HEADER_SECONDS) -> None:
        self._read_seconds, self._header_seconds = read_seconds, header_seconds
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._rest: threading.Timer | None = None
        self._last_asked = 0.0
        self._lock = threading.Lock()

    def read(
        self,
        item: Item,
        form: Format,
        max_side: int | None,
        ground: Colour = WHITE,
        greys: Greys = AS_THE_FILE_SAYS,
    ) -> tuple[Image.Image, Size]:
        """Return the RGB pixels and (width, height) of an image. Raises `ImageReadError`."""
        request = {"task": "read", "max_side": max_side, "ground": ground, "greys": astuple(greys)}
        answer, pixels = self._ask(item, form, request, self._read_seconds)
        shape = _pair(item, answer.get("pixels"))
        return Image.frombuffer("RGB", shape, pixels, "raw", "RGB", 0, 1), _pair(item, answer.get("size"))

    def size(self, item: Item, form: Format) -> Size:
        """Return (width, height). Raises `ImageReadError`."""
        answer, _ = self._ask(item, form, {"task": "size"}, self._header_seconds)
        return _pair(item, answer.get("size"))

    def parts(self, item: Item, form: Format, rate: float) -> tuple[list[int], str, str]:
        """Return the numbers of a file's pages or frames, see `Format.parts`, its note and its remark.

        Raises `ImageReadError`.
        """
        answer, _ = self._ask(item, form, {"task": "parts", "rate": rate}, self._read_seconds)
        numbers = [int(number) for number in answer.get("parts", ())]
        return numbers, _said(item, answer.get("note", "")), _said(item, answer.get("remark", ""))

    def remark(self, item: Item, form: Format) -> str:
        """Return what `Format.remark` does. Raises `ImageReadError`."""
        answer, _ = self._ask(item, form, {"task": "remark"}, self._header_seconds)
        return _said(item, answer.get("remark", ""))

    def subject(self, item: Item, form: Format) -> tuple[str, str]:
        """Return what `Format.subject` does. Raises `ImageReadError`."""
        answer, _ = self._ask(item, form, {"task": "subject"}, self._header_seconds)
        patient, study = answer.get("subject", ("", ""))
        return str(patient), str(study)

    def values(self, item: Item, form: Format, greys: Greys) -> GreyValues | None:
        """Return what `Format.values` does of an image. Raises `ImageReadError`."""
        request = {"task": "values", "greys": astuple(greys), "most_pixels": MODEST_PIXELS}
        answer, data = self._ask(item, form, request, self._read_seconds)
        if answer.get("values") is None:
            return None
        try:
            return of_wire(answer["values"], data)
        except (ValueError, TypeError) as error:
            raise ImageReadError(item.path, damaged()) from error

    def facts(self, item: Item, form: Format) -> tuple[Fact, ...]:
        """Return what `Format.facts` does. Raises `ImageReadError`."""
        answer, _ = self._ask(item, form, {"task": "facts"}, self._header_seconds)
        made = (fact(str(key), value, personal=bool(personal)) for key, value, personal in answer.get("facts", ()))
        return tuple(one for one in made if one is not None)

    def place(self, item: Item, form: Format) -> Place | None:
        """Return what `Format.place` does. Raises `ImageReadError`."""
        answer, _ = self._ask(item, form, {"task": "place"}, self._header_seconds)
        said = answer.get("place")
        if said is None:
            return None
        series, position, axis, number = said
        return Place(str(series), _number(position), tuple(float(one) for one in axis), _number(number))

    def close(self) -> None:
        """End all processes, also those that are at work; the next request starts another."""
        with self._lock:
            busy = tuple(self._busy)
        self._end_idle()
        for process in busy:
            process.kill()

    def _end_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
            if self._rest is not None:
                self._rest.cancel()
                self._rest = None
        for process in idle:
            process.end()

    def _rested(self) -> None:
        """End the processes, and let go of what they hold, when none was asked for a while."""
        with self._lock:
            self._rest = None
            wait = self._last_asked + REST_SECONDS - time.monotonic()
            if wait > 0 or self._busy:
                self._start_rest(max(wait, 1.0))
                return
        self._end_idle()

    def _start_rest(self, seconds: float) -> None:
        self._rest = threading.Timer(seconds, self._rested)
        self._rest.daemon = True
        self._rest.start()

    def _ask(self, item: Item, form: Format, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        whole: dict[str, Any] = {"file": os.fspath(item.file), "format": form.name, "frame": item.frame}
        whole["box"] = astuple(item.box) if item.box else None
        with self._lock:
            self._last_asked = time.monotonic()
            if self._rest is None:
                self._start_rest(REST_SECONDS)
            process = self._idle.pop() if self._idle else _Process()
            self._busy.add(process)
        try:
            answer, pixels = process.ask(whole | request, seconds)
        except _NoAnswerError as error:
            raise ImageReadError(item.path, _TOO_LONG if process.took_too_long else _CRASHED) from error
        finally:
            with self._lock:
                self._busy.discard(process)
        with self._lock:
            self._idle.append(process)
        if "refused" in answer:
            raise ImageReadError(item.path, _said(item, answer["refused"]))
        return answer, pixels


_COMMAND = (
    [sys.executable, "decoder-process"]
    if getattr(sys, "frozen", False)  # in the folder build, whose programs begin in .ci/folder/launch.py
    else [sys.executable, "-P", "-m", "model.images.decoder_main"]  # -P: no package of the current folder
)


class _Process:
    def __init__(self) -> None:
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.took_too_long = False

    def ask(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a request and wait for its answer; raises `_NoAnswerError`, and then is of no more use."""
        watch = threading.Timer(seconds, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            return self._exchange(request)
        except (OSError, ValueError) as error:
            self.end()
            raise _NoAnswerError from error
        finally:
            watch.cancel()

    def kill(self) -> None:
        """End the process whatever it does; whoever waits for its answer gets an error."""
        self._process.kill()

    def end(self) -> None:
        """End the process and let go of it."""
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.communicate()

    def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        line = stdout.readline(_MAX_ANSWER)
        answer = json.loads(line)  # a ValueError where the process has ended
        length = answer.get("length", 0)
        if not 0 <= length <= 3 * MAX_PIXELS:
            raise ValueError(length)
        pixels = stdout.read(length)
        if len(pixels) < length:
            raise ValueError(len(pixels))
        return answer, pixels

    def _give_up(self) -> None:
        self.took_too_long = True
        self._process.kill()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _pair(item: Item, value: object) -> Size:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) and one > 0 for one in value):
        return value[0], value[1]
    raise ImageReadError(item.path, damaged())


def _said(item: Item, value: object) -> str:
    """Return a sentence of an answer."""
    try:
        return from_json(value)
    except ValueError as error:
        raise ImageReadError(item.path, damaged()) from error


pool = DecoderPool()
"""The processes of this program. Started when they are first needed, ended with it."""

atexit.register(pool.close)
