"""COCO: the final label as category, the region as box. https://cocodataset.org/#format-data"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.exports.exporter import EXPORTS
from model.exports.labelled_images import Annotations, LabelledImage, as_json
from model.exports.project_contents import ProjectContents
from model.messages import message


class Coco(Annotations):
    """One JSON file."""

    name = "coco"
    order = 20
    label: str = message("COCO annotations")
    read_by: str = message("pycocotools, Detectron2, MMDetection and most programs of annotation")
    endings = (".json", ".geojson")

    def text(self, project: ProjectContents, images: Sequence[LabelledImage]) -> str:
        """Return the document. See `Annotations.text`."""
        return as_json(document(project, images))


def document(project: ProjectContents, images: Sequence[LabelledImage]) -> dict[str, Any]:
    """Return images, categories and one annotation for each image of a bin; ids count from 1.

    `score` is the confidence, left out where a person said something else than was predicted.
    """
    numbers = {class_id: number for number, class_id in enumerate(project.names, 1)}
    boxes: list[dict[str, Any]] = []
    for number, one in enumerate(images, 1):
        if one.class_id is None:
            continue
        box = one.box
        made: dict[str, Any] = {
            "id": len(boxes) + 1,
            "image_id": number,
            "category_id": numbers[one.class_id],
            "bbox": [box.x, box.y, box.width, box.height],
            "area": box.width * box.height,
            "iscrowd": 0,
            "segmentation": [],
            "labelled_by": one.reader,
        }
        if one.confidence is not None and one.class_id == one.predicted:
            made["score"] = one.confidence
        boxes.append(made)
    return {
        "info": {"description": "Final labels by Fewshot", "version": project.identity},
        "images": [
            {"id": number, "file_name": one.name, "width": one.size[0], "height": one.size[1]}
            for number, one in enumerate(images, 1)
        ],
        "categories": [{"id": number, "name": project.names[class_id]} for class_id, number in numbers.items()],
        "annotations": boxes,
    }


EXPORTS.register(Coco.name, Coco())
