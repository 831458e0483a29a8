"""QuPath: GeoJSON (RFC 7946) of the regions of one slide or picture, in its full-resolution pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.errors import UsageError
from model.exports.exporter import EXPORTS
from model.exports.labelled_images import Annotations, LabelledImage, as_json
from model.exports.project_contents import ProjectContents
from model.images.items import split_item
from model.messages import message


class QuPath(Annotations):
    """One GeoJSON file, of one slide."""

    name = "qupath"
    order = 24
    label: str = message("QuPath GeoJSON, of one slide")
    read_by: str = message("QuPath, by dragging it onto the slide")
    endings = (".geojson", ".json")

    def text(self, project: ProjectContents, images: Sequence[LabelledImage]) -> str:
        """Return the document. See `Annotations.text`."""
        return as_json(document(project, images))


def document(project: ProjectContents, images: Sequence[LabelledImage]) -> dict[str, Any]:
    """Return one annotation for each image of a bin; tiles are moved to their place in the slide.

    Raises `UsageError` where the images are of several files or pages: GeoJSON does not say which one is meant.
    """
    items = [split_item(one.path) for one in images]
    if len({(item.file, item.frame) for item in items}) > 1:
        raise UsageError(
            message(
                "QuPath takes the regions of one slide a file, and the results are of several images. "
                "Choose the results of one slide, or classify it alone."
            )
        )
    features = []
    for one, item in zip(images, items, strict=True):
        if one.class_id is None:
            continue
        left, top = (one.box.x, one.box.y) if item.box is None else (item.box.x + one.box.x, item.box.y + one.box.y)
        right, low = left + one.box.width, top + one.box.height
        ring = [[left, top], [right, top], [right, low], [left, low], [left, top]]
        color = project.colors.get(one.class_id, "#8a8f98")
        measured = {} if one.class_id != one.predicted else {"confidence": one.confidence}
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {
                    "objectType": "annotation",
                    "classification": {
                        "name": project.names[one.class_id],
                        "color": list(bytes.fromhex(color.removeprefix("#"))),
                    },
                    "measurements": measured,
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}


EXPORTS.register(QuPath.name, QuPath())
