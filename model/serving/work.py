"""The work of a request: from an image's bytes to its prediction."""

from __future__ import annotations

import base64
import io
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from model.errors import ImageReadError
from model.features.sizes import PICTURE_SIDE
from model.images.reading import is_read_here, read_with_size
from model.messages import message
from model.runs.image_classifier import ImageClassifier
from model.types import Status

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")
_MOST_MAP = 512  # pixels of a map's longer side
_DIGITS = 6


class Work:
    """Classifies images with one classifier; thread-safe. `close` removes the folder that it may have used.

    Formats that are trusted are decoded from memory. For the others, which a process of its own decodes, and for
    trusted ones of more than 64 megapixels, the bytes lie in a file of a folder that only this user can read, for as
    long as that takes.
    """

    def __init__(self, classifier: ImageClassifier) -> None:
        self.classifier = classifier
        self._folder = tempfile.TemporaryDirectory(prefix="fewshot-serve-")

    def close(self) -> None:
        """Remove what is left on the disk."""
        self._folder.cleanup()

    def classify(self, data: bytes, name: str, *, with_map: bool = False) -> dict[str, Any]:
        """Return what `POST /classify` answers; `name` gives the ending alone. Raises `ImageReadError`."""
        picture, size = self._read(data, name)
        classifier = self.classifier
        image = classifier.embedder.embed_picture(Path("image"), picture, size, classifier.looks())
        (one,) = classifier.predict([image], with_maps=with_map)
        region, names = one.region, classifier.class_names
        answer: dict[str, Any] = {
            "status": one.status.value,
            "class": names[one.predicted],
            "confidence": round(one.confidence, _DIGITS),
            "probabilities": {name: round(score, _DIGITS) for name, score in zip(names, one.scores, strict=True)},
            "region": None if region is None else [region.x, region.y, region.width, region.height],
            "region_steadiness": None if one.steadiness is None else round(one.steadiness, 3),
            "size": list(size),
            "unlikeness": _number(classifier.classifier.unlikeness(image.features).item()),
            "unlike_from": _number(classifier.classifier.state.unknown_threshold),
        }
        if with_map and one.evidence_map is not None:
            from PIL import Image

            from model.regions.overlay import map_rgba

            scale = min(1.0, _MOST_MAP / max(size))
            shape = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
            content = io.BytesIO()
            Image.fromarray(map_rgba(one.evidence_map, shape)).save(content, "png")
            answer["map_png"] = base64.b64encode(content.getvalue()).decode("ascii")
        return answer

    def classify_or_say_why(self, data: bytes, name: str, *, with_map: bool = False) -> dict[str, Any]:
        """As `classify`; an image that cannot be read is an answer, too, with `status` "error" and a `message`."""
        try:
            return self.classify(data, name, with_map=with_map)
        except ImageReadError as error:
            return {"status": Status.ERROR.value, "message": error.reason}

    def _read(self, data: bytes, name: str) -> tuple[Any, tuple[int, int]]:
        ending = os.path.splitext(name)[1]
        ending = ending if _ENDING.fullmatch(ending) else ""
        rendering = self.classifier.embedder.rendering
        path = Path(self._folder.name) / f"{os.urandom(12).hex()}{ending}"
        if not data:
            raise ImageReadError(path, message("is empty."))
        if is_read_here(path, data):
            try:
                return read_with_size(path, PICTURE_SIDE, data, rendering.ground, rendering.greys)
            except ImageReadError:
                pass  # too large for here, or damaged: that is said below
        try:
            path.write_bytes(data)
            return read_with_size(path, PICTURE_SIDE, None, rendering.ground, rendering.greys)
        finally:
            path.unlink(missing_ok=True)


def _number(value: float) -> float | None:
    """Return a number that JSON has; None for infinity."""
    return round(value, _DIGITS) if abs(value) < float("inf") else None
