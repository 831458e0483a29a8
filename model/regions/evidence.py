"""Evidence: what each region of an image adds for a class, from which the shown map and its box are made.

The evidence has three parts, each in units of its own spread: the contrast of similarities as in the attention,
(s1 - s2) / tau_a; the responses (`response_map`); and the texture. The weight of the texture is the square of its
share in the joint space, so that it is small unless texture decides. In an image that is much larger than the
examples, the evidence of regions unlike every class fades, and crops are scored as well. Ours
(docs/adr/0007-attention.md).

With a single class there is nothing to tell it from: the evidence is how unlike the examples' regions each region is,
over its spread (`head.nearest`), and the region shown is the most unlike one (docs/adr/0026-one-bin.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from model.features.maps import ImageFeatures, resampled
from model.features.views import texture
from model.head.nearest import Distances
from model.head.trained_head import Comparisons, TrainedHead
from model.regions import crops
from model.regions.box import HEIGHT, Box, peak_boxes
from model.regions.response_map import response_maps
from model.regions.steadiness import Shifts, agreement, steadiness

RESPONSE_SHARE = 1 / 2
"""Share of the responses in the evidence of a region; the contrast of similarities has the rest."""

FADING = 4.0
"""Evidence falls by the factor exp(-FADING) for a region like no class, see `_fade`. Ours, measured."""

CROPS_SHARE = 0.5
"""Weight of the scores of a large image's crops, in units of its regions' evidence. Measured."""

FIRST_LOOK_SHARE = 0.4
"""Share of the first look's evidence in a closer look at an image that is not large. Measured."""

CLOSER_HEIGHT = 0.4
"""As `box.HEIGHT`, for a closer look at an image that is not large. Measured."""

LEAST_FAMILIARITY = 0.05
"""Least familiarity that is used as a unit."""


class Evidence(NamedTuple):
    """The evidence of the regions of one image for N classes, or for one class of each of N images.

    values: float32 (N, R), in units of the attention's temperature
    shifts: float32 (N, F, R), by how much it changes without each part of the examples; F is 0 where that is not known
    agreements: float32 (N,), see `steadiness.agreement`
    grid: (h, w), R = h * w in reading order
    height: of the box, as a share of the peak's height above the median
    """

    values: Tensor
    shifts: Tensor
    agreements: Tensor
    grid: tuple[int, int]
    height: float = HEIGHT

    def boxes(self) -> list[Box]:
        """Return the box of each row, in cells."""
        return peak_boxes(self.values, self.grid, self.height)

    def steadiness(self, boxes: Sequence[Box]) -> list[float | None]:
        """Return the steadiness of each of `boxes`."""
        return steadiness(self.values, self.shifts, self.agreements, boxes, self.grid, self.height)

    def maps(self) -> Tensor:
        """Return the evidence maps, float32 (N, h, w) in 0..1, each scaled so that its peak is 1."""
        maps: Tensor = (self.values - self.values.amax(dim=1, keepdim=True)).exp().unflatten(1, self.grid)
        return maps


class EvidenceOfImages(NamedTuple):
    """The evidence of n images, C classes each.

    values: float32 (n, C, R); shifts: float32 (n, C, F, R); agreements: float32 (n, C); grid: as in `Evidence`
    """

    values: Tensor
    shifts: Tensor
    agreements: Tensor
    grid: tuple[int, int]

    def of(self, index: int) -> Evidence:
        """Return the evidence of one image for its classes."""
        return Evidence(self.values[index], self.shifts[index], self.agreements[index], self.grid)

    def joined(self) -> Evidence:
        """Return the evidence of all images, one class each."""
        return Evidence(self.values.squeeze(1), self.shifts.squeeze(1), self.agreements.squeeze(1), self.grid)


class RegionFinder:
    """Computes evidence with a trained head. Read-only, so several threads may use it at once."""

    def __init__(self, head: TrainedHead) -> None:
        self._head = head
        name = texture.TextureView.name
        self._texture_weights = head.space.weights_of(name, head.shares, head.descriptors).float()
        self._texture_share = float(head.shares[head.space.position(name)]) ** 2
        self._shifts = Shifts(head)

    def evidence(self, features: ImageFeatures, compared: Comparisons, shown: Tensor | None = None) -> EvidenceOfImages:
        """Return the evidence of n images for each class, or with `shown`, int64 (n,), for this class of each image."""
        state = self._head.state
        if compared.distances is not None and state.memory is not None:
            return _unlike(compared.distances, state.memory.units)
        contrasts, weights = compared.contrasts, self._texture_weights
        responses = response_maps(compared.responses, features.coarse_strength, features.grid)
        spread = _spread(responses)
        if shown is not None:
            rows = torch.arange(len(shown))
            contrasts, responses = contrasts[rows, shown][:, None], responses[rows, shown][:, None]
            weights = weights.T[shown][:, :, None]
        seen = _joined(contrasts / state.attention_temperature, responses / spread)
        rough = texture.evidence(features.texture, weights, features.grid) / state.evidence_deviation
        joined = (1 - self._texture_share) * seen + self._texture_share * rough
        # The texture's part stays: its weights are those of all examples.
        shifts = (1 - self._texture_share) * _joined(*self._shifts.of(features, shown, spread))
        return EvidenceOfImages(joined, shifts, agreement(contrasts, responses), features.grid)

    def closer(self, features: ImageFeatures, first: Evidence, *, is_large: bool, shown: int | None = None) -> Evidence:
        """Return the evidence of one image in the closer look, on cells half as wide as in the `first` look.

        A large image shows more than the examples do: the evidence of regions unlike every class, such as the ground of
        a scene, fades, and crops are scored. In other images, and where there is a single class, the `first` look keeps
        a share. With `shown`, for this class only, as `first` must then be.
        """
        classes = slice(None) if shown is None else slice(shown, shown + 1)
        compared = self._head.compare(features)
        found = self.evidence(features, compared, None if shown is None else torch.tensor([shown])).of(0)
        if is_large and compared.distances is None:
            fade = self._fade(compared.familiarity)
            values = found.values * fade + CROPS_SHARE * self._of_crops(features)[classes]
            return found._replace(values=values, shifts=found.shifts * fade)
        coarser, coarser_shifts = (
            resampled(part.unflatten(-1, first.grid), features.grid).flatten(-2)
            for part in (first.values[None], first.shifts)
        )
        return Evidence(
            (1 - FIRST_LOOK_SHARE) * found.values + FIRST_LOOK_SHARE * coarser[0],
            (1 - FIRST_LOOK_SHARE) * found.shifts + FIRST_LOOK_SHARE * coarser_shifts,
            found.agreements,
            features.grid,
            CLOSER_HEIGHT,
        )

    def _fade(self, familiarity: Tensor) -> Tensor:
        """Factor of the evidence of regions, at most 1: (n, R) -> (n, R).

        It falls with the familiarity that a region lacks, in units of `familiar_from`: compared with `familiar_from`
        itself, or with the image's most familiar region where all lie below.
        """
        familiar_from = self._head.state.familiar_from
        expected = familiarity.amax(dim=1, keepdim=True).clamp_max(familiar_from)
        strangeness = (expected - familiarity).clamp_min(0) / max(familiar_from, LEAST_FAMILIARITY)
        return torch.exp(-FADING * strangeness)

    def _of_crops(self, features: ImageFeatures) -> Tensor:
        """Scores of the crops of one image for each class, interpolated on its regions: (N, R)."""
        head = self._head
        joint = head.joint(crops.crop_features(features))
        scores = head.state.scale * head.whole(joint)
        faded = crops.faded(scores, head.global_unlikeness(joint), head.state.unknown_threshold)
        return crops.on_regions(faded, features.grid)


def _unlike(distances: Distances, units: Tensor) -> EvidenceOfImages:
    """Return how unlike the examples of a single class each region of n images is; its steadiness is not known."""
    found = distances.unlikeness(units)[:, None]
    spread = found.std(dim=2, keepdim=True).clamp_min(1e-9)
    rows, columns = distances.regions.shape[1:]
    nothing = found.new_zeros(len(found), 1, 0, found.shape[2])
    return EvidenceOfImages(found / spread, nothing, found.new_zeros(len(found), 1), (rows, columns))


def _joined(contrasts: Tensor, responses: Tensor) -> Tensor:
    return (1 - RESPONSE_SHARE) * contrasts + RESPONSE_SHARE * responses


def _spread(maps: Tensor) -> Tensor:
    """Standard deviation over the regions, averaged over the classes: (n, N, R) -> (n, 1, 1)."""
    return maps.std(dim=2).mean(dim=1).clamp_min(1e-9)[:, None, None]
