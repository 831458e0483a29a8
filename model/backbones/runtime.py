"""The interface of a runtime, which runs a frozen backbone, and the one of PyTorch, which is always there.

Training a backbone keeps to PyTorch. See docs/adr/0010-runtime.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from model.backbones.base import Backbone, FeatureMaps

FLOAT32, BFLOAT16 = "float32", "bfloat16"


class Runtime(ABC):
    """Runs a backbone. Thread-safe."""

    @property
    @abstractmethod
    def note(self) -> str:
        """What runs it, and why not something faster, for people."""

    batched: bool
    """Whether it wants one batch at a time; otherwise `parallel` threads should call `forward`, each with one image."""

    parallel: int = 1

    precision: str = FLOAT32
    """The least precise numbers it computes in; features of different precisions are kept apart."""

    @abstractmethod
    def prepare(self, side: int) -> None:
        """Make ready what images of `side` pixels need; nothing where that is done, or nothing is needed."""

    @abstractmethod
    def forward(self, pixels: Tensor) -> FeatureMaps:
        """Map RGB pixels, uint8 (n, H, W, 3) on the CPU, to float32 maps (n, D, h, w) on the CPU."""


class TorchRuntime(Runtime):
    """PyTorch on any device."""

    batched = True

    def __init__(self, backbone: Backbone, device: torch.device, note: str = "PyTorch") -> None:
        self._backbone, self._device, self._note = backbone, device, note

    @property
    def note(self) -> str:
        """See `Runtime.note`."""
        return self._note

    def prepare(self, side: int) -> None:
        """See `Runtime.prepare`: PyTorch needs nothing."""

    def forward(self, pixels: Tensor) -> FeatureMaps:
        """See `Runtime.forward`."""
        with torch.inference_mode():
            images = pixels.to(self._device).permute(0, 3, 1, 2).float().div_(255)
            maps = self._backbone(images.contiguous(memory_format=torch.channels_last))
            return FeatureMaps(*(part.to("cpu", torch.float32).contiguous() for part in maps))
