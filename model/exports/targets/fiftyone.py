"""FiftyOne: a folder with where the images are, their classes and their regions.

https://docs.voxel51.com/user_guide/import_datasets.html, FiftyOneImageClassificationDataset and
FiftyOneImageDetectionDataset. Images are not copied: `data.json` says where each of them is.
Labels are names, and so there are no `classes`, of which they would be numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.exports.exporter import EXPORTS, Exporter, ExportOptions, Place, Written
from model.exports.folders import make_empty
from model.exports.labelled_images import LabelledImage, as_json, labelled_images
from model.exports.project_contents import ProjectContents
from model.exports.results_table import write_text
from model.images.items import split_item
from model.images.scan import readable_text
from model.messages import message, message_n
from model.progress import CancelToken, ProgressCallback


class FiftyOne(Exporter):
    """A folder of three files: `data.json`, `labels.json` (classes) and `regions.json` (boxes)."""

    name = "fiftyone"
    order = 23
    label: str = message("FiftyOne data set")
    read_by: str = message("FiftyOne, as FiftyOneImageClassificationDataset and, for regions, …DetectionDataset")
    place = Place.FOLDER

    def write(
        self,
        project: ProjectContents,
        target: Path | None,
        options: ExportOptions,
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Write the files into a new or empty folder. See `Exporter.write`.

        Pages, frames and tiles are left out, since FiftyOne reads whole files. Where names are hidden there is no
        `data.json`.
        """
        folder = self.given(target)
        make_empty(folder)
        found, left_out = labelled_images(project, options, progress, token)
        images = {f"{number:06}": one for number, one in enumerate(found, 1) if not split_item(one.path).part}
        if options.names_hidden:
            images = {one.name: one for one in images.values()}
        parts = len(found) - len(images)
        files: dict[str, object] = {
            "labels.json": {"labels": {key: _label(project, one) for key, one in images.items()}},
            "regions.json": {"labels": {key: _boxes(project, one) for key, one in images.items()}},
        }
        remarks: list[str] = []
        if options.names_hidden:
            remarks.append(message("There is no data.json, which would say where the images are."))
        else:
            files["data.json"] = {key: readable_text(one.path) for key, one in images.items()}
        if parts:
            remarks.append(
                message_n(
                    "{count} page, frame or tile is left out: FiftyOne reads whole files.",
                    "{count} pages, frames or tiles are left out: FiftyOne reads whole files.",
                    count=parts,
                )
            )
        for name, content in files.items():
            write_text(folder / name, as_json(content))
        first = left_out[0] if left_out else None
        return Written(len(files), len(images), len(left_out) + parts, (), tuple(remarks), first)


def _label(project: ProjectContents, one: LabelledImage) -> dict[str, Any] | None:
    """Return the class of an image; None for none of the bins."""
    if one.class_id is None:
        return None
    made: dict[str, Any] = {"label": project.names[one.class_id]}
    if one.confidence is not None and one.class_id == one.predicted:
        made["confidence"] = one.confidence
    return made | {"attributes": {"labelled_by": one.reader}}


def _boxes(project: ProjectContents, one: LabelledImage) -> list[dict[str, Any]]:
    """Return the region, in shares of the image's sides, where there is one of the final label."""
    if one.class_id is None or not one.has_region:
        return []
    (width, height), box = one.size, one.box
    sides = [box.x / width, box.y / height, box.width / width, box.height / height]
    made: dict[str, Any] = {"label": project.names[one.class_id], "bounding_box": sides}
    return [made | ({} if one.confidence is None else {"confidence": one.confidence})]


EXPORTS.register(FiftyOne.name, FiftyOne())
