"""Which of n images belong together (one patient, slide or burst), so that leave-one-out leaves out all of them."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional


class Grouping(NamedTuple):
    """The groups of n images.

    numbers: int64 (n,), the same for images of one group, counted from 0
    blocks: for each size m of 2 or more that a group has, int64 (k, m): the rows of the k groups of that size
    """

    numbers: Tensor
    blocks: tuple[Tensor, ...]

    @classmethod
    def of(cls, numbers: Tensor) -> Grouping:
        """Make the groups of images that have the same number, int64 (n,)."""
        _, numbers, counts = torch.unique(numbers, return_inverse=True, return_counts=True)
        order = torch.argsort(numbers, stable=True)
        members = order.split(counts.tolist())
        sizes = sorted({size for size in counts.tolist() if size > 1})
        blocks = tuple(torch.stack([rows for rows in members if len(rows) == size]) for size in sizes)
        return cls(numbers, blocks)

    @classmethod
    def alone(cls, count: int) -> Grouping:
        """Make `count` images a group each."""
        return cls(torch.arange(count), ())

    @property
    def independent(self) -> int:
        """Number of groups."""
        return len(self.numbers) - sum(block.numel() - len(block) for block in self.blocks)

    def pick(self, rows: Tensor) -> Grouping:
        """Return the groups of some of the images."""
        return Grouping.of(self.numbers[rows])

    def apart(self) -> Tensor:
        """Return which pairs of images are of different groups: bool (n, n)."""
        return self.numbers[:, None] != self.numbers

    def sums(self, values: Tensor) -> Tensor:
        """Give each image the sum over its group: (..., n) -> (..., n)."""
        if not self.blocks:
            return values
        zeros = values.new_zeros(*values.shape[:-1], self.independent)
        return zeros.index_add(-1, self.numbers, values)[..., self.numbers]

    def left(self, labels: Tensor, ways: int) -> Tensor:
        """Return how many images of each class are left without each image's group: int64 (n, N)."""
        members = functional.one_hot(labels, ways)
        return members.sum(dim=0) - self.sums(members.T).T

    def per_class(self, labels: Tensor, ways: int) -> Tensor:
        """Return the number of groups that have an image in each class: int64 (N,)."""
        pairs = torch.unique(torch.stack((labels, self.numbers)), dim=1)
        return torch.bincount(pairs[0], minlength=ways)
