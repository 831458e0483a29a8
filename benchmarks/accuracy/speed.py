"""Time of the head with cached features, in seconds on this machine."""

from __future__ import annotations

import time
from statistics import median

import torch

from benchmarks.accuracy.episodes import Samples
from benchmarks.accuracy.views import PreparedSet
from model.head.fitting import fit_head

REPEATS = 3


def measure_speed(data: PreparedSet) -> dict[str, Samples]:
    """Return the seconds (median of three) of training 5 x 10, the same with one example more, and 20 x 20.

    Twenty classes are made by drawing images whatever they show: the numbers decide the time.
    """
    count = len(data.labels)
    times: Samples = {}
    for ways, shots, more in ((5, 10, 0), (5, 10, 1), (20, 20, 0)):
        labels = torch.cat((torch.arange(ways).repeat_interleave(shots), torch.zeros(more, dtype=torch.long)))
        generator = torch.Generator().manual_seed(0)
        images = data.features.pick(torch.randint(count, (len(labels),), generator=generator))
        sizes, directions = [data.sizes[0]] * len(labels), data.embedder.backbone.class_directions
        taken = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            fit_head(images, labels, ways, sizes, directions, data.side)
            taken.append(time.perf_counter() - start)
        times[f"{ways} x {shots}" + (" and one" if more else "")] = [median(taken)]
    return {"seconds": times}
