"""The trained classifier: predicts the class of an image and explains it by the region that decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor

from model import confidence, local_feature
from model.backbones.base import FeatureMaps
from model.embedding import EmbeddedImage, Embedder, detail_side
from model.features import ImageFeatures, describe
from model.images.geometry import window_region
from model.types import Explanation, Prediction, Region, Status

DETAIL_FACTOR = 1.5
"""An image this much larger than every example is looked at again at twice the backbone's size."""


@dataclass(frozen=True, eq=False)
class ClassifierState:
    """All numbers of a trained head; N classes, n support images, D = D_coarse + D_fine; float32.

    coarse_weights (D_coarse, N), fine_weights (D_fine, N), bias (N,): class descriptors of the global
    feature, centring and whitening folded in
    class_means (N, D): mean joined global features, what regions are compared with
    local_descriptors (N, D): weighted mean local feature of each class
    examples (n, D): joined global features of the support images, to tell what is unlike all of them
    scalars (7,): local_scale, local_share (beta), scale (kappa), attention_temperature (tau_a),
    unknown_threshold, example_size (the largest support image's sqrt(width * height) in pixels),
    side (the working side in pixels)
    """

    coarse_weights: Tensor
    fine_weights: Tensor
    bias: Tensor
    class_means: Tensor
    local_descriptors: Tensor
    examples: Tensor
    scalars: Tensor

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of the tensors, in order."""
        return tuple(field.name for field in fields(cls))


class FewShotClassifier:
    """Backbone, local feature module and class description module with fixed parameters.

    Read-only after training, so several threads may use it at once.
    """

    def __init__(self, class_names: Sequence[str], embedder: Embedder, state: ClassifierState) -> None:
        self.class_names = tuple(class_names)
        self.embedder = embedder
        self.state = state
        (
            self._local_scale,
            self._local_share,
            self._scale,
            self._temperature,
            self._unknown_threshold,
            self._example_size,
            side,
        ) = state.scalars.tolist()
        self.side = int(side)

    @property
    def device_note(self) -> str:
        """Which device computes, and why."""
        return self.embedder.device_note

    def logits(self, features: ImageFeatures) -> Tensor:
        """Score images (n) for every class: float32 (n, N); softmax gives calibrated probabilities."""
        contrasts = self._contrasts(features)
        local = local_feature.local_features(local_feature.attention(contrasts, self._temperature), features.regions)
        whole = features.coarse @ self.state.coarse_weights + features.fine @ self.state.fine_weights + self.state.bias
        part = torch.einsum("ncd,cd->nc", local, self.state.local_descriptors) * self._local_scale
        part = part - part.mean(dim=1, keepdim=True)
        logits: Tensor = self._scale * ((1 - self._local_share) * whole + self._local_share * part)
        return logits

    def predict(self, images: Sequence[EmbeddedImage], explain_class: int | None = None) -> list[Prediction]:
        """Predict images; their regions are those of the predicted class, or of `explain_class`."""
        with torch.inference_mode():
            features = describe(_stack(images))
            scores = torch.softmax(self.logits(features).double(), dim=1)
            unlike = self._is_unknown(features)
            contrasts = self._contrasts(features)
        predictions = []
        for index, image in enumerate(images):
            predicted = int(scores[index].argmax())
            shown = predicted if explain_class is None else explain_class
            detail = self._detailed(image)
            shown_contrast, grid = detail if detail is not None else (contrasts[index], features.grid)
            predictions.append(
                Prediction(
                    image.path,
                    Status.UNKNOWN if bool(unlike[index]) else Status.OK,
                    predicted,
                    tuple(scores[index].tolist()),
                    _top_region(shown_contrast[shown], grid, image.size),
                )
            )
        return predictions

    def explain(self, path: Path) -> Explanation:
        """Return attention maps, regions and scores of one image for all classes. Raises `ImageReadError`."""
        image = self.embedder.embed_one(path, self.side)
        with torch.inference_mode():
            features = describe(_stack([image]))
            scores = torch.softmax(self.logits(features).double(), dim=1)[0]
            contrasts, grid = self._detailed(image) or (self._contrasts(features)[0], features.grid)
            peaks = contrasts.amax(dim=1, keepdim=True)
            maps = ((contrasts - peaks) / self._temperature).exp().unflatten(1, grid)
        regions = tuple(_top_region(row, grid, image.size) for row in contrasts)
        return Explanation(path, maps.numpy(), regions, tuple(scores.tolist()), image.size)

    def _contrasts(self, features: ImageFeatures) -> Tensor:
        similarity = local_feature.similarities(features.regions, self.state.class_means)
        return local_feature.smoothed(local_feature.contrast(similarity), features.grid)

    def _is_unknown(self, features: ImageFeatures) -> Tensor:
        nearest = confidence.nearest_similarity(features.joined_globals(), self.state.examples)
        unlike: Tensor = nearest < self._unknown_threshold
        return unlike

    def _detailed(self, image: EmbeddedImage) -> tuple[Tensor, tuple[int, int]] | None:
        """Contrasts (N, R) at twice the backbone's size for images much larger than the examples.

        At the examples' magnification a small object in a large image looks as it did in its bin.
        """
        width, height = image.size
        if (width * height) ** 0.5 < DETAIL_FACTOR * self._example_size:
            return None
        larger = self.embedder.embed_one(image.path, detail_side(self.embedder.backbone, self.side))
        with torch.inference_mode():
            features = describe(_stack([larger]))
            return self._contrasts(features)[0], features.grid


def _stack(images: Sequence[EmbeddedImage]) -> FeatureMaps:
    return FeatureMaps(
        torch.cat([image.maps.fine for image in images]).float(),
        torch.cat([image.maps.coarse for image in images]).float(),
    )


def _top_region(contrast: Tensor, grid: tuple[int, int], size: tuple[int, int]) -> Region:
    return window_region(int(contrast.argmax()), grid, local_feature.SMOOTHING_CELLS, size)
