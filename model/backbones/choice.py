"""The choice of a runtime: OpenVINO, several times as fast on CPUs, or PyTorch.

In float32 both give the same maps to 1e-3 relative; the note of OpenVINO names bfloat16 where it is used
(docs/adr/0010-runtime.md).
"""

from __future__ import annotations

import torch

from model.backbones.base import Backbone, TwoNetworks
from model.backbones.runtime import Runtime, TorchRuntime, TwoRuntimes
from model.cache.store import BlobStore
from model.errors import RuntimeUnavailableError
from model.messages import message


def create_runtime(backbone: Backbone, device: torch.device, fingerprint: str, store: BlobStore) -> Runtime:
    """Return the runtime of `backbone` (in evaluation mode, on `device`): OpenVINO on a CPU if possible, else PyTorch.

    fingerprint: identifies the weights
    store: keeps the graphs that OpenVINO converts
    """
    if isinstance(backbone, TwoNetworks):
        networks = (("first", backbone.first), ("second", backbone.second))
        runtimes = (create_runtime(network, device, f"{fingerprint} {name}", store) for name, network in networks)
        return TwoRuntimes(backbone, *runtimes)
    if device.type != "cpu":
        return TorchRuntime(backbone, device)
    from model.backbones.openvino_runtime import OpenVinoRuntime

    try:
        return OpenVinoRuntime(backbone, fingerprint, store)
    except RuntimeUnavailableError as problem:
        return TorchRuntime(backbone, device, message("PyTorch ({problem})", problem=problem))
