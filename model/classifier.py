"""The trained classifier: predicts the class of an image and explains it by the region that decided."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from model.backbones.devices import one_thread
from model.embedding.embedder import EmbeddedImage, Embedder
from model.embedding.sizes import detail_side
from model.estimates.selective import accepting_threshold, candidate_threshold
from model.features import texture
from model.features.maps import ImageFeatures, inner_products, resampled, split
from model.features.packing import unpacked
from model.head import local_feature
from model.head import unknown as confidence
from model.head.class_description import has_others
from model.head.joint_space import Fusion, texture_weights
from model.images.geometry import box_region
from model.regions import crops as windows
from model.regions.box import HEIGHT, peak_boxes
from model.regions.response_map import response_maps
from model.types import Explanation, Prediction, Region, Status

LARGE_FACTOR = 1.5
"""An image this much larger than every example is looked at closely, whether asked for or not, and by windows."""

SLICE = 64
"""Images that are looked at together: many, since small operations cost the same whatever they do."""

RESPONSE_SHARE = 1 / 2
"""Of the responses in what a region says for a class; the contrast of similarities has the rest."""

FADING = 4.0
"""What a region says fades by this power of e where it is like no class, see `_fade`. Ours, measured."""

WINDOWS_SHARE = 0.5
"""Of what the windows of a large image are taken for, in units of what its regions say. Measured."""

FIRST_LOOK_SHARE = 0.4
"""Of what the regions say at the working side, where an image is no larger than the examples. Measured."""

CLOSER_HEIGHT = 0.4
"""How high above the ground, in units of the peak, the region of such a closer look reaches. Measured."""

LEAST_FAMILIARITY = 0.05
"""What is less than this has no meaning as a unit."""


@dataclass(frozen=True, eq=False)
class ClassifierState:
    """All numbers of a trained head; N classes, n support images; float32.

    L = D_coarse + D_fine is the size of a region, D = L + C + D_layout + SUMMARY that of the joint space.
    texture_mean (SUMMARY,), texture_deviation (SUMMARY,), centre (D,), scales (5,): see `Fusion`
    shares (5,): of the views of `model.head.joint_space`
    descriptors (D, N): class descriptors of the joint vectors, whitening folded in
    offsets (N,): their scores at the weighted mean of the support images, where every score is 0
    class_means (N, L): mean of what regions are compared with, see `model.embedding.two_sizes`
    local_descriptors (N, L): weighted mean local feature of each class
    response_directions (N, D_coarse): see `model.regions.response_map`
    examples (n, D): joint vectors of the support images, to tell what is unlike all of them
    labels (n,): int64, their classes
    leave_one_out (n, N): probabilities of the support images, each from all the others
    scalars (9,): float64 local_scale, local_share (beta), scale (kappa), attention_temperature (tau_a),
    unknown_threshold, example_size (the largest support image's sqrt(width * height) in pixels),
    side (the working side in pixels), texture_evidence_deviation, familiar_from
    """

    texture_mean: Tensor
    texture_deviation: Tensor
    centre: Tensor
    scales: Tensor
    shares: Tensor
    descriptors: Tensor
    offsets: Tensor
    class_means: Tensor
    local_descriptors: Tensor
    response_directions: Tensor
    examples: Tensor
    labels: Tensor
    leave_one_out: Tensor
    scalars: Tensor

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of the tensors, in order."""
        return tuple(field.name for field in fields(cls))


class _Regions(NamedTuple):
    """What the regions of n images say for N classes, each float32 (n, N, R).

    contrasts: of similarities, smoothed; to_locals: similarities to the classes' local features;
    responses: see `model.regions.response_map`; and familiarity (n, R), see `local_feature.familiarity`
    """

    contrasts: Tensor
    familiarity: Tensor
    to_locals: Tensor
    responses: Tensor


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
            self.unknown_threshold,
            example_size,
            side,
            self._texture_deviation,
            self._familiar_from,
        ) = state.scalars.tolist()
        self.side, self._example_size = int(side), float(example_size)
        self._shares = state.shares.double()
        self._fusion = Fusion(
            state.texture_mean.double(),
            state.texture_deviation.double(),
            state.centre.double(),
            state.scales.double(),
            embedder.backbone.class_directions,
        )
        self._descriptors = state.descriptors.double()
        to_means_and_locals = torch.cat((state.class_means, state.local_descriptors))
        coarse, self._fine_vectors = split(to_means_and_locals, state.response_directions.shape[1])
        self._coarse_vectors = torch.cat((coarse, state.response_directions))
        self._texture_weights = texture_weights(self._fusion, self._shares, self._descriptors).float()
        self._subspaces = confidence.Subspaces.of(state.examples.double(), state.labels, len(self.class_names))

    @property
    def device_note(self) -> str:
        """Which device computes, and why."""
        return self.embedder.device_note

    def logits(self, features: ImageFeatures) -> Tensor:
        """Score images (n) for every class: float32 (n, N); softmax gives calibrated probabilities."""
        return self._logits(self.joint(features), self._compare(features))

    def _logits(self, joint: Tensor, regions: _Regions) -> Tensor:
        # The local feature is a sum of regions, so its similarity is the same sum of the regions' similarities.
        attention = local_feature.attention(regions.contrasts, self._temperature)
        part = (attention * regions.to_locals).sum(dim=2) * self._local_scale
        part = part - part.mean(dim=1, keepdim=True)
        logits: Tensor = self._scale * ((1 - self._local_share) * self._whole(joint) + self._local_share * part)
        return logits

    def _whole(self, joint: Tensor) -> Tensor:
        return (joint @ self._descriptors).float() - self.state.offsets

    def predict(
        self, images: Sequence[EmbeddedImage], explain_class: int | None = None, *, closely: bool = False
    ) -> list[Prediction]:
        """Predict images; their regions are those of the predicted class, or of `explain_class`.

        With `closely` regions are looked for at twice the working side, as `explain` does: they are found more
        often, and each image takes about four times as long.
        """
        closer = self._closer([image.path for image in images if closely or self._is_large(image.size)])
        parts = (images[start : start + SLICE] for start in range(0, len(images), SLICE))
        return [one for part in parts for one in self._predict(part, explain_class, closer)]

    @one_thread()
    def _predict(
        self, images: Sequence[EmbeddedImage], explain_class: int | None, closer: Mapping[Path, EmbeddedImage]
    ) -> list[Prediction]:
        with torch.inference_mode():
            features = unpacked([image.data for image in images])
            joint, regions = self.joint(features), self._compare(features)
            probabilities = torch.softmax(self._logits(joint, regions).double(), dim=1)
            predicted = probabilities.argmax(dim=1)
            shown = predicted if explain_class is None else torch.full_like(predicted, explain_class)
            unlike = (self._subspaces.unlikeness(joint) > self.unknown_threshold).tolist()
            looked = self._evidence(features, regions, shown)
            boxes = peak_boxes(looked.squeeze(1), features.grid)
        facts = (predicted.tolist(), probabilities.tolist(), shown.tolist(), looked, boxes)
        rows = zip(images, unlike, *facts, strict=True)
        predictions = []
        for image, is_unlike, predicted_class, scores, shown_class, first, box in rows:
            if image.path in closer:
                evidence, grid = self._look_closely(closer[image.path], first, features.grid, shown_class)
                (region,) = self._closer_regions(evidence, grid, image.size)
            else:
                region = box_region(box, features.grid, image.size)
            status = Status.UNKNOWN if is_unlike else Status.OK
            predictions.append(Prediction(image.path, status, predicted_class, tuple(scores), region))
        return predictions

    def warm_up(self) -> None:
        """Prepare what `explain` needs, so that the first image to be explained does not wait for it."""
        self.embedder.warm_up(self.closer_side)

    def explain(self, path: Path) -> Explanation:
        """Return attention maps, regions and scores of one image for all classes, looking closely.

        Raises `ImageReadError`.
        """
        image = self.embedder.embed_one(path, self.side)
        with torch.inference_mode(), one_thread():
            features = image.features
            regions = self._compare(features)
            scores = torch.softmax(self._logits(self.joint(features), regions).double(), dim=1)[0]
            closer = self.embedder.embed_one(path, self.closer_side)
            evidence, grid = self._look_closely(closer, self._evidence(features, regions)[0], features.grid)
            maps = (evidence - evidence.amax(dim=1, keepdim=True)).exp().unflatten(1, grid)
        shown = self._closer_regions(evidence, grid, image.size)
        return Explanation(path, maps.numpy(), shown, tuple(scores.tolist()), image.size)

    def accepting_threshold(self, max_error: float) -> float:
        """The confidence from which at most `max_error` of the predictions are wrong."""
        return accepting_threshold(self._left_out().amax(dim=1).tolist(), max_error)

    def candidate_threshold(self, max_error: float) -> float:
        """The probability from which a class is a candidate, see `model.estimates.selective`."""
        probabilities = self._left_out()
        own = self.state.labels[has_others(self.state.labels)]
        return candidate_threshold(probabilities.gather(1, own[:, None]).squeeze(1).tolist(), max_error)

    def _left_out(self) -> Tensor:
        return self.state.leave_one_out[has_others(self.state.labels)]

    def unlikeness(self, features: ImageFeatures) -> Tensor:
        """How little images (n) resemble any bin: float64 (n,), higher is less alike."""
        return self._subspaces.unlikeness(self.joint(features))

    def joint(self, features: ImageFeatures) -> Tensor:
        """Bring images (n) into the space of `ClassifierState.examples`: float64 (n, D)."""
        return self._fusion.joint(features, self._shares)

    def _evidence(self, features: ImageFeatures, regions: _Regions, shown: Tensor | None = None) -> Tensor:
        """What each region says for each class, in units of the attention's temperature: (n, N, R).

        With `shown`, int64 (n,), for this class of each image alone: (n, 1, R).

        The contrast of similarities, the responses and the texture's evidence, each over its own
        spread; the texture with the square of its share, so that it speaks where it decides and is silent
        where it adds a little.
        """
        spread = _spread(regions.responses)
        contrasts, responses, weights = regions.contrasts, regions.responses, self._texture_weights
        if shown is not None:
            rows = torch.arange(len(shown))
            contrasts, responses = contrasts[rows, shown][:, None], responses[rows, shown][:, None]
            weights = weights.T[shown][:, :, None]
        seen = (1 - RESPONSE_SHARE) * contrasts / self._temperature + RESPONSE_SHARE * responses / spread
        spoken = texture.evidence(features.texture, weights, features.grid) / self._texture_deviation
        share = float(self._shares[-1]) ** 2
        evidence: Tensor = (1 - share) * seen + share * spoken
        return evidence

    def _fade(self, familiarity: Tensor) -> Tensor:
        """By how much regions are believed, 1 or less: (n, R) -> (n, R).

        A region is strange by what it lacks of the familiarity that the examples' regions have, or of the
        image's most familiar one where all are strange, in units of the former.
        """
        expected = familiarity.amax(dim=1, keepdim=True).clamp_max(self._familiar_from)
        strangeness = (expected - familiarity).clamp_min(0) / max(self._familiar_from, LEAST_FAMILIARITY)
        return torch.exp(-FADING * strangeness)

    def _compare(self, features: ImageFeatures) -> _Regions:
        """Compare the regions with all that they are compared with, going through the maps once."""
        ways = len(self.class_names)
        coarse = inner_products(self._coarse_vectors, features.coarse_map, features.coarse_scale)
        fine = inner_products(self._fine_vectors, features.fine_map, features.fine_scale)
        to_means, to_locals = local_feature.similarities(coarse[:, : 2 * ways], fine).split(ways, dim=1)
        to_means = local_feature.smoothed(to_means, features.grid)
        return _Regions(
            local_feature.contrast(to_means),
            local_feature.familiarity(to_means),
            to_locals,
            response_maps(coarse[:, 2 * ways :], features.coarse_strength, features.grid),
        )

    @property
    def closer_side(self) -> int:
        """The side at which regions are looked for closely."""
        return detail_side(self.embedder.backbone, self.side)

    def _is_large(self, size: tuple[int, int]) -> bool:
        return math.sqrt(math.prod(size)) >= LARGE_FACTOR * self._example_size

    def _closer(self, paths: Sequence[Path]) -> dict[Path, EmbeddedImage]:
        """Embed images for a closer look; one that cannot be read any more is left out."""
        items = [item for batch in self.embedder.embed(paths, self.closer_side) for item in batch] if paths else []
        return {item.path: item for item in items if isinstance(item, EmbeddedImage)}

    def _look_closely(
        self, image: EmbeddedImage, first: Tensor, first_grid: tuple[int, int], shown: int | None = None
    ) -> tuple[Tensor, tuple[int, int]]:
        """What the regions of an image that was embedded for a closer look say: (N, R), and their grid.

        The cells are half as wide. An image that is larger than the examples shows more than they do: what
        is like no class, as the ground of a scene, fades, and windows of it are taken for images. In others
        the first look (N, R') on its grid still has a share. With `shown` both are of this class alone.
        """
        classes = slice(None) if shown is None else slice(shown, shown + 1)
        with torch.inference_mode():
            features = image.features
            regions = self._compare(features)
            evidence = self._evidence(features, regions)[0, classes]
            if self._is_large(image.size):
                faded = evidence * self._fade(regions.familiarity)
                return faded + WINDOWS_SHARE * self._of_windows(features)[classes], features.grid
            coarser = resampled(first.unflatten(1, first_grid)[None], features.grid).flatten(2)[0]
            return (1 - FIRST_LOOK_SHARE) * evidence + FIRST_LOOK_SHARE * coarser, features.grid

    def _closer_regions(self, evidence: Tensor, grid: tuple[int, int], size: tuple[int, int]) -> tuple[Region, ...]:
        height = HEIGHT if self._is_large(size) else CLOSER_HEIGHT
        return tuple(box_region(box, grid, size) for box in peak_boxes(evidence, grid, height))

    def _of_windows(self, features: ImageFeatures) -> Tensor:
        """What the windows of one image say of its regions for each class, see `model.regions.crops`: (N, R)."""
        joint = self.joint(windows.window_features(features))
        unlikeness = self._subspaces.unlikeness(joint)
        scores = windows.faded(self._scale * self._whole(joint), unlikeness, self.unknown_threshold)
        return windows.on_regions(scores, features.grid)


def _spread(maps: Tensor) -> Tensor:
    """Standard deviation over the regions, averaged over the classes: (n, N, R) -> (n, 1, 1)."""
    return maps.std(dim=2).mean(dim=1).clamp_min(1e-9)[:, None, None]
