"""What can be wrong with a file, in one clear line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from model.errors import ImageReadError

MAX_PIXELS = 400_000_000
"""Larger images are refused: decoding one would take more than 1.2 GB (guards against bombs)."""

TOO_LARGE = f"has more than {MAX_PIXELS:,} pixels. Export a smaller copy."
MODEST_PIXELS = 64_000_000
"""What a thread of the program itself decodes at most: larger images take gigabytes while they are converted."""

TOO_MANY_VALUES = f"has more than {MODEST_PIXELS:,} pixels: it is shown as it is classified, without its values."
EMPTY = "is empty (0 bytes). Export it again from its source."
UNKNOWN_FORMAT = "is not an image in a known format. Convert it to PNG, JPEG or TIFF."
_NO_MEMORY = "does not fit into this machine's memory. Export a smaller copy."
_LONGEST_DETAIL = 120  # characters


def describe_os_error(error: OSError | ValueError) -> str:
    """Say in one sentence why a file could not be opened and what to do about it."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file. Check its path, or put it back."
    if isinstance(error, PermissionError):
        return "the file may not be read. Check its permissions."
    return f"the file cannot be read: {getattr(error, 'strerror', None) or error}."


def no_such_part(number: int, count: int, name: str = "page") -> str:
    """Say that a file has no page, or other part, of this number."""
    return f"has no {name} {number}: there {'is' if count == 1 else 'are'} {count}."


def damaged(detail: object = "") -> str:
    """Say that a file's content makes no sense; `detail` is what the reader said of it."""
    return f"is damaged or cut off{_in_brackets(detail)}. Export it again from its source."


def _of_another_kind(detail: object) -> str:
    return f"is of a kind of its format that is not read here{_in_brackets(detail)}. Convert it to PNG."


def _in_brackets(detail: object) -> str:
    line = " ".join(str(detail).split())
    line = line if len(line) <= _LONGEST_DETAIL else line[: _LONGEST_DETAIL - 1] + "…"
    return f" ({line})" if line else ""


def cut_off_frames(held: int, promised: int, name: str = "frames") -> str:
    """Say that a file holds fewer whole frames, or other parts, than it promises."""
    return f"is cut off: {held} of the {promised} {name} that it promises are there. Export it again from its source."


def more_frames(held: int, promised: int) -> str:
    """Say that a file holds more whole frames than it speaks of, and that all are images."""
    return f"holds {held} frames, though it speaks of {promised}. All of them are images."


def cut_off(held: int) -> str:
    """Say that a file ends before its end, and how many frames of it are there."""
    frames = "1 frame is" if held == 1 else f"{held:,} frames are"
    return f"is cut off: {frames} there. Export it again from its source."


def breaks_off(held: int) -> str:
    """Say that the list of a file's pages ends in a place that is not there; nobody knows how many more there were."""
    pages = "page 1" if held == 1 else f"page {held:,}"
    return f"is cut off: the list of its pages breaks off after {pages}. Export it again from its source."


def unsupported(form: str, detail: object) -> str:
    """Say that a file is whole, but of a kind of its format that is not read; `detail` says which."""
    return f"is a {form} file of a kind that is not read here ({detail}). Export it as plain {form}, or as PNG."


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
