"""Label Studio: tasks with what was predicted and what people said. https://labelstud.io/guide/predictions"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.exports.exporter import EXPORTS
from model.exports.labelled_images import Annotations, LabelledImage, as_json
from model.exports.project_contents import ProjectContents
from model.messages import message

_PLACE = {"to_name": "image"}


class LabelStudio(Annotations):
    """One JSON file of tasks."""

    name = "label-studio"
    order = 22
    label: str = message("Label Studio tasks")
    read_by: str = message("Label Studio, by Import; it needs Choices “class” and RectangleLabels “region”")
    endings = (".json", ".geojson")

    def text(self, project: ProjectContents, images: Sequence[LabelledImage]) -> str:
        """Return the tasks. See `Annotations.text`."""
        return as_json(document(project, images))


def document(project: ProjectContents, images: Sequence[LabelledImage]) -> list[dict[str, Any]]:
    """Return one task for each image; the configuration needs Choices `class` and RectangleLabels `region` of `image`.

    The box goes with the prediction only where the final label is that class. Boxes are in percent of the image.
    """
    return [_task(project, one) for one in images]


def _task(project: ProjectContents, one: LabelledImage) -> dict[str, Any]:
    task: dict[str, Any] = {"data": {"image": one.name}, "predictions": [], "annotations": []}
    if one.predicted is not None:
        name = project.names[one.predicted]
        found = [_choice(name)]
        if one.class_id == one.predicted:
            found.append(_box(name, one))
        task["predictions"].append({"model_version": project.identity, "score": one.confidence, "result": found})
    if one.reader:
        said = [] if one.class_id is None else [_choice(project.names[one.class_id])]
        task["annotations"].append({"result": said, "was_cancelled": False})
        task["data"]["labelled_by"] = one.reader
    return task


def _choice(name: str) -> dict[str, Any]:
    return {"from_name": "class", **_PLACE, "type": "choices", "value": {"choices": [name]}}


def _box(name: str, one: LabelledImage) -> dict[str, Any]:
    (width, height), box = one.size, one.box
    value = {
        "x": 100 * box.x / width,
        "y": 100 * box.y / height,
        "width": 100 * box.width / width,
        "height": 100 * box.height / height,
        "rotation": 0,
        "rectanglelabels": [name],
    }
    sizes = {"original_width": width, "original_height": height, "image_rotation": 0}
    return {"from_name": "region", **_PLACE, "type": "rectanglelabels", **sizes, "value": value}


EXPORTS.register(LabelStudio.name, LabelStudio())
