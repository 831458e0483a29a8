"""Regions where examples are whole pictures that show one thing of their class somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from benchmarks.accuracy.episodes import Episode, Samples, draw_episodes
from benchmarks.accuracy.painting import Box, centre_of, overlap, pasted, peak_of, within
from benchmarks.accuracy.region import CELL, DRAWS, SHOTS, closer_features, plain_directions
from benchmarks.accuracy.views import PreparedSet
from model.features.maps import inner_products
from model.features.sizes import Looks
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import SupportSet

MOST_BINS = 5
SHARES = (1 / 4, 1 / 2)  # of the picture's side


def measure_found(data: PreparedSet, photographs: Sequence[Path]) -> dict[str, Samples]:
    """Return for each query whether a map for its class peaks on the thing, and how the region overlaps with it.

    "first look" is the region as `classify` has it for whole folders.
    """
    rows: Samples = {}
    ways = min(MOST_BINS, len(data.class_names))
    for number, episode in enumerate(
        draw_episodes(data.labels, ways, SHOTS, DRAWS, f"found {data.name}", data.sources)
    ):
        with TemporaryDirectory() as folder:
            painter = _Painter(data, photographs, Path(folder), torch.Generator().manual_seed(number))
            classifier, directions = _taught(painter, episode)
            for index, label in zip(episode.queries.tolist(), episode.query_labels.tolist(), strict=True):
                for name, value in _found(classifier, directions, *painter.paint(index), label):
                    rows.setdefault(name, []).append(value)
    return {f"{SHOTS}-shot": rows}


@dataclass(frozen=True, eq=False)
class _Painter:
    data: PreparedSet
    photographs: Sequence[Path]
    folder: Path
    generator: torch.Generator

    def paint(self, index: int) -> tuple[Path, Box]:
        """Paint a picture of the set on a photograph: the file, and where it lies."""
        picture, box = pasted(self.data.paths[index], self.photographs, CELL, SHARES, self.generator)
        path = self.folder / f"{index}.png"
        picture.save(path)
        return path, box


def _taught(painter: _Painter, episode: Episode) -> tuple[ImageClassifier, dict[str, Tensor]]:
    """A classifier of painted examples, and the directions of the plain maps."""
    data, labels = painter.data, episode.support_labels
    paths = [painter.paint(index)[0] for index in episode.support.tolist()]
    ways = len(episode.classes)
    groups = [tuple(p for p, label in zip(paths, labels.tolist(), strict=True) if label == c) for c in range(ways)]
    names = tuple(data.class_names[c] for c in episode.classes)
    classifier, _ = train(SupportSet(names, tuple(groups)), embedder=data.embedder)
    coarse = torch.cat([data.embedder.embed_one(path, Looks(classifier.side)).features.coarse for path in paths])
    return classifier, plain_directions(coarse, labels, ways)


def _found(
    classifier: ImageClassifier, directions: dict[str, Tensor], path: Path, box: Box, label: int
) -> Iterator[tuple[str, float]]:
    region = classifier.explain(path).regions[label]
    (first,) = classifier.predict([classifier.embedder.embed_one(path, classifier.looks())], label)
    assert first.region is not None
    yield "ours", within([box], *centre_of(region))
    yield "ours, overlap", overlap([box], region)
    yield "first look", within([box], *centre_of(first.region))
    yield "first look, overlap", overlap([box], first.region)
    closer = closer_features(classifier, path)
    for name, direction in directions.items():
        plain = inner_products(direction[label : label + 1], closer.coarse_map, closer.coarse_scale)[0, 0]
        yield name, within([box], *peak_of(plain, CELL))
    yield "object", (box[2] - box[0]) ** 2 / CELL**2
