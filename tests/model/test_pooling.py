"""Global features by one loop are what PyTorch's operations give."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from model.pooling import pooled_directions


@pytest.mark.parametrize("cells", [1, 3])
@pytest.mark.parametrize("size", [(10, 10), (20, 20), (7, 14), (2, 1)])
def test_the_directions_are_those_of_the_mean_answers(size: tuple[int, int], cells: int) -> None:
    answers = torch.randn(2, 24, *size, generator=torch.Generator().manual_seed(0))
    means = functional.adaptive_avg_pool2d(answers, cells).double()
    expected = functional.normalize(means.sign() * means.abs().sqrt(), dim=1)
    made = pooled_directions(answers, cells)
    assert torch.allclose(made.double(), expected, atol=2e-4)  # roots of what is nearly nothing are offset
    assert torch.allclose(made.norm(dim=1), torch.ones(2, cells, cells))


def test_a_map_without_answers_has_no_direction() -> None:
    assert not bool(pooled_directions(torch.zeros(1, 4, 6, 6), 3).any())
