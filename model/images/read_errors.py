"""What can be wrong with a file, in one clear line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from model.errors import ImageReadError
from model.messages import Message, message, message_n, os_reason, text_of

MAX_PIXELS = 400_000_000
"""Larger images are refused: decoding one would take more than 1.2 GB (guards against bombs)."""

MODEST_PIXELS = 64_000_000
"""What a thread of the program itself decodes at most: larger images take gigabytes while they are converted."""

TOO_LARGE = message("has more than {most:,} pixels. Export a smaller copy.", most=MAX_PIXELS)
EMPTY = message("is empty (0 bytes). Export it again from its source.")
UNKNOWN_FORMAT = message("is not an image in a known format. Convert it to PNG, JPEG or TIFF.")
_NO_MEMORY = message("does not fit into this machine's memory. Export a smaller copy.")
TOO_MANY_VALUES = message(
    "has more than {most:,} pixels: it is shown as it is classified, without its values.", most=MODEST_PIXELS
)
_LONGEST_DETAIL = 120  # characters


def describe_os_error(error: OSError | ValueError) -> str:
    """Say in one sentence why a file could not be opened and what to do about it."""
    if isinstance(error, FileNotFoundError):
        return message("there is no such file. Check its path, or put it back.")
    if isinstance(error, PermissionError):
        return message("the file may not be read. Check its permissions.")
    reason = os_reason(error) if isinstance(error, OSError) else str(error)
    return message("the file cannot be read: {error}.", error=reason)


def no_such_page(number: int, count: int) -> str:
    """Say that a file has no page of this number."""
    return message_n(
        "has no page {number}: there is {count}.",
        "has no page {number}: there are {count}.",
        count=count,
        number=number,
    )


def no_such_frame(number: int, count: int) -> str:
    """Say that a file has no frame of this number."""
    return message_n(
        "has no frame {number}: there is {count}.",
        "has no frame {number}: there are {count}.",
        count=count,
        number=number,
    )


def damaged(detail: object = "") -> str:
    """Say that a file's content makes no sense; `detail` is what the reader said of it."""
    short = _shortened(detail)
    if not short:
        return message("is damaged or cut off. Export it again from its source.")
    return message("is damaged or cut off ({detail}). Export it again from its source.", detail=short)


def _of_another_kind(detail: object) -> str:
    short = _shortened(detail)
    if not short:
        return message("is of a kind of its format that is not read here. Convert it to PNG.")
    return message("is of a kind of its format that is not read here ({detail}). Convert it to PNG.", detail=short)


def _shortened(detail: object) -> str:
    """Return what a reader said on one line; sentences of ours stay as they are."""
    detail = text_of(detail) if isinstance(detail, BaseException) else detail
    if isinstance(detail, Message):
        return detail
    line = " ".join(str(detail).split())
    return line if len(line) <= _LONGEST_DETAIL else line[: _LONGEST_DETAIL - 1] + "…"


def cut_off_frames(held: int, promised: int) -> str:
    """Say that a file holds fewer whole frames than it promises."""
    return message(
        "is cut off: {held} of the {promised} frames that it promises are there. Export it again from its source.",
        held=held,
        promised=promised,
    )


def cut_off_planes(held: int, promised: int) -> str:
    """Say that a file holds fewer whole planes than it promises."""
    return message(
        "is cut off: {held} of the {promised} planes that it promises are there. Export it again from its source.",
        held=held,
        promised=promised,
    )


def more_frames(held: int, promised: int) -> str:
    """Say that a file holds more whole frames than it speaks of, and that all are images."""
    return message(
        "holds {held} frames, though it speaks of {promised}. All of them are images.", held=held, promised=promised
    )


def cut_off(held: int) -> str:
    """Say that a file ends before its end, and how many frames of it are there."""
    return message_n(
        "is cut off: {count:,} frame is there. Export it again from its source.",
        "is cut off: {count:,} frames are there. Export it again from its source.",
        count=held,
    )


def breaks_off(held: int) -> str:
    """Say that the list of a file's pages ends in a place that is not there; nobody knows how many more there were."""
    return message(
        "is cut off: the list of its pages breaks off after page {held:,}. Export it again from its source.", held=held
    )


def unsupported(form: str, detail: object) -> str:
    """Say that a file is whole, but of a kind of its format that is not read; `detail` says which."""
    return message(
        "is a {form} file of a kind that is not read here ({detail}). Export it as plain {form}, or as PNG.",
        form=form,
        detail=detail,
    )


@contextmanager
def translated_errors(path: Path, *, details: bool = True) -> Iterator[None]:
    """Turn whatever a decoder raises into an `ImageReadError` for `path`.

    Without `details` what the decoder said is left out: it may quote what the file holds.
    """
    try:
        yield
    except ImageReadError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageReadError(path, TOO_LARGE) from error
    except MemoryError as error:
        raise ImageReadError(path, _NO_MEMORY) from error
    except UnidentifiedImageError as error:
        raise ImageReadError(path, UNKNOWN_FORMAT) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise ImageReadError(path, describe_os_error(error)) from error
        said = str(error).lower()
        if isinstance(error, NotImplementedError) or "unsupported" in said or "not supported" in said:
            raise ImageReadError(path, _of_another_kind(error if details else "")) from error
        # Decoders raise many types (OSError, SyntaxError, ValueError, struct.error, ...) on damaged data.
        raise ImageReadError(path, damaged(error if details else "")) from error
