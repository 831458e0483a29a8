"""The choice of a runtime: OpenVINO, several times as fast on CPUs, or PyTorch.

In float32 both give the same maps to 1e-3 relative; where OpenVINO uses bfloat16 its note says so
(docs/adr/0010-runtime.md).
"""

from __future__ import annotations

import torch

from model.backbones.base import Backbone
from model.backbones.runtime import Runtime, TorchRuntime
from model.cache.store import BlobStore
from model.errors import RuntimeUnavailableError


def create_runtime(backbone: Backbone, device: torch.device, fingerprint: str, store: BlobStore) -> Runtime:
    """Choose what runs `backbone` (in evaluation mode, on `device`): OpenVINO on a CPU where it can, else PyTorch.

    `fingerprint` identifies the weights; `store` keeps what OpenVINO makes of them.
    """
    if device.type != "cpu":
        return TorchRuntime(backbone, device)
    from model.backbones.openvino_runtime import OpenVinoRuntime

    try:
        return OpenVinoRuntime(backbone, fingerprint, store)
    except RuntimeUnavailableError as problem:
        return TorchRuntime(backbone, device, f"PyTorch ({problem})")
