"""The map of responses: what speaks for a class is found by its strength, worked out on tiny maps."""

from __future__ import annotations

import torch

from model.class_description import class_balance
from model.response_map import response_directions, response_maps

LABELS = torch.tensor([0, 0, 1, 1])


def responses() -> torch.Tensor:
    """Channel 0 answers on the left for class 0, channel 1 on the right for class 1, channel 2 everywhere."""
    maps = torch.zeros(4, 3, 1, 2)
    maps[:2, 0, 0, 0] = 4.0
    maps[2:, 1, 0, 1] = 4.0
    maps[:, 2] = 1.0
    return maps


def test_the_map_peaks_where_the_class_answers() -> None:
    directions = response_directions(responses(), class_balance(LABELS, 2), LABELS, 2)
    maps = response_maps(responses(), directions, (2, 4))
    assert maps.shape == (4, 2, 8)
    assert int(maps[0, 0].argmax()) % 4 == 0
    assert int(maps[2, 1].argmax()) % 4 == 3


def test_what_is_everywhere_says_nothing_and_the_classes_add_up_to_nothing() -> None:
    directions = response_directions(responses(), class_balance(LABELS, 2), LABELS, 2)
    assert torch.allclose(directions[:, 2], torch.zeros(2), atol=1e-6)
    assert torch.allclose(directions.sum(dim=0), torch.zeros(3), atol=1e-6)


def test_an_example_without_weight_does_not_count() -> None:
    balance = class_balance(LABELS, 2)
    whole = response_directions(responses()[:3], balance[:3], LABELS[:3], 2)
    odd = responses()
    odd[3] = odd[0]  # of class 1 by its label, but not by its looks
    nothing = balance * torch.tensor([1.0, 1.0, 1.0, 1e-9])
    assert torch.allclose(response_directions(odd, nothing, LABELS, 2), whole, atol=1e-2)
