"""The interface of a runtime, which runs a frozen backbone, and PyTorch's runtime, which is always available.

Backbones are trained with PyTorch only. See docs/adr/0010-runtime.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from model.backbones.base import Backbone, FeatureMaps, TwoNetworks
from model.messages import message

FLOAT32, BFLOAT16, INT8 = "float32", "bfloat16", "int8"


class Runtime(ABC):
    """Runs a backbone. Thread-safe."""

    @property
    @abstractmethod
    def note(self) -> str:
        """Name of the runtime, and the reason why it is not a faster one, as text for the user."""

    batched: bool
    """Whether `forward` takes batches best; otherwise `parallel` threads should call it with one image each."""

    parallel: int = 1

    precision: str = FLOAT32
    """The lowest precision used."""

    @property
    def numbers(self) -> str:
        """What features depend on beside the weights: the precision, and the file of int8 layers.

        Features of different ones are stored separately.
        """
        return self.precision

    @abstractmethod
    def prepare(self, side: int) -> None:
        """Prepare for images of `side` pixels; does nothing where that is done or not needed."""

    @abstractmethod
    def forward(self, pixels: Tensor) -> FeatureMaps:
        """Map RGB pixels, uint8 (n, H, W, 3) on the CPU, to float32 maps (n, D, h, w) on the CPU."""

    def second(self, pixels: Tensor) -> Tensor:
        """Return the mean over the positions of a second network's coarse map: float32 (n, D_second) on the CPU.

        Zeros for images that it does not see; D_second is 0 where there is no second network.
        """
        return torch.zeros(len(pixels), 0)


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


class TwoRuntimes(Runtime):
    """The runtimes of the two networks of a backbone, each with its own precision."""

    def __init__(self, backbone: TwoNetworks, first: Runtime, second: Runtime) -> None:
        self._backbone, self._first, self._second = backbone, first, second
        self.batched, self.parallel = first.batched, first.parallel
        self.precision = _joined(first.precision, second.precision)

    @property
    def numbers(self) -> str:
        """See `Runtime.numbers`."""
        return _joined(self._first.numbers, self._second.numbers)

    @property
    def note(self) -> str:
        """See `Runtime.note`."""
        first, second = self._first.note, self._second.note
        return first if first == second else message("{first} + {second}", first=first, second=second)

    def prepare(self, side: int) -> None:
        """See `Runtime.prepare`."""
        self._first.prepare(side)
        if self._backbone.sees(side):
            self._second.prepare(side)

    def forward(self, pixels: Tensor) -> FeatureMaps:
        """See `Runtime.forward`: the maps of the first network."""
        return self._first.forward(pixels)

    def second(self, pixels: Tensor) -> Tensor:
        """See `Runtime.second`."""
        if not self._backbone.sees(pixels.shape[1]):
            return torch.zeros(len(pixels), self._backbone.channels[2])
        seen: Tensor = self._second.forward(pixels).coarse.mean(dim=(2, 3))
        return seen


def _joined(first: str, second: str) -> str:
    return FLOAT32 if first == second == FLOAT32 else f"{first}+{second}"
