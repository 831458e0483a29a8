"""Regions of sets in which things are marked: does the region hold one, and does its steadiness say whether it does?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import fmean

import torch
from torch import Tensor

from benchmarks.accuracy.episodes import Episode, Samples, draw_episodes
from benchmarks.accuracy.heads import fit_ours, trial_of
from benchmarks.accuracy.painting import centre_of, overlap, within
from benchmarks.accuracy.region import SHOTS
from benchmarks.accuracy.views import PreparedSet
from model.embedding.image import EmbeddedImage
from model.features.sizes import Looks, closer_side
from model.types import Prediction

BOXES = "boxes.json"
FEWEST = 8  # images of an episode that are halved by steadiness

Marks = dict[int, list[tuple[float, float, float, float]]]
"""Boxes (left, top, right, bottom) in pixels, by the number of the image."""


def marks_of(data: PreparedSet) -> Marks:
    """Return the boxes of the set's images, from the file beside its class folders; empty where there is none."""
    file = data.paths[0].parent.parent / BOXES
    listed = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if not isinstance(listed, dict):
        return {}
    names = ["/".join(path.parts[-2:]) for path in data.paths]
    return {
        index: [(x, y, x + width, y + height) for x, y, width, height in listed[name]]
        for index, name in enumerate(names)
        if name in listed
    }


def measure_marked(data: PreparedSet, marks: Marks, episodes: int) -> dict[str, Samples]:
    """Return for each episode, of its queries that are marked and predicted right, how often the region holds a mark.

    "overlap" is intersection over union. Steadiness halves the queries of each episode, also those of each class
    ("within classes"), and the hits of the unsteady half are subtracted from those of the steady one.
    """
    looks = Looks(data.side, closer_side(data.embedder.backbone, data.side), 0.0)
    numbers = sorted(marks)
    batches = data.embedder.embed([data.paths[index] for index in numbers], looks)
    images = [image for batch in batches for image in batch if isinstance(image, EmbeddedImage)]
    seen = dict(zip(numbers, images, strict=True))
    rows: dict[str, Samples] = {}
    ways = min(data.ways[0], len(data.class_names))
    for episode in draw_episodes(data.labels, ways, SHOTS, episodes, f"marked {data.name}", data.sources):
        classifier = fit_ours(trial_of(data, episode)).images
        asked = _asked(episode, marks)
        first = [EmbeddedImage(seen[index].path, seen[index].data) for index, _ in asked]
        for look, some in {"first look": first, "closer look": [seen[index] for index, _ in asked]}.items():
            right = [
                (index, found)
                for (index, label), found in zip(asked, classifier.predict(some), strict=True)
                if found.predicted == label
            ]
            for name, value in _figures(data, marks, right).items():
                rows.setdefault(f"{SHOTS}-shot, {look}", {}).setdefault(name, []).append(value)
    return dict(rows)


def _asked(episode: Episode, marks: Marks) -> list[tuple[int, int]]:
    """The queries that are marked, with their labels."""
    queries = zip(episode.queries.tolist(), episode.query_labels.tolist(), strict=True)
    return [(index, label) for index, label in queries if index in marks]


def _figures(data: PreparedSet, marks: Marks, right: Sequence[tuple[int, Prediction]]) -> dict[str, float]:
    if len(right) < FEWEST:
        return {}
    hits, overlaps, centres, steady = [], [], [], []
    for index, found in right:
        assert found.region is not None
        assert found.steadiness is not None
        hits.append(within(marks[index], *centre_of(found.region)))
        overlaps.append(overlap(marks[index], found.region))
        width, height = data.sizes[index]
        centres.append(within(marks[index], width / 2, height / 2))
        steady.append(found.steadiness)
    classes = torch.tensor([found.predicted for _, found in right])
    hit, steadiness = torch.tensor(hits), torch.tensor(steady)
    upper, lower = halves(hit, steadiness)
    inner = [halves(hit[classes == c], steadiness[classes == c]) for c in classes.unique()]
    return {
        "region": fmean(hits),
        "overlap": fmean(overlaps),
        "centre of the image": fmean(centres),
        "steady half": upper,
        "unsteady half": lower,
        "steady less unsteady": upper - lower,
        "the same within classes": fmean(above - below for above, below in inner),
    }


def halves(hits: Tensor, steadiness: Tensor) -> tuple[float, float]:
    """Return the mean hits (n,) of the steadier half and of the other; equal where there is one image."""
    ordered = hits[torch.argsort(steadiness, descending=True)]
    middle = max(1, len(ordered) // 2)
    upper, lower = ordered[:middle], ordered[-middle:]
    return float(upper.mean()), float(lower.mean())
