"""What leave-one-out says of a classifier: in training, and when it was saved without its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from model.estimates.intervals import left_out_interval
from model.head.class_description import has_others
from model.head.grouping import Grouping
from model.head.state import ClassifierState
from model.types import ExampleReport, TrainingReport


def left_out_accuracy(
    predicted: Tensor, labels: Tensor, ways: int, grouping: Grouping
) -> tuple[float | None, tuple[float, float] | None]:
    """Return the accuracy of n leave-one-out predictions, 0..1, and its 95 % interval by groups.

    predicted, labels: int64 (n,). None and None where no class has two images of different groups.
    """
    counted = has_others(labels, grouping) & (ways > 1)  # of a single class every image is "recognised"
    trials = grouping.pick(torch.nonzero(counted).flatten()).independent
    if not trials:
        return None, None
    accuracy = float((predicted == labels)[counted].double().mean())
    return accuracy, left_out_interval(accuracy * trials, trials)


def group_of_each(grouping: Grouping) -> list[int | None]:
    """Return the number of each image's group; None of one that is alone."""
    together = grouping.sums(torch.ones(len(grouping.numbers))) > 1
    return [int(number) if one else None for number, one in zip(grouping.numbers, together, strict=True)]


def report_of(class_names: Sequence[str], state: ClassifierState) -> TrainingReport:
    """Return the report of a saved classifier's training, as far as the classifier keeps it.

    Files have no names, weights are 1, and there is no learning curve. A classifier saved before groups were kept has
    no interval.
    """
    labels, ways = state.labels, state.ways
    grouping = Grouping.alone(len(labels)) if state.groups is None else Grouping.of(state.groups)
    confidence, predicted = state.leave_one_out.max(dim=1)
    accuracy, interval = left_out_accuracy(predicted, labels, ways, grouping)
    columns = zip(labels.tolist(), predicted.tolist(), confidence.tolist(), group_of_each(grouping), strict=True)
    return TrainingReport(
        class_names=tuple(class_names),
        examples=tuple(ExampleReport(Path(), label, 1.0, *others) for label, *others in columns),
        unreadable=(),
        duplicates=(),
        leave_one_out_accuracy=accuracy,
        accuracy_interval=None if state.groups is None else interval,
        steps=0,
        converged=True,
        seconds=0.0,
    )
