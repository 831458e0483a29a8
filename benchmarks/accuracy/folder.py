"""The folder that is classified: what its images show of each other, whatever the classes' shares in it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.accuracy.episodes import Episode, Samples, draw_episodes
from benchmarks.accuracy.heads import fit_ours, predict_ours, trial_of
from benchmarks.accuracy.views import PreparedSet
from model.evaluation.calibration import expected_calibration_error
from model.runs.transduction import spread_probabilities

SHOTS = (1, 5, 10)
MOST_BINS = 5
IMAGES = 20  # of each class, on average

Shares = Callable[[int, torch.Generator], Tensor]


def _equal(ways: int, _: torch.Generator) -> Tensor:
    return torch.full((ways,), 1 / ways)


def _unequal(ways: int, generator: torch.Generator) -> Tensor:
    """Drawn from a Dirichlet distribution of parameter 2, as Veilleux et al. (2021) measure transduction."""
    drawn = -torch.rand((2, ways), generator=generator).log().sum(dim=0)  # gamma distributed
    return drawn / drawn.sum()


def _two(ways: int, _: torch.Generator) -> Tensor:
    return torch.tensor([0.5, 0.5] + [0.0] * (ways - 2))


FOLDERS: dict[str, Shares] = {"as many of each": _equal, "unequal": _unequal, "two classes": _two}


def measure_folder(data: PreparedSet, episodes: int) -> dict[str, Samples]:
    """Return by shots and kind of folder: accuracy one by one and together, and both calibration errors; all 0..1."""
    figures = {}
    ways = min(MOST_BINS, len(data.class_names))
    for shots in SHOTS:
        fits = [
            (episode, fit_ours(trial_of(data, episode)))
            for episode in draw_episodes(data.labels, ways, shots, episodes, f"folder {data.name}", data.sources)
        ]
        for kind, shares in FOLDERS.items():
            rows: Samples = {"one by one": [], "together": []}
            seen: dict[str, list[Tensor]] = {name: [] for name in rows}
            truth = []
            for number, (episode, fit) in enumerate(fits):
                generator = torch.Generator().manual_seed(number)
                images, labels = _folder(data, episode, shares(ways, generator), generator)
                features = data.features.pick(images)
                alone = predict_ours(fit, features)
                classifier = fit.classifier
                vectors = torch.cat((classifier.state.examples, classifier.head.joint(features).float()))
                together = spread_probabilities(vectors, classifier.state.labels, alone)
                truth.append(labels)
                for name, found in (("one by one", alone), ("together", together)):
                    rows[name].append(float((found.argmax(1) == labels).double().mean()))
                    seen[name].append(found)
            rows["gain"] = [b - a for a, b in zip(rows["one by one"], rows["together"], strict=True)]
            for name, found_in in seen.items():
                error = expected_calibration_error(torch.cat(found_in), torch.cat(truth))
                rows[f"calibration error, {name}"] = [error]
            figures[f"{shots}-shot, {kind}"] = rows
    return figures


def _folder(data: PreparedSet, episode: Episode, shares: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw images that are no examples, `shares` (N,) of them of each class: their indices and labels."""
    examples = set(episode.support.tolist())
    images: list[int] = []
    labels: list[int] = []
    for label, (class_, share) in enumerate(zip(episode.classes, shares.tolist(), strict=True)):
        free = [i for i in torch.nonzero(data.labels == class_).flatten().tolist() if i not in examples]
        order = torch.randperm(len(free), generator=generator)[: round(share * IMAGES * len(episode.classes))]
        images += [free[k] for k in order.tolist()]
        labels += [label] * len(order)
    return torch.tensor(images), torch.tensor(labels)
