"""A project's images with their final labels and regions, as programs for annotation take them; the registry of those.

Needs neither torch nor Qt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.errors import ImageReadError
from model.exports.project_contents import ProjectContents, ResultRow
from model.exports.results_table import write_whole_text
from model.images.reading import image_size
from model.progress import CancelToken
from model.registry import Registry
from model.types import Region


@dataclass(frozen=True)
class LabelledImage:
    """One image with what is said of it.

    size: (width, height) in pixels as displayed
    class_id: the final label: a person's word before the prediction; None for none of the bins
    reader: who said so; "" where it is predicted
    predicted, confidence: class and probability by the classifier; None where it said nothing
    box: the region of the predicted class where the final label is that class, else the whole image, since a region
        that was found for another class shows nothing of this one
    """

    path: Path
    size: tuple[int, int]
    class_id: str | None
    reader: str
    predicted: str | None
    confidence: float | None
    box: Region


Document = Callable[[ProjectContents, Sequence[LabelledImage]], object]
"""Returns what a format writes as JSON; raises `UsageError` where the images do not fit into it."""

ANNOTATIONS: Registry[Document] = Registry("model.exports.annotations", "fewshot.annotations")


def labelled_images(project: ProjectContents, token: CancelToken) -> tuple[list[LabelledImage], list[Path]]:
    """Return the images that have a final label, and those left out: without any, or whose size cannot be read.

    Raises `CancelledError` when `token` is cancelled.
    """
    images, left_out = [], []
    for row in project.results:
        token.raise_if_cancelled()
        if row.label is None and row.class_id is None:
            left_out.append(row.path)
            continue
        try:
            images.append(_labelled(row, image_size(row.path)))
        except ImageReadError:
            left_out.append(row.path)
    return images, left_out


def write_annotations(path: Path, document: object) -> None:
    """Write a JSON file whole, or fail and leave the one that is there. Raises `FewShotError`."""
    write_whole_text(path, lambda file: file.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n"))


def _labelled(row: ResultRow, size: tuple[int, int]) -> LabelledImage:
    said = row.label
    final = row.class_id if said is None else said.class_id
    box = row.region if row.region is not None and final == row.class_id else Region(0, 0, *size)
    confidence = None if row.class_id is None else row.scores.get(row.class_id)
    return LabelledImage(row.path, size, final, said.reader if said else "", row.class_id, confidence, box)
