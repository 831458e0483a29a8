"""The decoder process: see `decoder_process`. Ends when whoever asks has ended."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from model.errors import ImageReadError
from model.images.decoders import reader, shrunk
from model.images.kinds import Kind
from model.images.read_errors import translated_errors

_ADDRESS_SPACE = 12 * 2**30  # bytes: the largest picture allowed takes 5 while it is converted
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
        path, kind = Path(request["file"]), Kind(request["kind"])
        with translated_errors(path, details=kind is not Kind.DICOM):
            answer, pixels = _do(request, path, kind)
    except ImageReadError as error:
        answer = {"refused": error.reason}
    answers.write(json.dumps(answer | {"length": len(pixels)}).encode() + b"\n")
    answers.write(pixels)
    answers.flush()


def _do(request: dict[str, Any], path: Path, kind: Kind) -> tuple[dict[str, Any], bytes]:
    match request["task"]:
        case "read":
            image, size = reader(kind).read(path, request["frame"], request["max_side"])
            image = shrunk(image, request["max_side"])
            return {"size": size, "pixels": image.size}, image.tobytes()
        case "size":
            return {"size": reader(kind).size(path, request["frame"])}, b""
        case _:
            return {"parts": reader(kind).parts(path, request["rate"])}, b""


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or most > _ADDRESS_SPACE:
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, most))


def _set_alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


if __name__ == "__main__":
    main()
