"""Coded concepts of classes, from a CSV file with the columns class, value, scheme and meaning."""

from __future__ import annotations

import csv
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from model.errors import UsageError
from model.messages import message, os_reason

SCHEME = "99FEWSHOT"
"""Our coding scheme; 99 marks private ones (PS3.16, 8.2)."""

_COLUMNS = ("class", "value", "scheme", "meaning")
_LONGEST = {"value": 16, "scheme": 16, "meaning": 64}  # characters of SH and LO


class Coded(NamedTuple):
    """A coded concept."""

    value: str
    scheme: str
    meaning: str


def read_codes(path: Path, classes: tuple[str, ...]) -> tuple[dict[str, Coded], list[str]]:
    """Return the codes by class, and the classes of the file that are none of `classes`. Raises `UsageError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except OSError as error:
        raise UsageError(message("{path} cannot be read: {error}.", path=path, error=os_reason(error))) from error
    except (ValueError, csv.Error) as error:
        raise UsageError(message("{path} is no CSV file in UTF-8 ({error}).", path=path, error=error)) from error
    codes: dict[str, Coded] = {}
    for number, row in enumerate(rows, 2):
        found = {name: (row.get(name) or "").strip() for name in _COLUMNS}
        lacking = [name for name in _COLUMNS if not found[name]]
        if lacking:
            raise UsageError(
                message(
                    "{path}, line {number}: {names} is missing. Its columns are class, value, scheme and meaning.",
                    path=path, number=number, names=", ".join(lacking),
                )
            )  # fmt: skip
        for name, most in _LONGEST.items():
            if len(found[name]) > most or "\\" in found[name]:
                raise UsageError(
                    message(
                        "{path}, line {number}: {name} has at most {most} characters and no backslash.",
                        path=path, number=number, name=name, most=most,
                    )
                )  # fmt: skip
        if found["class"] in codes:
            raise UsageError(
                message(
                    "{path}, line {number}: {name} has a code already.", path=path, number=number, name=found["class"]
                )
            )
        codes[found["class"]] = Coded(found["value"], found["scheme"], found["meaning"])
    return codes, [name for name in codes if name not in classes]


def code_of(name: str) -> Coded:
    """Return our own code of a class: the same for the same name, in all projects."""
    value = "C" + sha256(name.encode(errors="backslashreplace")).hexdigest()[:15]
    return Coded(value, SCHEME, plain(name) or "?")


def plain(text: str, most: int = 64) -> str:
    """Return a text as DICOM's short texts can hold it: printable, no backslash, at most `most` characters."""
    return "".join(char if char.isprintable() else " " for char in text.replace("\\", "/")).strip()[:most].strip()
