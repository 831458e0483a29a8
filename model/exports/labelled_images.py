"""A project's images with their final labels and regions, as programs for annotation take them.

Needs neither torch nor Qt.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model.errors import ImageReadError
from model.exports.exporter import Exporter, ExportOptions, Written, names_of
from model.exports.project_contents import ProjectContents, ResultRow
from model.exports.results_table import write_text
from model.images.reading import image_size
from model.messages import message
from model.progress import CancelToken, ProgressCallback, reported
from model.types import Region, Status


@dataclass(frozen=True)
class LabelledImage:
    """One image with what is said of it.

    name: the path as a text or, where names are hidden, a number
    size: (width, height) in pixels as displayed
    class_id: the final label: a person's word before the prediction; None for none of the bins, as an image has it that
        is unlike every bin and of which nobody said anything
    reader: who said so; "" where it is predicted
    predicted, confidence: class and probability by the classifier; None where it said nothing, or unlike every bin
    box: the region of the predicted class where the final label is that class, else the whole image, since a region
        that was found for another class shows nothing of this one
    has_region: whether `box` is a region
    """

    path: Path
    name: str
    size: tuple[int, int]
    class_id: str | None
    reader: str
    predicted: str | None
    confidence: float | None
    box: Region
    has_region: bool


class Annotations(Exporter):
    """An exporter of one file made of all labelled images at once."""

    @abstractmethod
    def text(self, project: ProjectContents, images: Sequence[LabelledImage]) -> str:
        """Return the file's content; raises `UsageError` where the images do not fit into it."""

    def write(
        self,
        project: ProjectContents,
        target: Path | None,
        options: ExportOptions,
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Write the file. See `Exporter.write`."""
        place = self.given(target)
        images, left_out = labelled_images(project, options, progress, token)
        write_text(place, self.text(project, images))
        return Written(1, len(images), len(left_out), first_left_out=left_out[0] if left_out else None)


def labelled_images(
    project: ProjectContents, options: ExportOptions, progress: ProgressCallback, token: CancelToken
) -> tuple[list[LabelledImage], list[Path]]:
    """Return the images that have a final label, and those left out: without any, or whose size cannot be read.

    Raises `Cancelled` when `token` is cancelled.
    """
    images, left_out = [], []
    name = names_of(project, options)
    for row in reported(project.results, message("Reading images"), progress, token):
        if row.label is None and row.class_id is None:
            left_out.append(row.path)
            continue
        try:
            images.append(_labelled(row, name(row.path), image_size(row.path)))
        except ImageReadError:
            left_out.append(row.path)
    return images, left_out


def as_json(document: object) -> str:
    """Return the text of a JSON file."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _labelled(row: ResultRow, name: str, size: tuple[int, int]) -> LabelledImage:
    said = row.label
    predicted = row.class_id if row.status is Status.OK else None  # of an image unlike every bin it is the nearest
    final = predicted if said is None else said.class_id
    has_region = row.region is not None and final is not None and final == predicted
    box = row.region if has_region and row.region is not None else Region(0, 0, *size)
    reader = said.reader if said else ""
    confidence = None if predicted is None else row.confidence
    return LabelledImage(row.path, name, size, final, reader, predicted, confidence, box, has_region)
