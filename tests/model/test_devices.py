"""The device is chosen at run time, with the reason; one that is missing is refused."""

from __future__ import annotations

import pytest
import torch

from model.backbones.devices import DEVICE_NAMES, choose_device, one_thread
from model.embedding.embedder import Embedder
from model.errors import DeviceError
from model.progress import Progress
from model.training.train import train
from model.types import SupportSet

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


def test_one_thread_is_for_the_block_only_also_when_nested_or_left_by_an_error() -> None:
    before = torch.get_num_threads()

    @one_thread()
    def inner() -> int:
        with one_thread():
            pass
        return torch.get_num_threads()

    try:
        torch.set_num_threads(2)
        assert inner() == 1
        assert torch.get_num_threads() == 2
        with pytest.raises(KeyError), one_thread():
            raise KeyError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_training_and_predicting_keep_to_one_thread(shapes_support: SupportSet, embedder: Embedder) -> None:
    seen = set()

    def watch(_progress: Progress) -> None:
        if _progress.phase == "Training":
            seen.add(torch.get_num_threads())

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        train(shapes_support, embedder=embedder, progress=watch)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert seen == {1}
