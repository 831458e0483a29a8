"""What a safetensors file says it holds, judged before anything is allocated: a classifier may come from anyone.

The file is 8 bytes (the header's length), the header (JSON: name -> dtype, shape, place) and the numbers.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from model.errors import CheckpointError

MOST_BYTES = 2 * 2**30
"""Of a classifier's tensors: the largest backbones that travel with one take less."""

MOST_EXAMPLES = 1_000_000
MOST_CLASSES = 10_000
LONGEST_NAME = 1_000
"""Characters of a class's name; a folder's has at most 255."""

_MOST_HEADER_BYTES = 8 * 2**20
_LENGTH_BYTES = 8
_METADATA = "__metadata__"
_ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}

Shape = tuple[int, ...]


class Declared(NamedTuple):
    """One tensor as the header has it: dtype as safetensors names it, and shape."""

    dtype: str
    shape: Shape


def declared_tensors(path: Path) -> dict[str, Declared]:
    """Read the header alone; every shape is covered by bytes that are there.

    Raises `CheckpointError` where the header is damaged, too large, names a tensor twice, or does
    not fit the file's size, and `OSError`.
    """
    size = os.stat(path).st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if size > MOST_BYTES or not 0 < length <= min(_MOST_HEADER_BYTES, size - _LENGTH_BYTES):
            raise _damaged(path, "its size is impossible")
        raw = file.read(length)
    try:
        header = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "its header cannot be read") from error
    if not isinstance(header, dict):
        raise _damaged(path, "its header is no table")
    header.pop(_METADATA, None)
    tensors = {name: _declared(path, entry) for name, entry in header.items()}
    told = sum(math.prod(one.shape) * _ITEM_BYTES[one.dtype] for one in tensors.values())
    if told != size - _LENGTH_BYTES - length:
        raise _damaged(path, "its header does not fit its size")
    return tensors


def check_declared(path: Path, declared: Mapping[str, Declared], expected: Mapping[str, Declared]) -> None:
    """Raise `CheckpointError` unless these tensors are declared, and no others."""
    for name, want in expected.items():
        if declared.get(name) != want:
            raise _damaged(path, f"{name} is not {want.shape} numbers of type {want.dtype}")
    strange = declared.keys() - expected.keys()
    if strange:
        raise _damaged(path, f"{len(strange)} of its tensors are unknown")


def check_class_names(names: object) -> tuple[str, ...]:
    """Return the names where they can be a classifier's; raises `ValueError` with the reason.

    Any script, line breaks, direction marks and markup are fine: names are shown as plain text.
    """
    if not isinstance(names, list | tuple) or not 0 < len(names) <= MOST_CLASSES:
        raise ValueError("the classes are missing or too many")
    for name in names:
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            raise ValueError("a class has no name or one that is too long")
        if any(_is_unprintable(char) for char in name):
            raise ValueError(f"the class name {name[:40]!a} holds control characters")
    if len(set(names)) < len(names):
        raise ValueError("two classes have the same name")
    return tuple(names)


def _is_unprintable(char: str) -> bool:
    """Control characters that are no white space, and halves of surrogate pairs, which no file can hold."""
    return (char < " " or "\x7f" <= char < "\xa0" or "\ud800" <= char <= "\udfff") and not char.isspace()


def _declared(path: Path, entry: object) -> Declared:
    match entry:
        case {"dtype": str(dtype), "shape": list(shape)} if dtype in _ITEM_BYTES:
            if all(type(length) is int and 0 <= length <= MOST_BYTES for length in shape) and len(shape) <= 8:
                return Declared(dtype, tuple(shape))
    raise _damaged(path, "its header describes no tensors")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice")
    return found


def _damaged(path: Path, reason: str) -> CheckpointError:
    return CheckpointError(f"{path} is damaged: {reason}. Train again or use a copy.")
