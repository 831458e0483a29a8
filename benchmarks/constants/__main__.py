"""Fit the constants of the head's prior on all image sets, and on all but each one.

python -m benchmarks.constants [--data DIR] [--episodes 6]

The constants minimise the cross-entropy of the queries' classes, the mean over episodes of every set at 1, 5, 10 and 20
shots, each set counting the same. They go to benchmarks/constants/fitted.json: under the name of each set those that
were fitted without it, which the accuracy benchmark uses for this set, and under "all" those of all sets, which are to
be copied to `model.head.hypotheses.PriorConstants`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from torch import Tensor
from torch.nn import functional

from benchmarks.accuracy.accuracy import SHOTS
from benchmarks.accuracy.episodes import draw_episodes
from benchmarks.accuracy.heads import FITTED, Trial, fit_ours, trial_of
from benchmarks.accuracy.sets import SETS, Folders
from benchmarks.accuracy.views import PreparedSet, prepare
from model.backbones.names import DEFAULT_BACKBONE
from model.embedding.embedder import Embedder
from model.features.view import joined_views
from model.head.averaging import compare
from model.head.description import describe_support
from model.head.hypotheses import CONSTANTS, Hypotheses, PriorConstants

EVERY = "all"
PULL = 0.01  # nats at twice a constant's start: keeps those in place that hardly matter
STEPS = 30


class Case(NamedTuple):
    """One episode: how the hypotheses explain n examples, and what they say of q queries.

    losses: (S, B, G), summed over the examples
    whole: (S, q, N) global scores of the queries; part: (q, N) local ones; truth: int64 (q,)
    """

    labels: Tensor
    ways: int
    losses: Tensor
    whole: Tensor
    part: Tensor
    truth: Tensor

    def loss(self, constants: PriorConstants) -> Tensor:
        """Return the mean cross-entropy of the queries' classes under the averaged logits."""
        grid = Hypotheses.grid(self.labels, self.ways, joined_views(), constants)
        weights = torch.softmax((grid.log_prior - self.losses).flatten(), dim=0).view_as(self.losses)
        of_whole = torch.einsum("sbg,g,b->s", weights, grid.scales, 1 - grid.local_shares)
        of_part = torch.einsum("sbg,g,b->", weights, grid.scales, grid.local_shares)
        logits = torch.einsum("s,sqc->qc", of_whole, self.whole) + of_part * self.part
        return functional.cross_entropy(logits, self.truth)


def case_of(trial: Trial) -> Case:
    """Compare all hypotheses on an episode, every example counting the same."""
    data, rows = trial.data, trial.episode.support
    directions = data.embedder.backbone.class_directions
    described = describe_support(trial.support, trial.labels, trial.ways, directions, data.compared_with[rows])
    grid = Hypotheses.grid(trial.labels, trial.ways, described.space.views)
    compared, queries = compare(described.support, grid), trial.queries
    examples = described.space.vectors(trial.support)
    share = described.support.balance / described.support.balance.sum()
    kernels = torch.stack(
        [
            (ours - share @ theirs) @ (theirs - share @ theirs).T
            for ours, theirs in zip(described.space.vectors(queries), examples, strict=True)
        ]
    )
    whole = torch.einsum("sv,vqn,snc->sqc", grid.shares, kernels, compared.dual)
    head = fit_ours(trial).classifier.head
    part = head.part(head.compare(queries)).double()
    return Case(trial.labels, trial.ways, compared.losses.sum(dim=3), whole, part, trial.episode.query_labels)


def cases_of(data: PreparedSet, episodes: int) -> Iterator[Case]:
    """Yield the cases of a set, at every number of shots and ways that it has images for."""
    smallest = int(torch.bincount(data.labels).min())
    for ways in data.ways:
        for shots in (k for k in SHOTS if k < smallest):
            # Other episodes than those on which the accuracy is measured.
            for episode in draw_episodes(data.labels, ways, shots, episodes, f"constants {data.name}", data.sources):
                yield case_of(trial_of(data, episode))


def fitted(cases: Mapping[str, Sequence[Case]]) -> PriorConstants:
    """Return the constants of least loss, each set counting the same."""
    names, start = list(asdict(CONSTANTS)), np.array(list(asdict(CONSTANTS).values()))

    def objective(factors: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        free = torch.tensor(factors, requires_grad=True)
        values = (torch.from_numpy(start) * free).unbind()
        constants = PriorConstants(**dict(zip(names, cast("list[float]", values), strict=True)))
        means = [torch.stack([case.loss(constants) for case in group]).mean() for group in cases.values()]
        loss = torch.stack(means).mean() + PULL * (free - 1).square().mean()
        (slope,) = torch.autograd.grad(loss, free)
        return float(loss.detach()), slope.numpy()

    bounds = [(0.1, 10.0)] * len(names)
    found = minimize(
        objective, np.ones(len(names)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}
    )
    return PriorConstants(**dict(zip(names, (start * found.x).tolist(), strict=True)))


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.constants", description="Fit the prior's constants.")
    parser.add_argument("--data", type=Path, help="the folder that holds the sets which no package has")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fewshot-benchmark")
    parser.add_argument("--episodes", type=int, default=6, help="for each set and number of shots")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    started, cases = time.monotonic(), {}
    embedder = Embedder.create(DEFAULT_BACKBONE)
    for image_set in SETS:
        files = image_set.load(Folders(options.data, options.cache))
        if files is None:
            print(f"Skipping {image_set.name}, which is not there; to get it: {image_set.to_get}.")
            continue
        with torch.no_grad():
            cases[image_set.name] = list(cases_of(prepare(image_set, files, embedder, options.cache), options.episodes))
        print(
            f"{image_set.name}: {len(cases[image_set.name])} episodes, {time.monotonic() - started:.0f} s", flush=True
        )
    found = {}
    for left in (EVERY, *cases):
        constants = fitted({name: group for name, group in cases.items() if name != left})
        found[left] = {name: round(value, 3) for name, value in asdict(constants).items()}
        print(left, found[left], f"{time.monotonic() - started:.0f} s", flush=True)
    FITTED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
