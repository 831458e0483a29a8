"""Groups: which images belong together (one patient, slide, burst or file), by a rule.

Images of one group resemble each other more than other images of their class. Where they take part on both sides of
leave-one-out, or of an episode, accuracy is estimated too high.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import ImageReadError, UsageError
from model.images.items import source_file
from model.images.reading import subject
from model.images.scan import readable_text
from model.messages import message, os_reason
from model.progress import CancelToken

if TYPE_CHECKING:
    from torch import Tensor

    from model.features.maps import ImageFeatures

NEAR_COSINE = 0.95
"""Cosine, of the coarse view and of the layout view, from which two images of one class are near-duplicates."""

NEAR_SHARE = 0.1
"""Their 1 - cosine is at most this share of the median over all pairs, too: some kinds of image, and some backbones,
have all images alike. In six sets these two join none of 43,550 pairs of one class that are of different groups; the
first would be joined from 0.12 to 0.14."""

Key = tuple[str, str]
"""What an image's group is told by, and its value there."""

_LISTS = (".json", ".csv")


class By(StrEnum):
    """What groups are told by; the first five are words of a rule."""

    AUTO = "auto"  # DICOM ids, frames and pages of one file, near-duplicates
    NONE = "none"
    FOLDER = "folder"
    FILE = "file"
    DICOM = "dicom"
    NAME = "name"
    LIST = "list"


@dataclass(frozen=True)
class GroupRule:
    """A rule by which images have groups.

    roots: folders that paths are relative to
    pattern: with `By.NAME`, what is searched in the path relative to its root; its first group, or all of the match
    listed: with `By.LIST`, the group by absolute path
    """

    by: By = By.AUTO
    roots: tuple[Path, ...] = ()
    pattern: re.Pattern[str] | None = None
    listed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str, roots: Iterable[Path] = ()) -> GroupRule:
        """Read a rule: a word, a list (JSON or CSV, path and group), or a regular expression. Raises `UsageError`."""
        folders = tuple(roots)
        if text in (By.AUTO, By.NONE, By.FOLDER, By.FILE, By.DICOM):
            return cls(By(text), folders)
        if text.lower().endswith(_LISTS):
            return cls(By.LIST, folders, listed=_read_list(Path(text), folders))
        try:
            return cls(By.NAME, folders, re.compile(text))
        except re.error as error:
            raise UsageError(
                message(
                    "{text!r} is neither auto, none, folder, file, dicom, a list (.json, .csv) nor a regular "
                    "expression: {error}.",
                    text=text,
                    error=error,
                )
            ) from error

    def keys(self, paths: Sequence[Path], token: CancelToken | None = None) -> list[Key]:
        """Return the key of each image's group; images that the rule does not tell have that of their file.

        Raises `Cancelled`, where files are read.
        """
        if self.by is By.NONE:
            return [("image", str(path)) for path in paths]
        return [
            ("file", str(source_file(path))) if value is None else (str(self.by), value)
            for path, value in zip(paths, self._told(paths, token), strict=True)
        ]

    def _told(self, paths: Sequence[Path], token: CancelToken | None) -> list[str | None]:
        match self.by:
            case By.FOLDER:
                return self._folders(paths)
            case By.NAME:
                return self._names(paths)
            case By.LIST:
                return self._listed(paths)
            case By.FILE:
                return [None] * len(paths)
            case _:
                return _subjects(paths, token)

    def _folders(self, paths: Sequence[Path]) -> list[str | None]:
        """The folder; None for an image right in its root."""
        parents = [(_relative(path, self.roots) or path).parent for path in paths]
        return [None if self.roots and parent == Path() else readable_text(parent) for parent in parents]

    def _names(self, paths: Sequence[Path]) -> list[str | None]:
        assert self.pattern is not None
        found = [self.pattern.search((_relative(path, self.roots) or Path(path.name)).as_posix()) for path in paths]
        wanted = min(1, self.pattern.groups)
        return [None if match is None or match[wanted] is None else readable_text(match[wanted]) for match in found]

    def _listed(self, paths: Sequence[Path]) -> list[str | None]:
        return [self.listed.get(os.path.abspath(path), self.listed.get(_file_of(path))) for path in paths]


AUTO = GroupRule()


def group_numbers(paths: Sequence[Path], rule: GroupRule, features: ImageFeatures, labels: Tensor) -> Tensor:
    """Return a number for each of n images with int64 labels (n,), the same for images of one group: int64 (n,)."""
    import torch

    known: dict[Key, int] = {}
    numbers = torch.tensor([known.setdefault(key, len(known)) for key in rule.keys(paths)], dtype=torch.int64)
    if rule.by is By.AUTO:
        for one, other in near_duplicates(features, labels).tolist():
            numbers[numbers == numbers[other]] = int(numbers[one])
    return numbers


def near_duplicates(features: ImageFeatures, labels: Tensor) -> Tensor:
    """Return the pairs of images of one class that are nearly the same picture: int64 (pairs, 2).

    Pairs of different classes are none, however alike: there the label says that the difference matters.
    """
    import torch

    near = torch.triu(labels[:, None] == labels, 1)
    for vectors in (features.coarse, features.layout.flatten(1)):
        distances = 1 - vectors @ vectors.T
        rows, columns = torch.triu_indices(len(labels), len(labels), 1)
        typical = float(distances[rows, columns].median()) if len(rows) else 0.0
        near &= distances <= min(1 - NEAR_COSINE, NEAR_SHARE * typical)
    return near.nonzero()


def case_names(paths: Sequence[Path], rule: GroupRule, token: CancelToken | None = None) -> list[str]:
    """Return each image's group as a text to show; patients and studies of DICOM files are numbered, never named.

    Raises `Cancelled`.
    """
    numbers: dict[str, int] = {}
    return [
        f"case {numbers.setdefault(value, len(numbers) + 1)}" if by in (By.AUTO, By.DICOM) else value
        for by, value in rule.keys(paths, token)
    ]


def _subjects(paths: Sequence[Path], token: CancelToken | None) -> list[str | None]:
    """The patient of each DICOM file, else its study, as a hash.

    Where all files have the same patient but studies differ, that is what a program wrote in the place of names.
    """
    found: dict[str, tuple[str, str]] = {}
    for file in {_file_of(path): source_file(path) for path in paths}.items():
        if token is not None:
            token.raise_if_cancelled()
        try:
            found[file[0]] = subject(file[1])
        except ImageReadError:  # whoever embeds it says why
            found[file[0]] = ("", "")
    patients, studies = ({pair[at] for pair in found.values() if pair[at]} for at in (0, 1))
    nameless = len(patients) == 1 and len(studies) > 1
    values = [found[_file_of(path)] for path in paths]
    return [(study if nameless else patient or study) or None for patient, study in values]


def _relative(path: Path, roots: Iterable[Path]) -> Path | None:
    return next((path.relative_to(root) for root in roots if path.is_relative_to(root)), None)


def _file_of(path: Path) -> str:
    return os.path.abspath(source_file(path))


def _read_list(path: Path, roots: Sequence[Path]) -> dict[str, str]:
    """Paths of a list may be absolute, or relative to its folder, to a root or to the folder that a root lies in."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        pairs = list(_pairs_of_json(json.loads(text)) if path.suffix.lower() == ".json" else _pairs_of_csv(text))
    except OSError as error:
        raise UsageError(
            message("The list of groups {path} cannot be read: {error}.", path=path, error=os_reason(error))
        ) from error
    except (ValueError, csv.Error, RecursionError) as error:
        raise UsageError(
            message(
                "{path} is no list of groups: it has to hold {path: group}, or rows of a path and a group.", path=path
            )
        ) from error
    bases = dict.fromkeys((*(root.parent for root in roots), *roots, path.parent))
    return {os.path.abspath(base / name): group for base in bases for name, group in pairs}


def _pairs_of_json(content: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    if not isinstance(content, dict) or not all(isinstance(value, str | int) for value in content.values()):
        raise ValueError(message("no object of texts"))
    yield from ((name, str(value)) for name, value in content.items())


def _pairs_of_csv(text: str) -> Iterator[tuple[str, str]]:
    for row in csv.reader(text.splitlines()):
        if len(row) < 2:
            raise ValueError(message("a row of less than two cells"))
        yield row[0], row[1]
