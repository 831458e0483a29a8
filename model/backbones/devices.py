"""The choice of the computing device, with the reason as text for the status bar."""

from __future__ import annotations

import contextlib

import torch

from model.errors import DeviceError
from model.messages import message

DEVICE_NAMES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str = "auto") -> tuple[torch.device, str]:
    """Return the device for `name` (one of `DEVICE_NAMES`) and a note such as "CPU (no CUDA or MPS device found)".

    Raises `DeviceError` for an unknown name and for a device that this machine does not have.
    """
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "auto":
        name = "cuda" if cuda else "mps" if mps else "cpu"
        if name == "cpu":
            return torch.device("cpu"), message("CPU (no CUDA or MPS device found)")
    if name == "cuda" and cuda:
        return torch.device("cuda"), message("CUDA ({name})", name=torch.cuda.get_device_name())
    if name == "mps" and mps:
        return torch.device("mps"), message("MPS (Apple GPU)")
    if name == "cpu":
        return torch.device("cpu"), message("CPU (as chosen)")
    if name not in DEVICE_NAMES:
        raise DeviceError(
            message("Unknown device {name!r}. Choose one of: {known}.", name=name, known=", ".join(DEVICE_NAMES))
        )
    raise DeviceError(
        message(
            "This machine has no {device} device that torch can use. Use --device cpu or auto.", device=name.upper()
        )
    )


class one_thread(contextlib.ContextDecorator):  # noqa: N801 - used as a function: `with one_thread():`
    """Keep PyTorch to one thread inside the block, as context manager or decorator.

    The head's computations are small: several threads gain nothing on an idle machine, and on a busy one each
    computation waits for the slowest thread. Training took 0.2 s with one thread and up to 12 s with two while two
    other programs used the two cores.
    """

    def __enter__(self) -> None:
        self._before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *_problem: object) -> None:
        torch.set_num_threads(self._before)

    def _recreate_cm(self) -> one_thread:
        return one_thread()  # calls may be nested, and run in several threads
