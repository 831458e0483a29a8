"""Comparison of backbones on a support set: leave-one-out accuracy, in pairs with the first, and time per image."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from model.backbones.names import TRAINED_ON_BINS
from model.embedding.embedder import Embedder
from model.embedding.pending import seen_part
from model.errors import BackboneError, DeviceError, ImageReadError
from model.estimates.intervals import paired_difference
from model.features.sizes import PICTURE_SIDE
from model.images.reading import read_with_size
from model.images.rendering import USUAL, Rendering
from model.messages import message, text_of
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import BackboneFigures, SupportSet, TrainingReport

TIMED = 9
"""Images by which the time per image is measured; their median counts."""


@dataclass(frozen=True)
class _Trials:
    """Whether each example was recognised when left out, and how much it counts: those of one group count as one."""

    right: Mapping[Path, bool]
    weights: Mapping[Path, float]


def compare_backbones(
    support: SupportSet,
    names: Sequence[str],
    *,
    seed: int = 0,
    device: str = "auto",
    rendering: Rendering = USUAL,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Iterator[BackboneFigures]:
    """Yield the figures of each backbone of `names`, in order; differences are to the first that could be trained.

    A backbone that cannot be used has a message instead. Those that are trained on the bins are refused: the examples
    that are left out took part in their training. Raises `SupportSetError` and `Cancelled`.
    """
    token = token or CancelToken()
    first: _Trials | None = None
    for number, name in enumerate(names):
        token.raise_if_cancelled()
        progress(Progress(message("Comparing: {name}", name=name), number, len(names)))
        if name in TRAINED_ON_BINS:
            yield BackboneFigures(
                name, message=message("It is trained on the examples, so leaving one out says nothing of it.")
            )
            continue
        try:
            embedder = Embedder.create(name, device)
            classifier, report = train(support, seed=seed, embedder=embedder, rendering=rendering, token=token)
        except (BackboneError, DeviceError) as error:
            yield BackboneFigures(name, message=text_of(error))
            continue
        seconds = _seconds_per_image(classifier, [example.path for example in report.examples], token)
        trials = _trials(report)
        found = None if first is None else _difference(first, trials)
        first = first or trials
        yield BackboneFigures(
            name,
            report.leave_one_out_accuracy,
            report.accuracy_interval,
            None if found is None else found[0],
            None if found is None else found[1],
            seconds,
        )


def _trials(report: TrainingReport) -> _Trials:
    """The trials of the examples that have others of their class in other groups."""
    groups = {e.path: (e.class_index, e.path if e.group is None else e.group) for e in report.examples}
    sizes = Counter(groups.values())
    several = Counter(class_index for class_index, _ in sizes)
    counted = [example for example in report.examples if several[example.class_index] > 1]
    return _Trials(
        {example.path: example.predicted == example.class_index for example in counted},
        {example.path: 1 / sizes[groups[example.path]] for example in counted},
    )


def _difference(first: _Trials, other: _Trials) -> tuple[float, tuple[float, float]] | None:
    """Accuracy of the other less that of the first, on the examples of both, with its interval."""
    common = [path for path in first.right if path in other.right]
    if not common:
        return None
    weights = [first.weights[path] for path in common]
    return paired_difference([first.right[path] for path in common], [other.right[path] for path in common], weights)


def _seconds_per_image(classifier: ImageClassifier, paths: Sequence[Path], token: CancelToken) -> float | None:
    """The median time to read, embed and classify one image by itself; nothing is looked up or kept."""
    embedder, looks = classifier.embedder, classifier.looks()
    rendering, side = embedder.rendering, embedder.rendering.read_side(PICTURE_SIDE)
    step = max(1, len(paths) // TIMED)
    taken = []
    for path in [*paths[:1], *paths[::step][:TIMED]]:  # the first prepares the forward pass and is not counted
        token.raise_if_cancelled()
        begin = time.perf_counter()
        try:
            picture, size = read_with_size(path, side, ground=rendering.ground, greys=rendering.greys)
        except ImageReadError:
            continue
        classifier.predict([embedder.embed_picture(path, seen_part(picture, rendering), size, looks)])
        taken.append(time.perf_counter() - begin)
    return median(taken[1:]) if len(taken) > 1 else None
