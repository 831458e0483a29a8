"""Which device computes, chosen at run time, with the reason in words for the status bar."""

from __future__ import annotations

import torch

from model.errors import DeviceError

DEVICE_NAMES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str = "auto") -> tuple[torch.device, str]:
    """Return the device for `name` (one of `DEVICE_NAMES`) and a note such as "CPU (no CUDA or MPS device found)".

    Raises `DeviceError` when a device is asked for by name that this machine does not have.
    """
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "auto":
        name = "cuda" if cuda else "mps" if mps else "cpu"
        if name == "cpu":
            return torch.device("cpu"), "CPU (no CUDA or MPS device found)"
    if name == "cuda" and cuda:
        return torch.device("cuda"), f"CUDA ({torch.cuda.get_device_name()})"
    if name == "mps" and mps:
        return torch.device("mps"), "MPS (Apple GPU)"
    if name == "cpu":
        return torch.device("cpu"), "CPU (as chosen)"
    if name not in DEVICE_NAMES:
        raise DeviceError(f"Unknown device {name!r}. Choose one of: {', '.join(DEVICE_NAMES)}.")
    raise DeviceError(f"This machine has no {name.upper()} device that torch can use. Use --device cpu or auto.")
