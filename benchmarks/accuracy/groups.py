"""Images that belong together: does the estimate hold where they leak, and what is a verdict on a case worth?

The examples are drawn at random, so that several show one patient or part; the queries are of other groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from benchmarks.accuracy.episodes import Episode, Samples, draw_episodes, numbered
from benchmarks.accuracy.heads import fit_ours, predict_ours, trial_of
from benchmarks.accuracy.views import PreparedSet
from model.estimates.intervals import left_out_interval
from model.evaluation.calibration import expected_calibration_error
from model.head.class_description import has_others
from model.head.grouping import Grouping

SHOTS = 10
MOST_BINS = 5
EXPONENTS = np.linspace(0, 1, 21)
"""0: the images of a case say all the same; 1: they are independent."""

LEAST_PROBABILITY = 1e-6


class SeenCase(NamedTuple):
    """The probabilities of a case's images, (n, N), and the class of them."""

    probabilities: npt.NDArray[np.float64]
    label: int


def measure_groups(data: PreparedSet, episodes: int) -> dict[str, Samples]:
    """Return the estimates with and without groups, and the verdicts on cases; all 0..1, nothing without groups."""
    if len(data.sources.unique()) == len(data.sources):
        return {}
    ways, key = min(MOST_BINS, len(data.class_names)), f"groups {data.name}"
    estimates: Samples = {}
    cases: list[SeenCase] = []
    for episode in draw_episodes(data.labels, ways, SHOTS, episodes, key, data.sources):
        whole = _all_queries(data, episode)
        trial = trial_of(data, whole)
        row: dict[str, float] = {}
        for kind, groups in (("images", None), ("groups", Grouping.of(data.sources[episode.support]))):
            ours = fit_ours(trial, groups=groups)
            predicted = predict_ours(ours, trial.queries)
            true = _mean_recall(predicted, whole.query_labels)
            counted = has_others(episode.support_labels, groups)
            estimate = _mean_recall(ours.fit.leave_one_out[counted], episode.support_labels[counted])
            trials = int(counted.sum()) if groups is None else groups.pick(torch.nonzero(counted).flatten()).independent
            low, high = left_out_interval(estimate * trials, trials)
            row |= {
                f"true, {kind} left out": true,
                f"estimate, {kind} left out": estimate,
                f"its bias, {kind}": estimate - true,
                f"its error, {kind}": abs(estimate - true),
                f"interval holds, {kind}": float(low <= true <= high),
            }
        cases += _cases(predicted, whole, data.sources)
        for name, value in row.items():
            estimates.setdefault(name, []).append(value)
    return {f"{data.name}, {SHOTS}-shot": estimates, f"{data.name}, cases": _verdicts(cases)}


def _all_queries(data: PreparedSet, episode: Episode) -> Episode:
    """The episode with all images of other groups as queries, so that cases are whole."""
    strange = ~torch.isin(data.sources, data.sources[episode.support])
    queries = [torch.nonzero(strange & (data.labels == c)).flatten() for c in episode.classes]
    return Episode(episode.support, episode.support_labels, torch.cat(queries), numbered(queries), episode.classes)


def _cases(probabilities: Tensor, episode: Episode, sources: Tensor) -> list[SeenCase]:
    """The cases of two images or more among the queries; images of a source that differ in class are two cases."""
    members: dict[tuple[int, int], list[int]] = {}
    for row, (query, label) in enumerate(zip(episode.queries.tolist(), episode.query_labels.tolist(), strict=True)):
        members.setdefault((int(sources[query]), label), []).append(row)
    seen = probabilities.double().numpy()
    return [SeenCase(seen[rows], label) for (_, label), rows in members.items() if len(rows) > 1]


def _verdicts(cases: Sequence[SeenCase]) -> Samples:
    """What verdicts are worth against images one by one and other rules, and the exponent that suits this set best."""
    ways = {
        "one by one": [(row, case.label) for case in cases for row in case.probabilities],
        "verdict": [(case.probabilities.mean(axis=0), case.label) for case in cases],
        "geometric mean": [(_of_logs(case.probabilities, 0.0), case.label) for case in cases],
        "product": [(_of_logs(case.probabilities, 1.0), case.label) for case in cases],
    }
    figures: Samples = {}
    for name, results in ways.items():
        probabilities = torch.tensor(np.stack([row for row, _ in results]))
        labels = torch.tensor([label for _, label in results])
        figures[name] = [float((probabilities.argmax(1) == labels).double().mean())]
        figures[f"calibration error, {name}"] = [expected_calibration_error(probabilities, labels)]
        figures[f"log loss, {name}"] = [_log_loss(results)]
    losses = [_log_loss([(_of_logs(case.probabilities, a), case.label) for case in cases]) for a in EXPONENTS]
    return figures | {"best exponent": [float(EXPONENTS[int(np.argmin(losses))])], "its log loss": [min(losses)]}


def _of_logs(probabilities: npt.NDArray[np.float64], exponent: float) -> npt.NDArray[np.float64]:
    """Combine n images by their mean logarithms times n to the power of `exponent`: (n, N) -> (N,)."""
    logs = np.log(np.maximum(probabilities, LEAST_PROBABILITY)).mean(axis=0) * len(probabilities) ** exponent
    shares: npt.NDArray[np.float64] = np.exp(logs - logs.max())
    return shares / shares.sum()


def _log_loss(results: Sequence[tuple[npt.NDArray[np.float64], int]]) -> float:
    return float(np.mean([-np.log(max(row[label], 1e-9)) for row, label in results]))


def _mean_recall(probabilities: Tensor, labels: Tensor) -> float:
    """Accuracy with each class counting the same."""
    right = (probabilities.argmax(1) == labels).double()
    return float(torch.stack([right[labels == c].mean() for c in labels.unique()]).mean())
