"""Measure the patent's CNN beside the default backbone: shares of its accuracy over chance, episode by episode."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import torch

from model.backbones.names import DEFAULT_BACKBONE
from model.backbones.registry import create_backbone
from model.embedding.embedder import Embedder
from model.evaluation.episodes import OURS, evaluate
from model.images.scan import class_folders
from model.runs.classify import classify
from model.training.train import train
from model.types import SupportSet

METHODS = (OURS, "nearest class mean", "ridge")


def compare(
    folders: Sequence[Path], backbone: str, sides: Sequence[int], shots: Sequence[int], episodes: int, ways: int = 5
) -> None:
    """Print, for each folder of classes, accuracies in percent and their shares of the default's over chance.

    `sides` are the input sizes at which `backbone` is looked at, 0 for its own.
    """
    shares: dict[tuple[str, str], list[float]] = {}
    for folder in folders:
        names, images = zip(*class_folders(folder), strict=True)
        drawn = min(ways, len(names))
        reference: dict[tuple[int, str], float] = {}
        for name, side in [(DEFAULT_BACKBONE, 0), *((backbone, side) for side in sides)]:
            network = create_backbone(name)
            network.input_size = side or network.input_size
            figures = evaluate(
                names, images, Embedder(network, "cpu"), shots=shots, ways=drawn, episodes=episodes
            ).figures
            label = f"{name}@{network.input_size}"
            for row in figures:
                for method in METHODS:
                    accuracy = row.methods[method].accuracy
                    over = accuracy - 1 / drawn
                    share = over / reference.setdefault((row.shots, method), over)
                    shares.setdefault((label, method), []).append(share)
                    print(
                        f"{folder.name:16} {label:26} {row.shots:3} shots {method:20} {100 * accuracy:5.1f}"
                        f" +-{100 * row.methods[method].interval:4.1f}  share {100 * share:4.0f} %",
                        flush=True,
                    )
    for (label, method), values in shares.items():
        print(f"mean {label:26} {method:20} share {100 * fmean(values):5.1f} %  least {100 * min(values):4.0f} %")


def compare_trained(folder: Path, backbones: Sequence[str], shots: int, episodes: int, ways: int = 5) -> None:
    """Print the mean accuracy of classifiers whose backbones are trained on each episode's own examples."""
    groups = class_folders(folder)
    right: dict[str, list[float]] = {name: [] for name in backbones}
    for episode in range(episodes):
        generator = torch.Generator().manual_seed(episode)
        chosen = torch.randperm(len(groups), generator=generator)[:ways].tolist()
        orders = [[groups[c][1][i] for i in torch.randperm(len(groups[c][1]), generator=generator)] for c in chosen]
        support = SupportSet(tuple(groups[c][0] for c in chosen), tuple(tuple(order[:shots]) for order in orders))
        queries = [(label, path) for label, order in enumerate(orders) for path in order[shots : shots + 15]]
        for name in backbones:
            classifier, _ = train(support, backbone=name, device="cpu")
            predictions = [p for batch in classify(classifier, [path for _, path in queries]) for p in batch]
            hits = [p.predicted == label for p, (label, _) in zip(predictions, queries, strict=True)]
            right[name].append(fmean(hits))
    for name, values in right.items():
        print(f"{folder.name:16} {name:22} {shots} shots, {episodes} episodes: {100 * fmean(values):5.1f}", flush=True)
