"""Quantised directions of regions: the compiled loops agree with the formula."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from model.features.quantisation import EPSILON, SIGNED_BITS, STEPS, quantised

HALVES = 2**SIGNED_BITS - 1


def _answers(*shape: int) -> Tensor:
    answers = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    answers[answers.abs() < 0.3] = 0.0  # as after ReLU
    return answers * torch.logspace(-3, 2, shape[1]).view(-1, 1, 1)


@pytest.mark.parametrize("shape", [(1, 1280, 10, 10), (3, 112, 14, 14), (2, 5, 1, 7)])
@pytest.mark.parametrize("signed", [True, False])
def test_the_numbers_are_those_of_the_definition(shape: tuple[int, ...], signed: bool) -> None:
    answers = _answers(*shape)
    answers = answers if signed else answers.abs()
    most = HALVES + 1 if signed else STEPS  # in half steps, or in steps
    roots = torch.copysign((answers.double().abs() + EPSILON).sqrt() - EPSILON**0.5, answers.double())
    steps = roots * most / roots.abs().amax(dim=1, keepdim=True)
    made = quantised(answers)
    assert float((made.steps - steps).abs().max()) < (1 if signed else 0.5) + 1e-3
    assert int(made.steps.abs().amax(dim=1).min()) == (HALVES if signed else STEPS)
    assert int(made.steps.min()) == (-HALVES if signed else 0)
    assert not signed or bool((made.steps % 2 == 1).all())
    assert torch.allclose(made.scale, 1 / made.steps.float().norm(dim=1), rtol=1e-5)
    assert torch.allclose(made.strength, answers.abs().sum(dim=1), rtol=1e-5)


def test_a_region_of_zeros_has_no_direction() -> None:
    answers = _answers(2, 6, 2, 2)
    answers[1, :, 0, 1] = 0.0
    for made in (quantised(answers), quantised(answers.abs())):
        assert not bool((made.steps * made.scale[:, None])[1, :, 0, 1].any())
        assert float(made.strength[1, 0, 1]) == 0.0
        assert bool(made.scale.isfinite().all())
        assert float((made.steps * made.scale[:, None])[0, :, 0, 1].norm()) == pytest.approx(1)


def test_each_image_has_the_steps_that_its_own_sign_asks_for() -> None:
    answers = _answers(2, 8, 4, 4)
    both = quantised(torch.cat((answers[:1], answers[1:].abs())))
    assert torch.equal(both.steps[:1], quantised(answers[:1]).steps)
    assert torch.equal(both.steps[1:], quantised(answers[1:].abs()).steps)


def test_maps_in_another_order_of_memory_will_do() -> None:
    answers = _answers(2, 8, 4, 4)
    for one, other in zip(quantised(answers), quantised(answers.to(memory_format=torch.channels_last)), strict=True):
        assert torch.equal(one, other)
