"""Overlays as files: one PNG for each image, with the evidence map and the region drawn on it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from model.images.items import split_item
from model.images.reading import read_image
from model.images.rendering import USUAL, Rendering
from model.regions.overlay import draw_overlay
from model.types import Prediction


class OverlayFolder:
    """Writes overlays to a folder, named after their images; images of the same name are numbered.

    paths: all images of the run; none of them is overwritten, even in the same folder
    rendering: how files become pixels

    Raises `OSError` where the folder cannot be created.
    """

    def __init__(self, folder: Path, paths: Sequence[Path], rendering: Rendering = USUAL) -> None:
        self._rendering, self._targets = rendering, dict[Path, Path]()
        folder.mkdir(parents=True, exist_ok=True)
        sources, place = {os.path.realpath(path) for path in paths}, os.path.realpath(folder)
        taken: set[str] = set()
        for path in paths:
            item = split_item(path)
            stem = f"{item.file.stem}#{item.part}" if item.part else item.file.stem
            name, number = stem, 2
            while name.casefold() in taken or os.path.join(place, f"{name}.png") in sources:
                name, number = f"{stem}-{number}", number + 1
            taken.add(name.casefold())
            self._targets[path] = folder / f"{name}.png"

    def write(self, prediction: Prediction, picture: Image.Image | None = None) -> None:
        """Write the overlay of a prediction that has an evidence map; `picture` is its image, if it was read already.

        Raises `ImageReadError` where the image has to be read and cannot be, and `OSError`.
        """
        if prediction.evidence_map is None or prediction.region is None:
            return
        whole = picture or read_image(prediction.path, None, self._rendering.ground, self._rendering.greys)
        draw_overlay(whole, prediction.evidence_map, prediction.region).save(self._targets[prediction.path])
