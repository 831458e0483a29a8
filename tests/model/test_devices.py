"""The device is chosen at run time and says why; one that is not there is refused."""

from __future__ import annotations

import pytest
import torch

from model.devices import DEVICE_NAMES, choose_device
from model.errors import DeviceError

_THERE = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}


def test_auto_takes_what_is_there_and_says_why() -> None:
    device, note = choose_device("auto")
    assert _THERE[device.type]
    assert note
    if device.type == "cpu":
        assert note == "CPU (no CUDA or MPS device found)"


def test_cpu_can_be_chosen_anywhere() -> None:
    assert choose_device("cpu") == (torch.device("cpu"), "CPU (as chosen)")


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused_with_what_to_do(name: str) -> None:
    if _THERE[name]:
        assert choose_device(name)[0].type == name
        return
    with pytest.raises(DeviceError, match=f"no {name.upper()} device .* Use --device cpu or auto"):
        choose_device(name)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DeviceError, match=", ".join(DEVICE_NAMES)):
        choose_device("tpu")
