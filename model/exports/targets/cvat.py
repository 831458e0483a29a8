"""CVAT for images 1.1: the final label as tag, the region as box. https://docs.cvat.ai/docs/other/xml_format"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from model.exports.exporter import EXPORTS
from model.exports.labelled_images import Annotations, LabelledImage
from model.exports.project_contents import GREY, ProjectContents
from model.images.scan import readable_text
from model.messages import message

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Cvat(Annotations):
    """One XML file. Tags and boxes are `manual` where a person said so, else `auto`.

    CVAT finds an image by the end of its path, so that names are paths below the folder that holds all images.
    """

    name = "cvat"
    order = 21
    label: str = message("CVAT for images 1.1")
    read_by: str = message("CVAT, by Upload annotations into a task with the same images; FiftyOne")
    endings = (".xml",)

    def text(self, project: ProjectContents, images: Sequence[LabelledImage]) -> str:
        """Return the document. See `Annotations.text`."""
        from lxml import etree

        root = etree.Element("annotations")
        _add(root, "version", "1.1")
        task = _add(_add(root, "meta"), "task")
        for key, value in (("name", "Fewshot"), ("size", str(len(images))), ("mode", "annotation")):
            _add(task, key, value)
        labels = _add(task, "labels")
        used = {one.class_id for one in images}
        names = {class_id: _text(name) for class_id, name in project.names.items() if class_id in used}
        for class_id, name in names.items():
            label = _add(labels, "label")
            for key, value in (("name", name), ("color", project.colors.get(class_id, GREY)), ("type", "any")):
                _add(label, key, value)
            _add(label, "attributes")
        below = _common_folder(images)
        for number, one in enumerate(images):
            width, height = map(str, one.size)
            name = one.name if one.name != readable_text(one.path) else _relative(one.path, below)
            image = _add(root, "image", id=str(number), name=_text(name), width=width, height=height)
            if one.class_id is None:
                continue
            source = "manual" if one.reader else "auto"
            if one.has_region:
                box = one.box
                corners = {"xtl": box.x, "ytl": box.y, "xbr": box.x + box.width, "ybr": box.y + box.height}
                texts = {key: f"{value:.2f}" for key, value in corners.items()}
                label = names[one.class_id]
                _add(image, "box", label=label, source="auto", occluded="0", **texts, z_order="0")
            _add(image, "tag", label=names[one.class_id], source=source)
        text: str = etree.tostring(root, encoding="unicode", pretty_print=True)
        return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'


def _add(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:  # noqa: ANN401 - lxml has no types
    from lxml import etree

    made = etree.SubElement(parent, tag, attributes)
    made.text = text or None
    return made


def _common_folder(images: Sequence[LabelledImage]) -> PurePath:
    """Return the folder that all images lie in; the root where they are on several drives."""
    try:
        return PurePath(os.path.commonpath([one.path.parent for one in images]))
    except ValueError:  # several drives, or no images
        return PurePath()


def _relative(path: Path, folder: PurePath) -> str:
    return readable_text(Path(path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix())


def _text(value: str) -> str:
    """Return a text as XML can hold it."""
    return _NOT_XML.sub("\ufffd", value)


EXPORTS.register(Cvat.name, Cvat())
