"""The layers of EfficientNet-Lite 0 to 2 (Tan and Le 2019, without squeeze-and-excitation, with ReLU6).

Defined here although timm has them, because importing timm takes longer than the rest of the first prediction
(docs/adr/0012-start.md). A test checks that the features are those of timm.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

BATCH_NORM_EPSILON = 1e-3  # the reference's
STEM_CHANNELS, HEAD_CHANNELS = 32, 1280


class Stage(NamedTuple):
    """Blocks of one stage; `repeats` and `channels` before scaling; only the first block has the stride."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
SCALES = {"efficientnet-lite0": (1.0, 1.0), "efficientnet-lite1": (1.0, 1.1), "efficientnet-lite2": (1.1, 1.2)}
"""Factors of width and depth; the stem, the head and the depth of the first and last stage are not scaled."""


def make_stem() -> nn.Sequential:
    """Return the stem: RGB in -1..1 to stride 2."""
    return nn.Sequential(*_convolution(3, STEM_CHANNELS, 3, stride=2), nn.ReLU6())


def make_blocks(name: str) -> nn.Sequential:
    """Return the seven stages of `name`, one of `SCALES`."""
    width, depth = SCALES[name]
    stages, entering = [], STEM_CHANNELS
    for number, stage in enumerate(STAGES):
        fixed = number in (0, len(STAGES) - 1)
        repeats = stage.repeats if fixed else math.ceil(stage.repeats * depth)
        leaving = scaled_channels(stage.channels, width)
        blocks: list[nn.Module] = []
        for at in range(repeats):
            stride = stage.stride if at == 0 else 1
            if stage.expansion == 1:
                blocks.append(SeparableBlock(entering, leaving, stage.kernel, stride))
            else:
                blocks.append(InvertedBlock(entering, leaving, stage.kernel, stride, stage.expansion))
            entering = leaving
        stages.append(nn.Sequential(*blocks))
    return nn.Sequential(*stages)


def make_head(name: str) -> nn.Sequential:
    """Return the last convolution, at stride 32."""
    return nn.Sequential(
        *_convolution(scaled_channels(STAGES[-1].channels, SCALES[name][0]), HEAD_CHANNELS), nn.ReLU6()
    )


def scaled_channels(channels: int, width: float) -> int:
    """Return a multiple of eight near `channels * width`, not more than a tenth below it."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


class SeparableBlock(nn.Module):
    """Depthwise and pointwise convolution."""

    def __init__(self, entering: int, leaving: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv_dw, self.bn1 = _convolution(entering, entering, kernel, stride, groups=entering)
        self.conv_pw, self.bn2 = _convolution(entering, leaving)
        self._adds = stride == 1 and entering == leaving

    def forward(self, features: Tensor) -> Tensor:
        """(n, entering, h, w) -> (n, leaving, h / stride, w / stride)."""
        found: Tensor = self.bn2(self.conv_pw(functional.relu6(self.bn1(self.conv_dw(features)))))
        return found + features if self._adds else found


class InvertedBlock(nn.Module):
    """Pointwise expansion, depthwise convolution, linear projection."""

    def __init__(self, entering: int, leaving: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = entering * expansion
        self.conv_pw, self.bn1 = _convolution(entering, inner)
        self.conv_dw, self.bn2 = _convolution(inner, inner, kernel, stride, groups=inner)
        self.conv_pwl, self.bn3 = _convolution(inner, leaving)
        self._adds = stride == 1 and entering == leaving

    def forward(self, features: Tensor) -> Tensor:
        """(n, entering, h, w) -> (n, leaving, h / stride, w / stride)."""
        expanded = functional.relu6(self.bn1(self.conv_pw(features)))
        found: Tensor = self.bn3(self.conv_pwl(functional.relu6(self.bn2(self.conv_dw(expanded)))))
        return found + features if self._adds else found


class SameConvolution(nn.Conv2d):
    """A convolution padded as TensorFlow's "same": an odd pixel of padding is at the right and the bottom."""

    def forward(self, features: Tensor) -> Tensor:
        """(n, c, h, w) -> (n, c', ceil(h / stride), ceil(w / stride))."""
        height, width = (self._padding(int(length)) for length in features.shape[2:])
        padded = functional.pad(features, (width // 2, width - width // 2, height // 2, height - height // 2))
        return functional.conv2d(padded, self.weight, None, self.stride, groups=self.groups)

    def _padding(self, length: int) -> int:
        stride, kernel = self.stride[0], self.kernel_size[0]
        return max((-(-length // stride) - 1) * stride + kernel - length, 0)


def _convolution(
    entering: int, leaving: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    if stride == 1:
        layer = nn.Conv2d(entering, leaving, kernel, padding=kernel // 2, groups=groups, bias=False)
    else:
        layer = SameConvolution(entering, leaving, kernel, stride, groups=groups, bias=False)
    return layer, nn.BatchNorm2d(leaving, eps=BATCH_NORM_EPSILON)
