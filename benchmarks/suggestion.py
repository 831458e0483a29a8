"""Does labelling what is suggested beat labelling at random?

    python -m benchmarks.suggestion BINS [BINS ...] [--repeats 10]

Each of BINS is a folder with one folder of images for each class. 60 % of each class are the pool, the rest are held
out; N images are labelled in every round, up to 10 N, and the classifier is trained on the classes seen so far.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev

import torch
from torch import Tensor

from model.backbones.names import DEFAULT_BACKBONE
from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedder, readable_sizes
from model.embedding.labelled_images import embed_labelled
from model.features.maps import ImageFeatures
from model.features.sizes import working_side
from model.head.fitting import fit_head
from model.images.scan import class_folders
from model.progress import CancelToken, ignore_progress
from model.runs.suggestion import suggest

ROUNDS = 10
IMAGES_PER_CLASS = 60
POOL_SHARE = 0.6


def main(arguments: Sequence[str] | None = None) -> None:
    """Print accuracy by labels a class, and the mean gain from 2 to 10."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suggestion")
    parser.add_argument("bins", type=Path, nargs="+")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args(arguments)
    embedder = Embedder.create(DEFAULT_BACKBONE)
    gains = []
    for bins in options.bins:
        features, labels, side = _embedded(bins, embedder)
        runs = [_both(features, labels, embedder, side, seed) for seed in range(options.repeats)]
        for row, name in enumerate(("random", "suggested")):
            print(
                f"{bins.name:14} {name:10}",
                *(f"{100 * fmean(run[row][k] for run in runs):5.1f}" for k in range(ROUNDS)),
            )
        each = [fmean(b - a for a, b in zip(*run, strict=True)) for run in ([part[1:] for part in run] for run in runs)]
        interval = 1.96 * stdev(each) / math.sqrt(len(each))
        print(
            f"{bins.name:14} gain from 2 to 10 labels a class: {100 * fmean(each):+.1f} ±{100 * interval:.1f}",
            flush=True,
        )
        gains.append(fmean(each))
    print(f"mean gain: {100 * fmean(gains):+.1f}")


def _embedded(bins: Path, embedder: Embedder) -> tuple[ImageFeatures, Tensor, int]:
    groups = [files[:IMAGES_PER_CLASS] for _, files in class_folders(bins)]
    side = working_side(embedder.backbone, readable_sizes([path for group in groups for path in group]))
    embedded = embed_labelled(groups, embedder, side, "Embedding", ignore_progress, CancelToken())
    return embedded.features(), embedded.labels, side


def _both(
    features: ImageFeatures, labels: Tensor, embedder: Embedder, side: int, seed: int
) -> tuple[list[float], list[float]]:
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    pool, held_out = [], []
    for c in range(int(labels.max()) + 1):
        members = order[labels[order] == c]
        cut = round(POOL_SHARE * len(members))
        pool.append(members[:cut])
        held_out.append(members[cut:])
    candidates, tests = torch.cat(pool), torch.cat(held_out)
    shuffled = candidates[torch.randperm(len(candidates), generator=generator)]
    ways = len(pool)
    covering = torch.tensor(suggest(features.pick(shuffled).joined_globals(), ROUNDS * ways))
    return tuple(  # type: ignore[return-value]
        [_accuracy(features, labels, chosen[: ways * (k + 1)], tests, embedder, side) for k in range(ROUNDS)]
        for chosen in (shuffled, shuffled[covering])
    )


def _accuracy(
    features: ImageFeatures, labels: Tensor, chosen: Tensor, tests: Tensor, embedder: Embedder, side: int
) -> float:
    present, local = labels[chosen].unique(return_inverse=True)
    if len(present) < 2:
        return float((labels[tests] == present[0]).double().mean())
    names, sizes = [str(c) for c in present.tolist()], [(side, side)] * len(chosen)
    directions = embedder.backbone.class_directions
    fit = fit_head(features.pick(chosen), local, len(names), sizes, directions, side)
    classifier = FewShotClassifier(names, fit.state, directions)
    with torch.inference_mode():
        predicted = present[classifier.logits(features.pick(tests)).argmax(1)]
    return float((predicted == labels[tests]).double().mean())


if __name__ == "__main__":
    main()
