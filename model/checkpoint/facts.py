"""The facts of a saved classifier: its JSON file, with class names, backbone and the tensors' hash."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import astuple
from typing import Any, NamedTuple

from model.errors import CheckpointError
from model.features.view import VIEWS
from model.images.colour import WHITE, Colour
from model.images.greys import AS_THE_FILE_SAYS, GreyRange, Greys
from model.images.rendering import Rendering
from model.images.roi import Roi
from model.messages import message

FORMAT = "fewshot-classifier"
VERSION = 6
WITH_ROI = 7
"""The version of classifiers with a region of interest: an older Fewshot, which would look elsewhere, refuses them."""

MOST_BYTES = 32 * 2**20
MOST_CLASSES = 10_000
LONGEST_NAME = 1_000
"""Most characters of a class's name; a folder's name has at most 255."""

BUILT_IN_VIEWS = ("coarse", "semantic", "fine", "layout", "texture")
"""The views of a classifier whose file lists none."""

_MOST_VIEWS = 100


class Facts(NamedTuple):
    """The content of the file; `tensors_sha256` is the hexadecimal digest of the file of tensors."""

    class_names: tuple[str, ...]
    backbone: str
    backbone_fingerprint: str
    rendering: Rendering
    view_names: tuple[str, ...]
    tensors_sha256: str


def to_bytes(facts: Facts) -> bytes:
    """Return the file's content; raises `ValueError` for class names that `check_class_names` refuses."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION if facts.rendering.roi is None else WITH_ROI,
        "class_names": check_class_names(facts.class_names),
        "backbone": facts.backbone,
        "backbone_fingerprint": facts.backbone_fingerprint,
        "ground": facts.rendering.ground,
    }
    if (greys := facts.rendering.greys) != AS_THE_FILE_SAYS:
        content["greys"] = {"range": greys.range.value, "low": greys.low, "high": greys.high}
    if (roi := facts.rendering.roi) is not None:
        content["roi"] = astuple(roi)
    if facts.view_names != BUILT_IN_VIEWS:
        content["views"] = facts.view_names
    content["tensors_sha256"] = facts.tensors_sha256
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def from_bytes(raw: bytes, place: str, file: str) -> Facts:
    """Read the file's content; errors name the classifier, `place`, and its `file`. Raises `CheckpointError`."""
    try:
        content = json.loads(raw.decode("utf-8")) if len(raw) <= MOST_BYTES else None
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            message("{file} cannot be read ({error}). Train again or use a copy.", file=file, error=error)
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("version"), int):
        raise CheckpointError(message("{file} does not describe a Fewshot classifier.", file=file))
    if content["version"] > WITH_ROI:
        raise CheckpointError(message("{place} was saved by a newer Fewshot. Update Fewshot to use it.", place=place))
    if content["version"] < VERSION:
        raise CheckpointError(
            message("{place} was saved by an older Fewshot and lacks a view. Train again.", place=place)
        )
    try:
        class_names = check_class_names(content.get("class_names"))
    except ValueError as error:
        raise CheckpointError(
            message("{file} is damaged: {error}. Train again or use a copy.", file=file, error=error)
        ) from error
    backbone, fingerprint = content.get("backbone"), content.get("backbone_fingerprint")
    if not isinstance(backbone, str) or not isinstance(fingerprint, str):
        raise CheckpointError(message("{file} lacks the backbone. Train again or use a copy.", file=file))
    return Facts(
        class_names,
        backbone,
        fingerprint,
        Rendering(_ground(content, file), _greys(content, file), _roi(content, file)),
        _view_names(content, place, file),
        str(content.get("tensors_sha256")),
    )


def check_class_names(names: object) -> tuple[str, ...]:
    """Return the names as a tuple; raises `ValueError`, with the reason, where a classifier cannot have them.

    Any script, line breaks, direction marks and markup are allowed: names are shown as plain text.
    """
    if not isinstance(names, list | tuple) or not 0 < len(names) <= MOST_CLASSES:
        raise ValueError(message("the classes are missing or too many"))
    for name in names:
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            raise ValueError(message("a class has no name or one that is too long"))
        if any(_is_unprintable(char) for char in name):
            raise ValueError(message("the class name {name} holds control characters", name=ascii(name[:40])))
    if len(set(names)) < len(names):
        raise ValueError(message("two classes have the same name"))
    return tuple(names)


def _is_unprintable(char: str) -> bool:
    """Whether `char` is a control character that is no white space, or half of a surrogate pair."""
    return (char < " " or "\x7f" <= char < "\xa0" or "\ud800" <= char <= "\udfff") and not char.isspace()


def _ground(content: dict[str, Any], file: str) -> Colour:
    match content.get("ground", list(WHITE)):  # older classifiers have no entry
        case [int(red), int(green), int(blue)] if all(0 <= part <= 255 for part in (red, green, blue)):
            return red, green, blue
    raise CheckpointError(
        message(
            "{file} is damaged: its ground is not a colour (three numbers from 0 to 255). Train again or use a copy.",
            file=file,
        )
    )


def _greys(content: dict[str, Any], file: str) -> Greys:
    match content.get("greys"):
        case None:
            return AS_THE_FILE_SAYS
        case {"range": str(name), "low": int() | float() as low, "high": int() | float() as high}:
            if name in set(GreyRange) and math.isfinite(low) and math.isfinite(high):
                with suppress(ValueError):
                    return Greys(GreyRange(name), float(low), float(high))
    raise CheckpointError(
        message("{file} is damaged: its range of greys cannot be. Train again or use a copy.", file=file)
    )


def _roi(content: dict[str, Any], file: str) -> Roi | None:
    if content["version"] < WITH_ROI and "roi" not in content:
        return None
    match content.get("roi"):
        case [int() | float(), int() | float(), int() | float(), int() | float()] as values:
            with suppress(ValueError, OverflowError):
                return Roi(*(float(value) for value in values))
    raise CheckpointError(
        message("{file} is damaged: its region of interest cannot be. Train again or use a copy.", file=file)
    )


def _view_names(content: dict[str, Any], place: str, file: str) -> tuple[str, ...]:
    names = content.get("views", list(BUILT_IN_VIEWS))
    if not isinstance(names, list) or not 1 < len(names) <= _MOST_VIEWS or len({str(n) for n in names}) < len(names):
        raise CheckpointError(
            message("{file} is damaged: its list of views is not valid. Train again or use a copy.", file=file)
        )
    for name in names:
        if not isinstance(name, str) or VIEWS.get(name) is None:
            raise CheckpointError(
                message(
                    "{place} needs the view {view}, which is not installed here.",
                    place=place,
                    view=ascii(str(name)[:40]),
                )
            )
    return tuple(names)
