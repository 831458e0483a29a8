"""The weights of the examples: do wrong labels come last, and how much accuracy do they cost?"""

from __future__ import annotations

from dataclasses import replace

from sklearn.metrics import roc_auc_score
from torch import Tensor

from benchmarks.accuracy.episodes import Episode, Samples, draw_episodes
from benchmarks.accuracy.heads import PLAIN, fit_ours, predict_ours, trial_of
from benchmarks.accuracy.views import PreparedSet

WRONG = {5: 1, 10: 2}
"""Wrong labels a class, by shots."""

MOST_BINS = 5


def measure_weights(data: PreparedSet, episodes: int) -> dict[str, Samples]:
    """Return by "wrong of shots": the weights' area under the curve for wrong labels, and accuracies."""
    figures = {}
    ways = min(MOST_BINS, len(data.class_names))
    for shots, wrong in WRONG.items():
        rows: Samples = {}
        for episode in draw_episodes(data.labels, ways, shots, episodes, f"weights {data.name}", data.sources):
            clean = trial_of(data, episode)
            noisy = replace(clean, labels=mislabelled(episode, shots, wrong))
            ours = fit_ours(noisy)
            row = {
                "ranking": float(roc_auc_score((noisy.labels != clean.labels).numpy(), -ours.fit.weights.numpy())),
                "ours, clean": _accuracy(predict_ours(fit_ours(clean), clean.queries), episode),
                "ours, noisy": _accuracy(predict_ours(ours, clean.queries), episode),
                "class means, clean": _accuracy(PLAIN["nearest class mean"](clean), episode),
                "class means, noisy": _accuracy(PLAIN["nearest class mean"](noisy), episode),
            }
            for name, value in row.items():
                rows.setdefault(name, []).append(value)
        figures[f"{wrong} of {shots}"] = rows
    return figures


def mislabelled(episode: Episode, shots: int, wrong: int) -> Tensor:
    """Give the first `wrong` images of each class the label of the next class: int64 (n,)."""
    labels = episode.support_labels.clone()
    ways = len(episode.classes)
    for c in range(ways):
        labels[c * shots : c * shots + wrong] = (c + 1) % ways
    return labels


def _accuracy(probabilities: Tensor, episode: Episode) -> float:
    return float((probabilities.argmax(1) == episode.query_labels).double().mean())
