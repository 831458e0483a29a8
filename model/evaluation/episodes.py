"""Measurement of accuracy by N-way K-shot episodes from labelled folders, with plain heads for comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist, fmean, stdev
from typing import NamedTuple

import torch
from sklearn.metrics import f1_score
from torch import Tensor

from model.classifier import FewShotClassifier
from model.embedding.duplicates import LeftOut, without_duplicates
from model.embedding.embedder import Embedder, readable_sizes
from model.embedding.groups import AUTO, GroupRule, group_numbers
from model.embedding.labelled_images import embed_labelled
from model.errors import SupportSetError
from model.evaluation.baselines import BASELINES
from model.evaluation.calibration import expected_calibration_error
from model.features.maps import ImageFeatures
from model.features.sizes import Size
from model.head.fitting import fit_head
from model.head.grouping import Grouping
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

OURS = "fewshot"


@dataclass(frozen=True)
class MethodFigures:
    """Means over episodes, 0..1; `interval` is the half-width of the mean accuracy's 95 % interval."""

    accuracy: float
    interval: float
    macro_f1: float
    expected_calibration_error: float


@dataclass(frozen=True)
class ShotFigures:
    """The figures of all methods for one number of shots, on the same episodes."""

    shots: int
    ways: int
    episodes: int
    methods: dict[str, MethodFigures]


class Evaluated(NamedTuple):
    """The figures for each number of shots, and the (file, reason) of images that took no part."""

    figures: list[ShotFigures]
    unreadable: tuple[tuple[Path, str], ...]
    duplicates: LeftOut


@dataclass(frozen=True)
class _Episode:
    support: Tensor
    support_labels: Tensor
    queries: Tensor
    query_labels: Tensor


@dataclass(frozen=True, eq=False)
class _Seen:
    """All images, embedded at `side` pixels.

    sizes: (width, height) of each in pixels
    compared_with: see `LabelledImages.compared_with`
    labels: int64 (n,)
    directions: see `Backbone.class_directions`
    groups: which images belong together
    """

    sizes: list[Size]
    features: ImageFeatures
    compared_with: Tensor
    labels: Tensor
    directions: Tensor
    side: int
    groups: Grouping


def evaluate(
    class_names: Sequence[str],
    images: Sequence[Sequence[Path]],
    embedder: Embedder,
    *,
    shots: Sequence[int] = (1, 5, 10),
    ways: int | None = None,
    queries: int = 15,
    episodes: int = 100,
    seed: int = 0,
    groups: GroupRule = AUTO,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Evaluated:
    """Draw `episodes` episodes for each of `shots` and measure all methods on them.

    Copies of pictures take no part: one would stand among the examples and another among the queries.

    images: the files of each class
    ways: number of classes drawn for each episode (None: all)
    queries: most queries of a class; a class with fewer images left takes part with those
    groups: which images belong together: no query is of the group of a support image

    Raises `SupportSetError` where a class has too few readable images, an episode no query, or `ways` is out of range,
    and `Cancelled`.
    """
    token = token or CancelToken()
    if len(class_names) < 2:
        raise SupportSetError(
            message("Evaluation needs at least two classes; there is only ‘{name}’.", name="".join(class_names))
        )
    ways = ways or len(class_names)
    if not 2 <= ways <= len(class_names):
        raise SupportSetError(
            message(
                "--ways must lie between 2 and {count}, the number of classes; got {ways}.",
                count=len(class_names),
                ways=ways,
            )
        )
    images, duplicates = without_duplicates(images, class_names, embedder, progress, token)
    side = embedder.working_side(readable_sizes([p for group in images for p in group], embedder.rendering))
    embedded = embed_labelled(images, embedder, side, message("Embedding"), progress, token)
    labels = embedded.labels
    counts = torch.bincount(labels, minlength=len(class_names)).tolist()
    for name, count in zip(class_names, counts, strict=True):
        if count <= max(shots):
            raise SupportSetError(
                message(
                    "The class ‘{name}’ has {count} readable images; {shots} shots need at least {needed}.",
                    name=name,
                    count=count,
                    shots=max(shots),
                    needed=max(shots) + 1,
                )
            )
    features, directions = embedded.features(), embedder.backbone.class_directions
    numbers = group_numbers([image.path for image in embedded.images], groups, features, labels)
    compared_with, grouping = embedded.compared_with(features), Grouping.of(numbers)
    seen = _Seen(embedded.sizes, features, compared_with, labels, directions, side, grouping)
    figures = [_measure(seen, k, ways, queries, episodes, seed, progress, token) for k in shots]
    return Evaluated(figures, embedded.unreadable, duplicates)


def _measure(
    seen: _Seen,
    shots: int,
    ways: int,
    queries: int,
    episodes: int,
    seed: int,
    progress: ProgressCallback,
    token: CancelToken,
) -> ShotFigures:
    generator = torch.Generator().manual_seed(seed)
    globals_ = seen.features.coarse
    outcomes: dict[str, list[tuple[Tensor, Tensor]]] = {name: [] for name in (OURS, *BASELINES)}
    for number in range(episodes):
        token.raise_if_cancelled()
        episode = _draw(seen.labels, shots, ways, queries, generator, seen.groups.numbers)
        classifier, truth = _fitted(seen, episode, ways), episode.query_labels
        with torch.inference_mode():
            ours = torch.softmax(classifier.logits(seen.features.pick(episode.queries)).double(), dim=1)
        outcomes[OURS].append((ours, truth))
        for name, baseline in BASELINES.items():
            probabilities = baseline(globals_[episode.support], episode.support_labels, globals_[episode.queries], ways)
            outcomes[name].append((probabilities, truth))
        progress(Progress(message("{shots}-shot episodes", shots=shots), number + 1, episodes))
    return ShotFigures(shots, ways, episodes, {name: _figures(results) for name, results in outcomes.items()})


def _fitted(seen: _Seen, episode: _Episode, ways: int) -> FewShotClassifier:
    chosen = episode.support
    fitted = fit_head(
        seen.features.pick(chosen),
        episode.support_labels,
        ways,
        [seen.sizes[i] for i in chosen.tolist()],
        seen.directions,
        seen.side,
        compared_with=seen.compared_with[chosen],
        groups=seen.groups.pick(chosen),
    )
    return FewShotClassifier([str(c) for c in range(ways)], fitted.state, seen.directions)


def _draw(
    labels: Tensor, shots: int, ways: int, queries: int, generator: torch.Generator, groups: Tensor | None = None
) -> _Episode:
    groups = torch.arange(len(labels)) if groups is None else groups
    classes = torch.randperm(int(labels.max()) + 1, generator=generator)[:ways].tolist()
    members = [torch.nonzero(labels == c).flatten() for c in classes]
    orders = [rows[torch.randperm(len(rows), generator=generator)] for rows in members]
    support = torch.cat([order[:shots] for order in orders])
    left = [order[~torch.isin(groups[order], groups[support])][:queries] for order in orders]
    if not any(map(len, left)):
        raise SupportSetError(
            message("{shots} shots leave no image of another group to classify. Give fewer with --shots.", shots=shots)
        )
    support_labels = torch.arange(ways).repeat_interleave(shots)
    query_labels = torch.arange(ways).repeat_interleave(torch.tensor([len(rows) for rows in left]))
    return _Episode(support, support_labels, torch.cat(left), query_labels)


def _figures(results: Sequence[tuple[Tensor, Tensor]]) -> MethodFigures:
    accuracies = [float((p.argmax(1) == truth).double().mean()) for p, truth in results]
    scores = [float(f1_score(truth.numpy(), p.argmax(1).numpy(), average="macro")) for p, truth in results]
    calibration = expected_calibration_error(torch.cat([p for p, _ in results]), torch.cat([t for _, t in results]))
    deviation = stdev(accuracies) if len(accuracies) > 1 else 0.0
    half_width = NormalDist().inv_cdf(0.975) * deviation / math.sqrt(len(accuracies))
    return MethodFigures(fmean(accuracies), half_width, fmean(scores), calibration)
