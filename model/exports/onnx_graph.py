"""A classifier as one graph of tensor operations, from the pixels of pictures to their classes: what is exported.

The views, the comparisons and the scores are the ones that classify here. What they do by compiled loops, by PyTorch's
resampling of bytes, by indices or in half precision is written again in operations that every runtime of ONNX has, with
the same roundings: the squeeze into the working side (`fitted`), the quantisation of regions (`quantised`), the texture
map (`texture_map`), the joint vectors and their unlikeness. Number, height and width of the pictures are free;
everything after the squeeze has the shapes of the working side.

Runtimes may compute in float32 where a graph says float64 (OpenVINO does), so nothing here relies on more.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.backbones.base import Backbone, TwoNetworks
from model.classifier import FewShotClassifier
from model.features.maps import ImageFeatures, ImageMaps, compact
from model.features.quantisation import EPSILON, SIGNED_BITS, STEPS, KeptTexture, Quantised
from model.features.texture_energies import CELLS, CHANNELS, FILTERS, OCTAVES
from model.features.views import texture
from model.features.views.second import SecondView
from model.head.nearest import Memory, NearestRegions
from model.head.trained_head import Comparisons
from model.regions.evidence import RESPONSE_SHARE
from model.regions.response_map import response_maps

_LEAST_BITS, _MOST_BITS, _WEIGHT_BITS = 14, 22, 15  # of what the weights add up to, and of a weight
_DIGIT = 2.0**7
_LOW = 2.0**8


class _OneClass(NamedTuple):
    """Numbers of `Memory`, which a graph holds as constants."""

    units: list[float]
    usual: list[float]
    deviations: list[float]
    weight: float

    @classmethod
    def of(cls, memory: Memory) -> _OneClass:
        return cls(memory.units.tolist(), memory.usual.tolist(), memory.deviations.tolist(), float(memory.weight))


class ClassifierGraph(nn.Module):
    """Probabilities, unlikeness and evidence maps of pictures of one size."""

    def __init__(self, classifier: FewShotClassifier, backbone: Backbone) -> None:
        super().__init__()
        self.backbone, self._head, self._state = backbone, classifier.head, classifier.state
        head = self._head
        name = texture.TextureView.name
        self._weights = head.space.weights_of(name, head.shares, head.descriptors).float()
        self._texture_share = float(head.shares[head.space.position(name)]) ** 2
        memory = self._state.memory
        self._nearest = None if memory is None else NearestRegions(memory)
        self._one_class = None if memory is None else _OneClass.of(memory)
        self._members = functional.one_hot(head.subspaces.owners, head.ways).double()

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Classify n pictures of one size, uint8 RGB (n, 3, H, W), both sides from 32 to 1024 pixels.

        Returns float32 probabilities (n, N), unlikeness (n,), and evidence maps (n, N, h, w) in 0..1, each with a peak
        of 1.
        """
        features = self._features(pictures.float())
        joint = self._joint(features)
        unlikeness, memory = self._unlikeness(joint), self._state.memory
        if memory is None:
            compared = self._head.compare(features)
            probabilities = torch.softmax(self._head.logits(joint, compared), dim=1)
            values = self._evidence(features, compared)
        else:
            unlikeness, found = self._of_one_class(features, unlikeness)
            probabilities = torch.ones_like(found[:, :1])
            values = (found / found.std(dim=1, keepdim=True).clamp_min(1e-9))[:, None]
        evidence = (values - values.amax(dim=2, keepdim=True)).exp().unflatten(2, features.grid)
        return probabilities, unlikeness.float(), evidence

    def _features(self, pixels: Tensor) -> ImageFeatures:
        side, backbone = self._state.side, self.backbone
        square = fitted(pixels, side) / 255
        second = square.new_zeros(square.shape[0], 0)
        if isinstance(backbone, TwoNetworks):
            maps = backbone.first(square)
            second = backbone.second(square).coarse.mean(dim=(2, 3))
            if not backbone.sees(side):
                second = torch.zeros_like(second)
        else:
            maps = backbone(square)
        nothing = square.new_zeros(square.shape[0], 0)
        seen = KeptTexture.of(texture_map(pixels)).maps()
        return compact(ImageMaps(maps.fine, maps.coarse, seen, nothing, second), quantised, halved)

    def _joint(self, features: ImageFeatures) -> Tensor:
        """Joint vectors, float64 (n, D), as `TrainedHead.joint`."""
        head = self._head
        parts = [part * share.sqrt() for part, share in zip(head.space.vectors(features), head.shares, strict=True)]
        for number, view in enumerate(head.space.views):
            if view.name == SecondView.name:
                parts[number] = parts[number] * (features.second.abs().amax(dim=1, keepdim=True) > 0)
        return torch.cat(parts, dim=1)

    def _unlikeness(self, joint: Tensor) -> Tensor:
        """Distance from the nearest class's subspace, float64 (n,), as `Subspaces.unlikeness`."""
        spans = self._head.subspaces
        lengths = (joint[:, None] - spans.means).square().sum(dim=2)
        along = (joint @ spans.basis.T - spans.offsets).square()
        distances = (lengths - along @ self._members).clamp_min(0)
        return distances.masked_fill(spans.empty, torch.inf).amin(dim=1)

    def _of_one_class(self, features: ImageFeatures, unlikeness: Tensor) -> tuple[Tensor, Tensor]:
        """Joined unlikeness, float64 (n,), and that of each region, float32 (n, R), as in `head.nearest`."""
        assert self._nearest is not None
        assert self._one_class is not None
        distances, numbers = self._nearest.distances_at_once(features), self._one_class
        found = (distances.regions / numbers.units[0] + distances.windows / numbers.units[1]).flatten(1)
        above = (unlikeness - numbers.usual[0]) / numbers.deviations[0]
        above_of_regions = (found.amax(dim=1).double() - numbers.usual[1]) / numbers.deviations[1]
        return above + numbers.weight * above_of_regions, found

    def _evidence(self, features: ImageFeatures, compared: Comparisons) -> Tensor:
        """Evidence of the first look for every class, float32 (n, N, R), as `RegionFinder.evidence`."""
        state = self._state
        responses = response_maps(compared.responses, features.coarse_strength, features.grid)
        responses = responses / responses.std(dim=2).mean(dim=1).clamp_min(1e-9)[:, None, None]
        contrasts = compared.contrasts / state.attention_temperature
        seen = (1 - RESPONSE_SHARE) * contrasts + RESPONSE_SHARE * responses
        cells = texture.evidence_of_cells(features.texture, self._weights)
        rough = _strongest(cells, features.grid).flatten(2) / state.evidence_deviation
        return (1 - self._texture_share) * seen + self._texture_share * rough


def fitted(pixels: Tensor, side: int) -> Tensor:
    """Squeeze float32 pixels (n, 3, H, W) of whole levels 0..255 into squares, with the roundings of PyTorch's bytes.

    A triangle filter as wide as the reduction, its weights rounded to 15 bits, across and then down, as in Pillow. Each
    weight is split into two whole numbers below 256: so every sum is a whole number below 2^24, which float32 holds
    exactly, whatever the order of addition.
    """
    low, high, unit = _filter(pixels.shape[3], side)
    rows = _rounded(pixels @ low.T, pixels @ high.T, unit)
    low, high, unit = _filter(pixels.shape[2], side)
    return _rounded(low @ rows, high @ rows, unit)


def _filter(length: int, side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Whole weights low + 256 high, (side, length) each, and what they add up to, a power of 2, (1,); all float32.

    A weight is p / sum of p, with whole p = 2 max(length, side) - |(2 j + 1) side - (2 i + 1) length| where positive,
    rounded to the unit by long division.
    """
    columns = torch.arange(length, dtype=torch.float32)
    rows = torch.arange(side, dtype=torch.float32)[:, None]
    total = columns[-1:] + 1
    parts = 2 * total.clamp_min(side) - ((2 * columns + 1) * side - (2 * rows + 1) * total).abs()
    parts = parts.clamp_min(0)
    sums = parts.sum(dim=1, keepdim=True)
    powers = torch.tensor([2.0**bits for bits in range(_LEAST_BITS, _MOST_BITS + 1)])
    fitting = torch.floor(0.5 + (parts / sums).amax((0, 1)) * powers) < 2**_WEIGHT_BITS
    unit = (fitting.float() * powers).amax(0, keepdim=True)
    weights, rest = torch.zeros_like(parts), parts
    for factor in (_DIGIT, _DIGIT, unit / _DIGIT**2):
        digit = torch.floor(rest * factor / sums)
        rest = rest * factor - digit * sums
        weights = weights * factor + digit
    weights = weights + (2 * rest >= sums).float()
    high = torch.floor(weights / _LOW)
    return weights - _LOW * high, high, unit


def _rounded(low: Tensor, high: Tensor, unit: Tensor) -> Tensor:
    """Return (low + 256 high) / unit, rounded, as levels 0..255."""
    return torch.floor((high + torch.floor((low + unit / 2) / _LOW)) / (unit / _LOW)).clamp(0, 255)


def halved(values: Tensor) -> Tensor:
    """Round float32 values of at most 65,504 in magnitude to half precision, as `values.half().float()`."""
    powers = torch.tensor([2.0**exponent for exponent in range(-13, 16)])
    unit = 2.0**-24 + ((values.abs()[..., None] >= powers).float() * (powers / 2**11)).sum(dim=-1)
    return torch.round(values / unit) * unit


def quantised(answers: Tensor) -> Quantised:
    """Do what `features.quantisation.quantised` does, in operations of a graph; the steps are whole float32."""
    sizes = answers.abs()
    root, most = EPSILON**0.5, 2.0 ** (SIGNED_BITS - 1)
    roots, largest = (sizes + EPSILON).sqrt() - root, sizes.amax(dim=1)
    longest = ((largest + EPSILON).sqrt() - root).clamp_min(EPSILON)
    plain = torch.round(roots * (STEPS / longest)[:, None])
    halves = 1 + 2 * torch.floor(roots * (most / longest)[:, None]).clamp_max(most - 1)
    halves = torch.where(answers < 0, -halves, halves)
    steps = torch.where(answers.amin(dim=(1, 2, 3), keepdim=True) < 0, halves, plain)
    scale = (largest > 0).float() / steps.square().sum(dim=1).clamp_min(1).sqrt()
    return Quantised(steps, scale, sizes.sum(dim=1))


def texture_map(pixels: Tensor) -> Tensor:
    """Do what `views.texture.texture_map` does: levels 0..255, float32 (n, 3, H, W), to (n, CHANNELS, CELLS, CELLS)."""
    red, green, blue = pixels.unbind(1)
    # All sums are below 2^24, so that float32 holds them exactly.
    level = torch.floor((red * 19595 + green * 38470 + blue * 7471 + 32768) / 65536)[:, None]
    taps = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    cells = []
    for octave in range(OCTAVES):
        padded = functional.pad(level, (2, 2, 2, 2), mode="reflect")
        smooth = functional.conv2d(functional.conv2d(padded, taps.view(1, 1, 5, 1)), taps.view(1, 1, 1, 5))
        laplacian = (level - smooth)[..., 1:-1, 1:-1].square()
        across = (level[..., 1:-1, 2:] - level[..., 1:-1, :-2]).square()
        along = (level[..., 2:, 1:-1] - level[..., :-2, 1:-1]).square()
        falling, rising = level[..., 2:, 2:] - level[..., :-2, :-2], level[..., :-2, 2:] - level[..., 2:, :-2]
        diagonal = (falling.square() + rising.square()) / 2
        energies = torch.cat((laplacian, across, along, diagonal), dim=1)
        cells.append(_windows(energies.shape[2]) @ energies @ _windows(energies.shape[3]).T)
        if octave < OCTAVES - 1:
            level = smooth[..., ::2, ::2]
    assert len(cells) * FILTERS == CHANNELS
    maps = functional.pad(torch.cat(cells, dim=1) / 255**2, (1, 1, 1, 1), mode="replicate")
    return torch.log(functional.avg_pool2d(maps, 3, 1) + texture.NOISE)


def _windows(pixels: int) -> Tensor:
    """Weights (CELLS, pixels) that average each cell's window, as in adaptive pooling."""
    at = torch.arange(pixels, dtype=torch.float32)
    edges = torch.arange(CELLS + 1, dtype=torch.float32) * (at[-1:] + 1)
    # Half a pixel more or less changes nothing, unless a runtime divides by multiplying with 1 / CELLS.
    first, last = torch.floor((edges[:-1] + 0.5) / CELLS), torch.ceil((edges[1:] - 0.5) / CELLS)
    inside = ((at >= first[:, None]) & (at < last[:, None])).float()
    return inside / inside.sum(dim=1, keepdim=True)


def _strongest(cells: Tensor, grid: tuple[int, int]) -> Tensor:
    """Adaptive maximum pooling of (n, N, CELLS, CELLS); on a finer grid, interpolated, as in `texture.evidence`."""
    if grid[0] > CELLS or grid[1] > CELLS:
        return functional.interpolate(cells, size=grid, mode="bilinear", align_corners=False)
    spans = [[(k * CELLS // size, -(-(k + 1) * CELLS // size)) for k in range(size)] for size in grid]
    rows = torch.stack([cells[:, :, first:last].amax(dim=2) for first, last in spans[0]], dim=2)
    return torch.stack([rows[..., first:last].amax(dim=3) for first, last in spans[1]], dim=3)
