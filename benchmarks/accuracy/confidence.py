"""Confidence: calibration, leave-one-out estimates, images that belong to no bin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional

from benchmarks.accuracy.episodes import Episode, Samples, draw_episodes
from benchmarks.accuracy.heads import Ours, fit_ours, predict_ours, trial_of
from benchmarks.accuracy.views import PreparedSet
from model.classifier import FewShotClassifier
from model.estimates.intervals import left_out_interval
from model.estimates.selective import candidates
from model.evaluation.calibration import expected_calibration_error
from model.features.maps import ImageFeatures, concatenate
from model.head.local_feature import class_means

SHOTS = (1, 5, 10)
UNKNOWN_SHOTS = 10
MOST_BINS = 5
ALLOWED = 0.05  # errors among what is accepted, misses among candidate sets
FALSE_ALARMS = (0.01, 0.05, 0.1)
FOREIGN_IMAGES = 15  # of each other set

Score = Callable[[Ours, ImageFeatures, Tensor, ImageFeatures], Tensor]


def measure_calibration(data: PreparedSet, episodes: int) -> dict[str, Samples]:
    """Return by shots: calibration error, and leave-one-out accuracy against the true one; all 0..1."""
    figures: dict[str, Samples] = {}
    ways = min(MOST_BINS, len(data.class_names))
    for shots in sorted({_shots(data, k) for k in SHOTS}):
        probabilities, labels, true, estimated = [], [], [], []
        covered: list[float] = []
        promises: Samples = {}
        for episode in draw_episodes(data.labels, ways, shots, episodes, f"calibration {data.name}", data.sources):
            trial = trial_of(data, episode)
            ours = fit_ours(trial)
            predicted = predict_ours(ours, trial.queries)
            probabilities.append(predicted)
            labels.append(episode.query_labels)
            true.append(_accuracy(predicted, episode.query_labels))
            if shots == 1:
                continue
            estimated.append(_accuracy(ours.fit.leave_one_out, episode.support_labels))
            trials = len(episode.support_labels)
            low, high = left_out_interval(round(estimated[-1] * trials), trials)
            covered.append(float(low <= true[-1] <= high))
            for name, value in _promises(ours, predicted, episode.query_labels).items():
                promises.setdefault(name, []).append(value)
        error = [expected_calibration_error(torch.cat(probabilities), torch.cat(labels))]
        if shots == 1:  # nothing can be left out
            figures["1-shot"] = {"accuracy": true, "calibration error": error}
            continue
        figures[f"{shots}-shot"] = {
            "accuracy": true,
            "accuracy of the surest 80 %": [
                _selective_accuracy(p, y) for p, y in zip(probabilities, labels, strict=True)
            ],
            "calibration error": error,
            "leave-one-out estimate": estimated,
            "the estimate's bias": [b - a for a, b in zip(true, estimated, strict=True)],
            "its interval holds the true one": covered,
            "its mean absolute error": [abs(a - b) for a, b in zip(true, estimated, strict=True)],
            **promises,
        }
    return figures


def _promises(ours: Ours, probabilities: Tensor, labels: Tensor) -> dict[str, float]:
    """What becomes of `ALLOWED` errors: wrong and accepted shares, and classes too many or missing in candidate sets.

    Wrong ones are given as a share of all queries, so that episodes that accept none have a figure.
    """
    confidence, predicted = probabilities.max(dim=1)
    accepted = confidence >= ours.classifier.accepting_threshold(ALLOWED)
    wrong = accepted & (predicted != labels)
    threshold = ours.classifier.candidate_threshold(ALLOWED)
    sets = [candidates(row, threshold) for row in probabilities.tolist()]
    held = [label in possible for label, possible in zip(labels.tolist(), sets, strict=True)]
    return {
        f"accepted at {ALLOWED:.0%} errors": float(accepted.double().mean()),
        "of these wrong, share of all": float(wrong.double().mean()),
        f"own class among the candidates at {ALLOWED:.0%} misses": sum(held) / len(held),
        "candidates over classes": sum(map(len, sets)) / len(sets) / probabilities.shape[1],
    }


def measure_unknown(data: PreparedSet, sets: Sequence[PreparedSet], episodes: int) -> Samples:
    """Return the area under the curve of each score, near and far, and the rates at which images are flagged.

    Near: images of the set's classes that have no bin. Far: images of the other `sets`, where there are any.
    """
    bins = min(MOST_BINS, len(data.class_names) - 1)
    rows: Samples = {}
    drawn = draw_episodes(
        data.labels, bins, _shots(data, UNKNOWN_SHOTS), episodes, f"unknown {data.name}", data.sources
    )
    for number, episode in enumerate(drawn):
        trial = trial_of(data, episode)
        ours = fit_ours(trial)
        strangers = {"near": _without_a_bin(data, episode)}
        foreign = [_some(other, number) for other in sets if other.name != data.name]
        if foreign:
            strangers["far"] = concatenate(foreign)
        for name, score in SCORES.items():
            known = score(ours, trial.support, episode.support_labels, trial.queries)
            for where, images in strangers.items():
                values = score(ours, trial.support, episode.support_labels, images)
                rows.setdefault(f"{where}: {name}", []).append(_auroc(known, values))
        for share in FALSE_ALARMS:
            strict = ours.classifier.with_false_alarms(share)
            for where, images in {"false alarms": trial.queries, **strangers}.items():
                name = where if where == "false alarms" else f"{where} flagged"
                rows.setdefault(f"{name} at {share:.0%}", []).append(_flagged(strict, images))
    return rows


def _flagged(classifier: FewShotClassifier, images: ImageFeatures) -> float:
    return float(classifier.unknown(images).double().mean())


def _shots(data: PreparedSet, wanted: int) -> int:
    """As many shots as leave every class a query."""
    return min(wanted, int(torch.bincount(data.labels).min()) - 1)


def _unlikeness(ours: Ours, support: ImageFeatures, labels: Tensor, images: ImageFeatures) -> Tensor:
    del support, labels
    return ours.classifier.unlikeness(images)


def _low_confidence(ours: Ours, support: ImageFeatures, labels: Tensor, images: ImageFeatures) -> Tensor:
    del support, labels
    return -predict_ours(ours, images).amax(1)


def _far_from_means(ours: Ours, support: ImageFeatures, labels: Tensor, images: ImageFeatures) -> Tensor:
    means = functional.normalize(class_means(support.coarse, labels, len(ours.classifier.class_names)), dim=1)
    return -(images.coarse @ means.T).amax(1)


def _far_from_examples(ours: Ours, support: ImageFeatures, labels: Tensor, images: ImageFeatures) -> Tensor:
    del ours, labels
    return -(images.coarse @ support.coarse.T).amax(1)


SCORES: dict[str, Score] = {
    "ours": _unlikeness,
    "maximum softmax": _low_confidence,
    "cosine to class means": _far_from_means,
    "nearest example": _far_from_examples,
}


def _without_a_bin(data: PreparedSet, episode: Episode) -> ImageFeatures:
    members = torch.tensor([int(label) not in episode.classes for label in data.labels])
    indices = torch.nonzero(members).flatten()
    generator = torch.Generator().manual_seed(int(episode.support.sum()))
    return data.features.pick(indices[torch.randperm(len(indices), generator=generator)[: len(episode.queries)]])


def _some(data: PreparedSet, seed: int) -> ImageFeatures:
    generator = torch.Generator().manual_seed(seed)
    return data.features.pick(torch.randperm(len(data.labels), generator=generator)[:FOREIGN_IMAGES])


def _auroc(known: Tensor, unknown: Tensor) -> float:
    truth = torch.cat((torch.zeros(len(known)), torch.ones(len(unknown))))
    return float(roc_auc_score(truth.numpy(), torch.cat((known.double(), unknown.double())).numpy()))


def _accuracy(probabilities: Tensor, labels: Tensor) -> float:
    return float((probabilities.argmax(1) == labels).double().mean())


def _selective_accuracy(probabilities: Tensor, labels: Tensor, coverage: float = 0.8) -> float:
    """Accuracy over the images of highest confidence (El-Yaniv and Wiener 2010): (n, N), (n,) -> 0..1."""
    order = probabilities.amax(1).argsort(descending=True)[: round(coverage * len(labels))]
    return _accuracy(probabilities[order], labels[order])
