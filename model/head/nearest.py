"""Nearest regions: how far each region of an image is from the regions of a single class's examples.

With one class there is nothing to tell it from, and a small fault hardly moves the global feature of an image; but the
regions on it are far from all regions of the examples, as in detectors by nearest patches (PatchCore, Roth et al., CVPR
2022; AnomalyDINO, Damm et al., WACV 2025). Ours (docs/adr/0026-one-bin.md):

    d[t,r] = 1 - highest cosine of region r with the kept regions of the examples, at stride t    `NearestRegions`
    u[r]   = 2 d[16,r] / mean d[16] + d[32,r] / mean d[32]                               `Distances.unlikeness`
    u      = (g - mean g) / deviation g  +  w (max u[r] - mean) / deviation                       `joined`
    w      = min(1, 0.25 / mean d[32])^2                                                          `regions_weight`

Regions of stride 16 are averages over 3 x 3 of them, as in `local_feature`; d[32] is interpolated on their grid. g is
the unlikeness of the joint vector (`head.unknown`). Regions count less where those of the examples have no near
neighbours among one another, for then a region without one says little. Means and deviations are those of the
examples, each without its group: no other image takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.features.maps import IMAGES_AT_ONCE, ImageFeatures, resampled
from model.head import local_feature
from model.head.grouping import Grouping

MOST_FINE, MOST_COARSE = 512, 128
"""Regions that are kept at stride 16 and 32, drawn from all examples: all of them find hardly more and take longer."""

FINE_WEIGHT = 2.0
"""Of the distance at stride 16, in units of that at stride 32."""

ALIKE = 0.25
"""Mean distance at stride 32 below which regions count as much as the global feature. Measured, as is the weight."""

_LEAST = 1e-6  # keeps units above 0 where all examples are the same picture

EachImage = Callable[[], Iterable[ImageFeatures]]
"""Gives the examples one after the other, with compact features on their own grid; asked for twice."""


class Memory(NamedTuple):
    """Regions of the examples of a single class, and what is usual among these examples.

    fine: float16 (m, D_fine), coarse: float16 (m', D_coarse), directions of the kept regions, of length 1
    units: float64 (2,) mean distance of the examples' regions at stride 16 and 32, each without its group
    usual, deviations: float64 (2,) of the examples' global unlikeness and of their most unlike region, in the same way
    """

    fine: Tensor
    coarse: Tensor
    units: Tensor
    usual: Tensor
    deviations: Tensor


class Distances(NamedTuple):
    """Distances of the regions of n images from the nearest kept ones, float32: fine (n, h, w), coarse (n, h', w')."""

    fine: Tensor
    coarse: Tensor

    def unlikeness(self, units: Tensor) -> Tensor:
        """Return the unlikeness of each region, (n, R), for the `Memory.units`."""
        rows, columns = self.fine.shape[1:]
        coarse = resampled(self.coarse[:, None], (rows, columns))[:, 0]
        return (FINE_WEIGHT * self.fine / float(units[0]) + coarse / float(units[1])).flatten(1)


class NearestRegions:
    """The kept regions, ready to be compared with images. Read-only, so several threads may use it at once."""

    def __init__(self, memory: Memory) -> None:
        self._fine, self._coarse = memory.fine.float(), memory.coarse.float()

    def distances(self, features: ImageFeatures) -> Distances:
        """Compare the regions of n images with the kept ones."""
        found = []
        for start in range(0, len(features.coarse), IMAGES_AT_ONCE):
            fine, coarse = _directions(features.pick(slice(start, start + IMAGES_AT_ONCE)))
            found.append((_distances(self._fine, fine), _distances(self._coarse, coarse)))
        fine, coarse = (torch.cat(parts) for parts in zip(*found, strict=True))
        return Distances(fine, coarse)


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
    return above[:, 0] + regions_weight(memory.units) * above[:, 1]


def regions_weight(units: Tensor) -> float:
    """Return the weight w of the most unlike region, 0..1, for the `Memory.units`."""
    return min(1.0, ALIKE / float(units[1])) ** 2


def grouping_of_one_class(groups: Grouping) -> Grouping:
    """Return the groups to leave out: `groups`, or each example alone where all are one group."""
    return groups if groups.independent > 1 else Grouping.alone(len(groups.numbers))


@torch.no_grad()
def fit_nearest(each: EachImage, groups: Grouping) -> NearestFit:
    """Keep regions of the n examples of a single class, at most `MOST_FINE` and `MOST_COARSE`, and measure them.

    They are drawn from all regions of all examples, always the same ones. `groups` are left out together.
    """
    groups, count = grouping_of_one_class(groups), len(groups.numbers)
    fine, fine_owners, coarse, coarse_owners = _kept(each(), count)
    fine, coarse = fine.half().float(), coarse.half().float()  # as they will be kept
    numbers, measured = groups.numbers, []
    for number, seen in zip(numbers.tolist(), map(_directions, each()), strict=True):
        others = (fine[numbers[fine_owners] != number], coarse[numbers[coarse_owners] != number])
        measured.append(Distances(*(_distances(kept, maps) for kept, maps in zip(others, seen, strict=True))))
    means = torch.tensor([[float(part.mean()) for part in one] for one in measured], dtype=torch.float64)
    units = means.mean(dim=0).clamp_min(_LEAST)
    left_out = torch.cat([one.unlikeness(units).amax(dim=1) for one in measured]).double()
    nothing = torch.zeros(2, dtype=torch.float64)
    return NearestFit(Memory(fine.half(), coarse.half(), units, nothing, nothing + 1.0), left_out)


def _kept(images: Iterable[ImageFeatures], count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Draw regions of `count` images: directions (m, D_fine), int64 (m,) their images, and the same at stride 32."""
    found: tuple[list[Tensor], ...] = ([], [], [], [])
    for number, image in enumerate(images):
        for stride, (maps, most) in enumerate(zip(_directions(image), (MOST_FINE, MOST_COARSE), strict=True)):
            regions = maps[0].flatten(1).T
            drawn = torch.randperm(count * len(regions), generator=torch.Generator().manual_seed(0))[:most]
            rows = drawn[drawn // len(regions) == number] % len(regions)
            found[2 * stride].append(regions[rows])
            found[2 * stride + 1].append(torch.full((len(rows),), number))
    fine, fine_owners, coarse, coarse_owners = (torch.cat(parts) for parts in found)
    return fine, fine_owners, coarse, coarse_owners


def _directions(features: ImageFeatures) -> tuple[Tensor, Tensor]:
    """Return the regions' directions: (n, D_fine, h, w) averaged over 3 x 3 regions, and (n, D_coarse, h', w')."""
    fine = (features.fine_map * features.fine_scale[:, None]).flatten(2)
    averaged = functional.normalize(local_feature.smoothed(fine, features.grid), dim=1)
    return averaged.unflatten(2, features.grid), features.coarse_map * features.coarse_scale[:, None]


def _distances(kept: Tensor, maps: Tensor) -> Tensor:
    """Distances of maps (n, D, h, w) from the nearest of regions (m, D): (n, h, w); the largest, 2, where m is 0."""
    if not len(kept):
        return torch.full_like(maps[:, 0], 2.0)
    nearest: Tensor = (kept @ maps.flatten(2)).amax(dim=1).unflatten(1, maps.shape[2:])
    return 1 - nearest
