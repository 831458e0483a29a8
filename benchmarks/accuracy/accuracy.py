"""Accuracy of every head by paired episodes, at several numbers of shots."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from benchmarks.accuracy.episodes import draw_episodes
from benchmarks.accuracy.heads import ABLATIONS, HEADS, Method, trial_of
from benchmarks.accuracy.views import PreparedSet

SHOTS = (1, 5, 10, 20)
ABLATED_SHOTS = (5, 10)

Accuracies = dict[str, dict[str, dict[str, list[float]]]]
"""Of each episode, 0..1: by ways, shots and method."""


def measure_accuracy(data: PreparedSet, episodes: int) -> Accuracies:
    """Measure all heads on a set; shots that leave no query are left out."""
    smallest = int(torch.bincount(data.labels).min())
    return {
        str(ways): {
            str(shots): _accuracies(data, ways, shots, episodes, HEADS | (ABLATIONS if shots in ABLATED_SHOTS else {}))
            for shots in SHOTS
            if shots < smallest
        }
        for ways in data.ways
    }


def _accuracies(
    data: PreparedSet, ways: int, shots: int, episodes: int, methods: Mapping[str, Method]
) -> dict[str, list[float]]:
    outcomes: dict[str, list[float]] = {name: [] for name in methods}
    for episode in draw_episodes(data.labels, ways, shots, episodes, data.name, data.sources):
        trial = trial_of(data, episode)
        for name, method in methods.items():
            predicted = method(trial).argmax(1)
            outcomes[name].append(float((predicted == episode.query_labels).double().mean()))
    return outcomes
