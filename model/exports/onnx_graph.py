"""A classifier as one graph of tensor operations, from the pixels of a picture to its classes: what is exported.

The head and the views are the ones that classify here. What they do by compiled loops or by PyTorch's resampling of
bytes is written again in operations that every runtime of ONNX has, with the same roundings: the squeeze into the
working side (`fitted`), the quantisation of regions (`quantised`) and the texture map (`texture_map`). Height and width
of the picture are free; everything after the squeeze has the shapes of the working side.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.backbones.base import Backbone, TwoNetworks
from model.classifier import FewShotClassifier
from model.features.maps import ImageMaps, compact
from model.features.quantisation import EPSILON, STEPS, Quantised
from model.features.texture_energies import CELLS, CHANNELS, FILTERS, OCTAVES
from model.features.views import texture
from model.regions.evidence import RESPONSE_SHARE
from model.regions.response_map import response_maps

_MOST_BITS, _WEIGHT_BITS = 22, 15


class ClassifierGraph(nn.Module):
    """A picture's probabilities, unlikeness and evidence maps."""

    def __init__(self, classifier: FewShotClassifier, backbone: Backbone) -> None:
        super().__init__()
        self.backbone, self._head, self._state = backbone, classifier.head, classifier.state
        head = self._head
        name = texture.TextureView.name
        self._weights = head.space.weights_of(name, head.shares, head.descriptors).float()
        self._texture_share = float(head.shares[head.space.position(name)]) ** 2

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Classify one picture, uint8 RGB (H, W, 3), both sides from 32 to 1024 pixels.

        Returns float32 probabilities (N,), unlikeness (), and evidence maps (N, h, w) in 0..1, each with a peak of 1.
        """
        pixels = picture.permute(2, 0, 1).float()
        square = fitted(pixels, self._state.side)[None] / 255
        backbone = self.backbone
        if isinstance(backbone, TwoNetworks):
            maps, second = backbone.first(square), backbone.second(square).coarse.mean(dim=(2, 3))
            if not backbone.sees(self._state.side):
                second = torch.zeros_like(second)
        else:
            maps, second = backbone(square), square.new_zeros(1, 0)
        kept = texture_map(pixels)[None].half().float()
        features = compact(ImageMaps(*maps, kept, square.new_zeros(1, 0), second), quantised)
        head, state = self._head, self._state
        joint, compared = head.joint(features), head.compare(features)
        scores = torch.softmax(head.logits(joint, compared).double(), dim=1).float()
        unlike = head.unlikeness(joint, compared).float()
        if compared.distances is not None and state.memory is not None:
            found = compared.distances.unlikeness(state.memory.units)[:, None]
            values = found / found.std(dim=2, keepdim=True).clamp_min(1e-9)
        else:
            responses = response_maps(compared.responses, features.coarse_strength, features.grid)
            responses = responses / responses.std(dim=2).mean(dim=1).clamp_min(1e-9)[:, None, None]
            contrasts = compared.contrasts / state.attention_temperature
            seen = (1 - RESPONSE_SHARE) * contrasts + RESPONSE_SHARE * responses
            cells = texture.evidence_of_cells(features.texture, self._weights)
            rough = _strongest(cells, features.grid).flatten(2) / state.evidence_deviation
            values = (1 - self._texture_share) * seen + self._texture_share * rough
        evidence = (values - values.amax(dim=2, keepdim=True)).exp().unflatten(2, features.grid)
        return scores[0], unlike[0], evidence[0]


def fitted(pixels: Tensor, side: int) -> Tensor:
    """Squeeze float32 pixels (3, H, W) of whole levels 0..255 into a square, with the roundings of PyTorch's bytes.

    A triangle filter as wide as the reduction, its weights rounded to 15 bits, across and then down, as in Pillow.
    """
    across, down = (_filter(pixels.shape[axis], side) for axis in (2, 1))
    rows = _rounded(pixels.double() @ across[0].T, across[1])
    return _rounded(down[0] @ rows, down[1]).float()


def _filter(length: int, side: int) -> tuple[Tensor, Tensor]:
    """Whole weights (side, length) of the filter, and what they add up to, a power of 2; float64."""
    at = torch.arange(length, dtype=torch.float64)
    scale = (at[-1:] + 1) / side
    centres = scale * (torch.arange(side, dtype=torch.float64) + 0.5)
    weights = (1 - ((at[None] + 0.5 - centres[:, None]) / scale.clamp_min(1)).abs()).clamp_min(0)
    weights = weights / weights.sum(dim=1, keepdim=True)
    powers = torch.tensor([2.0**bits for bits in range(1, _MOST_BITS + 1)], dtype=torch.float64)
    fitting = (torch.floor(0.5 + weights.amax((0, 1)) * powers) < 2**_WEIGHT_BITS).double() * powers
    unit = fitting.amax(0).clamp_min(1)
    return torch.floor(0.5 + weights * unit), unit


def _rounded(sums: Tensor, unit: Tensor) -> Tensor:
    return torch.floor(sums / unit + 0.5).clamp(0, 255)


def quantised(answers: Tensor) -> Quantised:
    """Do what `features.quantisation.quantised` does, in operations of a graph; the steps are whole float32."""
    sizes = answers.abs()
    root = EPSILON**0.5
    unit = STEPS / ((sizes.amax(dim=1) + EPSILON).sqrt() - root).clamp_min(EPSILON)
    steps = torch.round(((sizes + EPSILON).sqrt() - root) * unit[:, None]) * torch.sign(answers)
    scale = 1 / (steps.square().sum(dim=1) + EPSILON**2).sqrt()
    return Quantised(steps, scale, sizes.sum(dim=1))


def texture_map(pixels: Tensor) -> Tensor:
    """Do what `views.texture.texture_map` does: float32 levels 0..255 (3, H, W) to (CHANNELS, CELLS, CELLS)."""
    red, green, blue = pixels
    # All sums are below 2^24, so that float32 holds them exactly.
    level = torch.floor((red * 19595 + green * 38470 + blue * 7471 + 32768) / 65536)
    taps = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    cells = []
    for octave in range(OCTAVES):
        padded = functional.pad(level[None, None], (2, 2, 2, 2), mode="reflect")
        down = functional.conv2d(padded, taps.view(1, 1, 5, 1))
        smooth = functional.conv2d(down, taps.view(1, 1, 1, 5))[0, 0]
        laplacian = (level - smooth)[1:-1, 1:-1].square()
        across = (level[1:-1, 2:] - level[1:-1, :-2]).square()
        along = (level[2:, 1:-1] - level[:-2, 1:-1]).square()
        diagonal = ((level[2:, 2:] - level[:-2, :-2]).square() + (level[:-2, 2:] - level[2:, :-2]).square()) / 2
        energies = torch.stack((laplacian, across, along, diagonal))
        rows, columns = _windows(energies.shape[1]), _windows(energies.shape[2])
        cells.append(rows @ energies @ columns.T)
        if octave < OCTAVES - 1:
            level = smooth[::2, ::2]
    assert len(cells) * FILTERS == CHANNELS
    maps = functional.pad(torch.cat(cells)[None] / 255**2, (1, 1, 1, 1), mode="replicate")
    return torch.log(functional.avg_pool2d(maps, 3, 1)[0] + texture.NOISE)


def _windows(pixels: int) -> Tensor:
    """Weights (CELLS, pixels) that average each cell's window, as in adaptive pooling."""
    at = torch.arange(pixels, dtype=torch.int64)
    length = at[-1:] + 1
    edges = torch.arange(CELLS, dtype=torch.int64)
    first = torch.div(edges * length, CELLS, rounding_mode="floor")
    last = torch.div((edges + 1) * length + (CELLS - 1), CELLS, rounding_mode="floor")
    inside = ((at[None] >= first[:, None]) & (at[None] < last[:, None])).float()
    return inside / inside.sum(dim=1, keepdim=True)


def _strongest(cells: Tensor, grid: tuple[int, int]) -> Tensor:
    """Adaptive maximum pooling of (n, N, CELLS, CELLS); on a finer grid, interpolated, as in `texture.evidence`."""
    if grid[0] > CELLS or grid[1] > CELLS:
        return functional.interpolate(cells, size=grid, mode="bilinear", align_corners=False)
    spans = [[(k * CELLS // size, -(-(k + 1) * CELLS // size)) for k in range(size)] for size in grid]
    rows = torch.stack([cells[:, :, first:last].amax(dim=2) for first, last in spans[0]], dim=2)
    return torch.stack([rows[..., first:last].amax(dim=3) for first, last in spans[1]], dim=3)
