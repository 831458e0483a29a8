"""Overlays as files: one PNG for each image, with the evidence map and the region drawn on it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from PIL import Image

from model.images.items import split_item
from model.images.reading import read_image
from model.images.rendering import USUAL, Rendering
from model.regions.overlay import draw_overlay
from model.types import Prediction

_MOST_BYTES = 255
"""Of a file's name, on the file systems in use (Windows counts as many UTF-16 units, which are never more)."""


class OverlayFolder:
    """Writes overlays to a folder, named after their images; images of the same name are numbered.

    A name that would be too long with its number and ending is cut, and a hash of the image's path keeps it apart.

    paths: all images of the run; none of them is overwritten, even in the same folder
    rendering: how files become pixels
    name: what says by which name an image's picture is called; None: by the image's own

    Raises `OSError` where the folder cannot be created.
    """

    def __init__(
        self,
        folder: Path,
        paths: Sequence[Path],
        rendering: Rendering = USUAL,
        name: Callable[[Path], str] | None = None,
    ) -> None:
        self._rendering, self._targets = rendering, dict[Path, Path]()
        folder.mkdir(parents=True, exist_ok=True)
        sources, place = {_key(os.path.realpath(path)) for path in paths}, os.path.realpath(folder)
        taken: set[str] = set()
        for path in paths:
            item = split_item(path)
            stem = f"{item.file.stem}#{item.part}" if item.part else item.file.stem
            stem = stem if name is None else name(path)
            called, number = _fitting(stem, "", path), 2
            while _key(called).casefold() in taken or _key(os.path.join(place, f"{called}.png")) in sources:
                called, number = _fitting(stem, f"-{number}", path), number + 1
            taken.add(_key(called).casefold())
            self._targets[path] = folder / f"{called}.png"

    def write(self, prediction: Prediction, picture: Image.Image | None = None) -> None:
        """Write the overlay of a prediction that has an evidence map; `picture` is its image, if it was read already.

        Raises `ImageReadError` where the image has to be read and cannot be, and `OSError`.
        """
        if prediction.evidence_map is None or prediction.region is None:
            return
        whole = picture or read_image(prediction.path, None, self._rendering.ground, self._rendering.greys)
        target = self._targets[prediction.path]
        try:
            draw_overlay(whole, prediction.evidence_map, prediction.region).save(target)
        except OSError:
            with suppress(OSError):
                target.unlink(missing_ok=True)  # a part of a picture is of no use
            raise


def _fitting(stem: str, number: str, path: Path) -> str:
    """Return a name of `stem` and `number` that still fits with its ending: where it is too long, cut, with a hash."""
    room = _MOST_BYTES - len(".png") - len(number)
    encoded = os.fsencode(stem)
    if len(encoded) <= room:
        return stem + number
    mark = f"~{blake2b(os.fsencode(path), digest_size=4).hexdigest()}"
    return encoded[: room - len(mark)].decode("utf-8", "ignore") + mark + number


def _key(name: str) -> str:
    """Return that by which a file system may take two names for the same, composed or not."""
    return unicodedata.normalize("NFC", name)
