"""Cases: the results of images that belong together, of one patient, slide or burst, combined into one verdict.

The verdict is the mean of the images' probabilities. Products of them, or geometric means with an exponent of the
number of images, are right as often and far too sure: images of one case err together
(`benchmarks/accuracy/groups.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from model.types import Prediction, Status


@dataclass(frozen=True)
class Case:
    """The verdict on the images of one case; `predicted` is -1, without `scores`, where none could be read.

    images: how many could be read; unknown: how many of these are unlike every bin
    scores: one calibrated probability for each class, adding up to 1
    """

    name: str
    images: int
    unknown: int = 0
    predicted: int = -1
    scores: tuple[float, ...] = ()


def verdicts(predictions: Iterable[Prediction], names: Mapping[Path, str]) -> list[Case]:
    """Return the verdict on each case, in the order of its first image; `names`: the case of each image's path."""
    members: dict[str, list[Prediction]] = {}
    for one in predictions:
        members.setdefault(names[one.path], []).append(one)
    return [_verdict(name, images) for name, images in members.items()]


def _verdict(name: str, images: list[Prediction]) -> Case:
    readable = [image for image in images if image.status.has_class]
    if not readable:
        return Case(name, 0)
    scores = tuple(fmean(each) for each in zip(*(image.scores for image in readable), strict=True))
    unknown = sum(image.status is Status.UNKNOWN for image in readable)
    return Case(name, len(readable), unknown, scores.index(max(scores)), scores)
