"""The thorough backbone, of two networks, against the default one: the same heads on the same episodes."""

from __future__ import annotations

import torch

from benchmarks.accuracy.accuracy import SHOTS
from benchmarks.accuracy.episodes import Samples, draw_episodes
from benchmarks.accuracy.heads import PLAIN, Method, left_out, trial_of
from benchmarks.accuracy.views import PreparedSet
from model.evaluation.calibration import expected_calibration_error

DEFAULT, THOROUGH = "default", "thorough"
CALIBRATION = ", calibration error"
"""Follows the name of a method; one value from all episodes together."""


def measure_thorough(default: PreparedSet, thorough: PreparedSet, episodes: int) -> dict[str, Samples]:
    """Return by shots: accuracies of our head on both backbones, and of the plain heads on the default one's features.

    default, thorough: one set, embedded by the two backbones. With two numbers of ways the first is taken.
    """
    if default.paths != thorough.paths:
        raise ValueError(f"The backbones did not read the same images of {default.name}.")
    smallest = int(torch.bincount(default.labels).min())
    methods: dict[str, tuple[PreparedSet, Method]] = {DEFAULT: (default, left_out), THOROUGH: (thorough, left_out)}
    methods |= {name: (default, head) for name, head in PLAIN.items()}
    figures: dict[str, Samples] = {}
    for shots in (k for k in SHOTS if k < smallest):
        drawn = list(draw_episodes(default.labels, default.ways[0], shots, episodes, default.name, default.sources))
        cell = figures.setdefault(str(shots), {})
        for name, (data, head) in methods.items():
            said = [head(trial_of(data, episode)) for episode in drawn]
            right = [p.argmax(1) == episode.query_labels for p, episode in zip(said, drawn, strict=True)]
            cell[name] = [float(each.double().mean()) for each in right]
            labels = torch.cat([episode.query_labels for episode in drawn])
            cell[name + CALIBRATION] = [expected_calibration_error(torch.cat(said), labels)]
    return figures
