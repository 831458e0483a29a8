"""An image classifier: a classifier together with its embedder, from files to predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedder
from model.embedding.image import EmbeddedImage
from model.embedding.pending import seen_part
from model.features.packing import unpacked
from model.features.sizes import LARGE_FACTOR, PICTURE_SIDE, Looks, closer_side
from model.images.reading import read_with_size
from model.regions.geometry import moved, on_whole
from model.runs.why import by_example, covered
from model.types import Attend, Explanation, Prediction, Region

SLICE = 64
"""Images that are decided on together: many, since small operations have a fixed cost."""


class ImageClassifier:
    """The result of training and of loading: classifies image files on one device.

    Read-only, so several threads may use it at once.
    """

    def __init__(self, classifier: FewShotClassifier, embedder: Embedder) -> None:
        self.classifier, self.embedder = classifier, embedder

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes' names, in the order of a prediction's scores."""
        return self.classifier.class_names

    @property
    def device_note(self) -> str:
        """The device and runtime in use, with the reason, as text for the user."""
        return self.embedder.device_note

    @property
    def side(self) -> int:
        """The working side in pixels."""
        return self.classifier.state.side

    def looks(self, *, closely: bool = False) -> Looks:
        """Return the sizes for embedding: with the closer look for large images, or for all of them with `closely`."""
        large = LARGE_FACTOR * self.classifier.state.example_side
        return Looks(self.side, closer_side(self.embedder.backbone, self.side), 0.0 if closely else large)

    def predict(
        self, images: Sequence[EmbeddedImage], explain_class: int | None = None, *, with_maps: bool = False
    ) -> list[Prediction]:
        """Predict images that were embedded with `looks`.

        Regions are those of the predicted class, or of `explain_class`, from the closer look where there was one;
        `with_maps` adds the evidence map of the same class.
        """
        predictions = []
        for start in range(0, len(images), SLICE):
            part = images[start : start + SLICE]
            closer = {index: seen for index, image in enumerate(part) if (seen := image.second_features) is not None}
            decisions = self.classifier.decide(
                unpacked([image.data for image in part]),
                [image.size for image in part],
                closer,
                explain_class,
                with_maps=with_maps,
            )
            predictions += [
                Prediction(
                    image.path,
                    one.status,
                    one.predicted,
                    one.scores,
                    moved(one.region, image.box),
                    evidence_map=_whole_map(one.evidence_map, image),
                    steadiness=one.steadiness,
                )
                for image, one in zip(part, decisions, strict=True)
            ]
        return predictions

    def explain(
        self,
        path: Path,
        examples: Sequence[Sequence[Path]] | None = None,
        attend: Mapping[Path, Attend] | None = None,
    ) -> Explanation:
        """Return evidence maps, regions and scores of one image for all classes, by the closer look.

        With `examples`, the files of each class in the order of `class_names`, also their regions that are most like
        the image's, for the predicted class and the runner-up; `attend`: the boxes on some of them. Raises
        `ImageReadError`, and `ValueError` where there are examples of another number of classes.
        """
        image = self.embedder.embed_one(path, self.looks(closely=True))
        closer = image.second_features
        found = self.classifier.explain(image.features, image.size, image.features if closer is None else closer)
        box, size = image.box, image.whole_size
        explanation = Explanation(
            path,
            _peaking(on_whole(found.evidence_maps, box, size)),
            tuple(moved(region, box) for region in found.regions),
            found.scores,
            size,
            found.steadiness,
            on_whole(found.evidence, box, size),
        )
        if examples is None:
            return explanation
        like = by_example(self.embedder, self.looks(), explanation, examples, attend=attend)
        return replace(explanation, by_example=like)

    def without_region(self, path: Path, region: Region) -> Prediction:
        """Predict an image whose `region`, in pixels as displayed, is covered with the blurred colours around it.

        Takes one more forward pass; nothing of it is kept. Raises `ImageReadError`.
        """
        rendering = self.embedder.rendering
        side = rendering.read_side(PICTURE_SIDE)
        picture, size = read_with_size(path, side, ground=rendering.ground, greys=rendering.greys)
        seen = seen_part(covered(picture, region, size), rendering)
        image = self.embedder.embed_picture(path, seen, size, self.looks())
        (prediction,) = self.predict([image])
        return prediction

    def with_false_alarms(self, share: float) -> ImageClassifier:
        """Return the classifier with the threshold at which `share` (0..1) of known images are flagged as unknown."""
        return ImageClassifier(self.classifier.with_false_alarms(share), self.embedder)

    def warm_up(self) -> None:
        """Prepare the forward pass of `explain`, so that the first image to be explained is fast."""
        self.embedder.warm_up(closer_side(self.embedder.backbone, self.side))


def _whole_map(evidence_map: npt.NDArray[np.float32] | None, image: EmbeddedImage) -> npt.NDArray[np.float32] | None:
    """Return the map of what is looked at as one of the whole image."""
    if evidence_map is None or image.roi is None:
        return evidence_map
    whole: npt.NDArray[np.float32] = _peaking(on_whole(evidence_map[None], image.box, image.whole_size))[0]
    return whole


def _peaking(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scale maps (n, h, w) so that each has a peak of 1 again, where interpolation cut it."""
    peaks = maps.max(axis=(1, 2), keepdims=True)
    return (maps / np.where(peaks > 0, peaks, 1)).astype(np.float32)
