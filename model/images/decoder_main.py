"""The decoder process: see `decoder_process`. Ends when whoever asks has ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from model.errors import ImageReadError
from model.images.formats import Format, Size, Wanted, formats
from model.images.grey_values import to_wire
from model.images.greys import GreyRange, Greys
from model.images.last_file import identity
from model.images.pixels import over, shrunk
from model.images.read_errors import TOO_MANY_VALUES, UNKNOWN_FORMAT, translated_errors
from model.messages import message, to_json
from model.types import Region

_MOST_MEMORY, _LEAST_MEMORY = (
    12 * 2**30,
    4 * 2**30,
)  # bytes: the largest picture allowed takes 5 GB while it is converted
_SECONDS = 150  # after these a native decoder that hangs ends by itself, even if nobody is left to kill it


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what native libraries print is no answer
    _limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever asks
    for line in sys.stdin.buffer:
        _set_alarm(_SECONDS)
        _answer(json.loads(line), answers)
        _set_alarm(0)


def _answer(request: dict[str, Any], answers: BinaryIO) -> None:
    pixels = b""
    try:
        path, form = Path(request["file"]), formats.get(request["format"])
        if form is None:  # a plug-in that is there in the program alone
            raise ImageReadError(path, UNKNOWN_FORMAT)
        with translated_errors(path, details=form.quotable):
            answer, pixels = _do(request, path, form)
    except ImageReadError as error:
        answer = {"refused": to_json(error.reason)}
    answers.write(json.dumps(answer | {"length": len(pixels)}).encode() + b"\n")
    answers.write(pixels)
    answers.flush()


def _do(request: dict[str, Any], path: Path, form: Format) -> tuple[dict[str, Any], bytes]:
    frame, box = request["frame"], request["box"]
    match request["task"]:
        case "read":
            kind, low, high = request["greys"]
            wanted = Wanted(request["max_side"], Greys(GreyRange(kind), low, high))
            image, size = _tile(path, form, frame, box, wanted) if box else form.read(path, frame, wanted)
            image = shrunk(over(tuple(request["ground"]), image), wanted.max_side)
            return {"size": size, "pixels": image.size}, image.tobytes()
        case "size":
            size = form.size(path, frame)
            return {"size": box[2:] if box and _check_inside(path, size, box) else size}, b""
        case "remark":
            return {"remark": to_json(form.remark(path))}, b""
        case "values":
            return _values(request, path, form)
        case "facts":
            return {"facts": [[one.key, one.value, one.personal] for one in form.facts(path, frame)]}, b""
        case "place":
            place = form.place(path)
            return {"place": None if place is None else astuple(place)}, b""
        case "subject":
            return {"subject": form.subject(path)}, b""
        case _:
            said = {"note": to_json(form.note(path)), "remark": to_json(form.remark(path))}
            return {"parts": form.parts(path, request["rate"]), **said}, b""


def _values(request: dict[str, Any], path: Path, form: Format) -> tuple[dict[str, Any], bytes]:
    frame, box = request["frame"], Region(*request["box"]) if request["box"] else None
    width, height = form.size(path, frame)
    if box is None and width * height > request["most_pixels"]:
        raise ImageReadError(path, TOO_MANY_VALUES)
    kind, low, high = request["greys"]
    found = form.values(path, frame, Wanted(None, Greys(GreyRange(kind), low, high)), box)
    if found is None:
        return {"values": None}, b""
    if box is not None:
        _check_inside(path, found.size, request["box"])
        found = found.cut(box)
    said, data = to_wire(found)
    return {"values": said}, data


_whole: tuple[object, Image.Image] | None = None  # the image that tiles were last cut from, and what it was


def _tile(path: Path, form: Format, frame: int | None, box: Sequence[int], wanted: Wanted) -> tuple[Image.Image, Size]:
    global _whole  # noqa: PLW0603 - the process answers one request at a time
    alone = form.tile(path, frame, Region(*box), wanted)
    if alone is not None:
        return alone, (box[2], box[3])
    meant = (*identity(path), frame, wanted.greys)
    if _whole is None or _whole[0] != meant:
        _whole = None  # never two at a time
        _whole = (meant, form.read(path, frame, replace(wanted, max_side=None))[0])
    image = _whole[1]
    _check_inside(path, image.size, box)
    left, top, width, height = box
    return image.crop((left, top, left + width, top + height)), (width, height)


def _check_inside(path: Path, size: Size, box: Sequence[int]) -> bool:
    if box[0] + box[2] > size[0] or box[1] + box[3] > size[1]:
        raise ImageReadError(
            path, message("has no such tile: the picture has {width} x {height} pixels.", width=size[0], height=size[1])
        )
    return True


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    wanted = min(_MOST_MEMORY, max(_LEAST_MEMORY, machine * 3 // 4))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or most > wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS does not always let one
            resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def _set_alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


if __name__ == "__main__":
    main()
