"""Nearest regions: how far each region of an image is from the regions of a single class's examples.

With one class there is nothing to tell it from, and a small fault hardly moves the global feature of an image; but the
regions on it are far from all regions of the examples, as in detectors by nearest patches (PatchCore, Roth et al., CVPR
2022; AnomalyDINO, Damm et al., WACV 2025). Ours (docs/adr/0026-one-bin.md):

    d1[r] = 1 - highest cosine of region r with the kept regions of the examples                  `NearestRegions`
    d9[r] = the same for averages over 3 x 3 regions
    u[r]  = d1[r] / mean d1 + d9[r] / mean d9                                           `Distances.unlikeness`
    u     = (g - mean g) / deviation g  +  w (max u[r] - mean) / deviation                        `joined`
    w     = min(1, 0.25 / mean distance of regions of stride 32)^2

Regions are those of stride 16; g is the unlikeness of the joint vector (`head.unknown`). Regions count less where
those of the examples have no near neighbours among one another, for then a region without one says little. Means and
deviations are those of the examples, each without its group: no other image takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.features.maps import IMAGES_AT_ONCE, ImageFeatures
from model.head import local_feature
from model.head.grouping import Grouping

MOST_REGIONS = 512
"""Regions that are kept, drawn from all examples, and averages of them: more find hardly more and take longer."""

MOST_COARSE = 1000
"""Regions of stride 32 by which the weight is measured."""

ALIKE = 0.25
"""Mean distance at stride 32 below which regions count as much as the global feature. Measured."""

_COARSE = 2  # which of `_maps`
_LEAST = 1e-6  # keeps units above 0 where all examples are the same picture

EachImage = Callable[[], Iterable[ImageFeatures]]
"""Gives the examples one after the other, with compact features on their own grid; asked for several times."""


class Memory(NamedTuple):
    """Regions of the examples of a single class, and what is usual among these examples.

    regions: float16 (m, D_fine), directions of the kept regions, of length 1; windows: averages over 3 x 3, the same
    units: float64 (2,) mean distance of the examples' regions and windows, each without its group
    weight: float64 (1,) w, 0..1
    usual, deviations: float64 (2,) of the examples' global unlikeness and of their most unlike region, in the same way
    """

    regions: Tensor
    windows: Tensor
    units: Tensor
    weight: Tensor
    usual: Tensor
    deviations: Tensor


class Distances(NamedTuple):
    """Distances of the regions and windows of n images from the nearest kept ones, float32 (n, h, w) each."""

    regions: Tensor
    windows: Tensor

    def unlikeness(self, units: Tensor) -> Tensor:
        """Return the unlikeness of each region, (n, R), for the `Memory.units`."""
        return (self.regions / float(units[0]) + self.windows / float(units[1])).flatten(1)


class NearestRegions:
    """The kept regions, ready to be compared with images. Read-only, so several threads may use it at once."""

    def __init__(self, memory: Memory) -> None:
        self._regions, self._windows = memory.regions.float(), memory.windows.float()

    def distances(self, features: ImageFeatures) -> Distances:
        """Compare the regions of n images with the kept ones."""
        starts = range(0, len(features.coarse), IMAGES_AT_ONCE)
        found = [self.distances_at_once(features.pick(slice(start, start + IMAGES_AT_ONCE))) for start in starts]
        regions, windows = (torch.cat(parts) for parts in zip(*found, strict=True))
        return Distances(regions, windows)

    def distances_at_once(self, features: ImageFeatures) -> Distances:
        """Do the same for a few images, all together."""
        regions, windows = _directions(features)
        return Distances(_distances(self._regions, regions), _distances(self._windows, windows))


class NearestFit(NamedTuple):
    """The memory of n examples, without what is usual of their global unlikeness, and what leaving out says.

    left_out: float64 (n,) the most unlike region of each example, without its group
    """

    memory: Memory
    left_out: Tensor

    def with_globals(self, unlikeness: Tensor) -> tuple[Memory, Tensor]:
        """Return the memory, and the joined unlikeness of the examples, float64 (n,), for their global unlikeness.

        Both kinds of unlikeness are of each example without its group.
        """
        both = torch.stack((unlikeness, self.left_out))
        deviations = both.std(dim=1).clamp_min(_LEAST)
        memory = self.memory._replace(usual=both.mean(dim=1), deviations=deviations)
        return memory, joined(memory, *both)


def joined(memory: Memory, global_: Tensor, of_regions: Tensor) -> Tensor:
    """Join the global unlikeness of n images and that of their most unlike region: float64 (n,)."""
    both = torch.stack((global_.double(), of_regions.double()), dim=1)
    above = (both - memory.usual) / memory.deviations
    return above[:, 0] + float(memory.weight) * above[:, 1]


def grouping_of_one_class(groups: Grouping) -> Grouping:
    """Return the groups to leave out: `groups`, or each example alone where all are one group."""
    return groups if groups.independent > 1 else Grouping.alone(len(groups.numbers))


@torch.no_grad()
def fit_nearest(each: EachImage, groups: Grouping) -> NearestFit:
    """Keep regions of the n examples of a single class, at most `MOST_REGIONS`, and measure them.

    They are drawn from all regions of all examples, always the same ones. `groups` are left out together.
    """
    groups = grouping_of_one_class(groups)
    numbers, count = groups.numbers, len(groups.numbers)
    kept, owners = zip(*(_drawn(each(), count, stride) for stride in range(3)), strict=True)
    means, seen = [], []
    for number, image in zip(numbers.tolist(), each(), strict=True):
        found = [
            _distances(some[numbers[owner] != number], maps)
            for some, owner, maps in zip(kept, owners, _maps(image), strict=True)
        ]
        means.append([float(part.mean()) for part in found])
        seen.append(Distances(*found[:2]))
    *units, apart = torch.tensor(means, dtype=torch.float64).mean(dim=0).clamp_min(_LEAST)
    both, nothing = torch.stack(units), torch.zeros(2, dtype=torch.float64)
    left_out = torch.cat([one.unlikeness(both).amax(dim=1) for one in seen]).double()
    weight = (ALIKE / apart).clamp_max(1).square()[None]
    memory = Memory(kept[0].half(), kept[1].half(), both, weight, nothing, nothing + 1.0)
    return NearestFit(memory, left_out)


def _drawn(images: Iterable[ImageFeatures], count: int, kind: int) -> tuple[Tensor, Tensor]:
    """Draw from one kind of `_maps` of `count` images: directions (m, D), as they are kept, and int64 (m,) owners."""
    most = MOST_COARSE if kind == _COARSE else MOST_REGIONS
    found, owners = [], []
    for number, image in enumerate(images):
        regions = _maps(image)[kind][0].flatten(1).T
        drawn = torch.randperm(count * len(regions), generator=torch.Generator().manual_seed(0))[:most]
        rows = drawn[drawn // len(regions) == number] % len(regions)
        found.append(regions[rows])
        owners.append(torch.full((len(rows),), number))
    return torch.cat(found).half().float(), torch.cat(owners)


def _maps(image: ImageFeatures) -> tuple[Tensor, ...]:
    """Return the directions of regions and windows of stride 16, and of regions of stride 32."""
    return *_directions(image), image.coarse_map * image.coarse_scale[:, None]


def _directions(features: ImageFeatures) -> tuple[Tensor, Tensor]:
    """Return the directions of regions and of windows, averages over 3 x 3 of them: (n, D_fine, h, w) each."""
    regions = features.fine_map * features.fine_scale[:, None]
    averaged = local_feature.smoothed(regions.flatten(2), features.grid)
    return regions, functional.normalize(averaged, dim=1).unflatten(2, features.grid)


def _distances(kept: Tensor, maps: Tensor) -> Tensor:
    """Distances of maps (n, D, h, w) from the nearest of regions (m, D): (n, h, w); the largest, 2, where m is 0."""
    if not len(kept):
        return torch.full_like(maps[:, 0], 2.0)
    nearest: Tensor = (kept @ maps.flatten(2)).amax(dim=1).unflatten(1, maps.shape[2:])
    return 1 - nearest
