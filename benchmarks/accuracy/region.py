"""The region: does it lie on what the class is? Grid pointing, small objects in scenes, whole blood smears."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from PIL import Image
from torch import Tensor

from benchmarks.accuracy.episodes import Episode, Samples, draw_episodes
from benchmarks.accuracy.heads import fit_ours, trial_of
from benchmarks.accuracy.painting import Box, centre_of, drawn_below, overlap, pasted, peak_of, within
from benchmarks.accuracy.views import PreparedSet
from model.features.maps import ImageFeatures, inner_products
from model.head.local_feature import class_means
from model.images.reading import read_image
from model.runs.image_classifier import ImageClassifier

SHOTS = 10
CELL = 224  # pixels
DRAWS = 3  # support sets a set
SCENE = 448  # pixels
SHARES = (1 / 8, 3 / 8)  # of the scene's side: how large an object in it is


def measure_pointing(data: PreparedSet, mosaics: int) -> dict[str, Samples]:
    """Return for each map and 2 x 2 mosaic whether it peaks in the asked class's cell (0 or 1; chance 0.25).

    "energy inside" is the share of our map's attention inside the cell, whose area is 0.25.
    """

    def paint_and_look(subject: _Subject, path: Path) -> dict[str, float]:
        asked, cell = _mosaic(data, subject.episode, subject.generator, path)
        found = subject.classifier.explain(path)
        ours = torch.from_numpy(found.evidence_maps[asked])
        x, y = centre_of(found.regions[asked])
        hits = {
            "ours": float(_cell_of(ours) == cell),
            "ours, centre of the box": float(int(y >= CELL) * 2 + int(x >= CELL) == cell),
            "energy inside": _energy(ours, cell),
        }
        return hits | {name: float(_cell_of(plain) == cell) for name, plain in subject.plain_maps(path, asked)}

    return _measure(data, "region", mosaics, paint_and_look)


def measure_scenes(data: PreparedSet, photographs: Sequence[Path], scenes: int) -> dict[str, Samples]:
    """Return for each map and scene whether it peaks on the one object, pasted on an enlarged photograph (0 or 1).

    "overlap" is the intersection of the region with it over their union, "object" its share of the scene, which
    is chance.
    """

    def paint_and_look(subject: _Subject, path: Path) -> dict[str, float]:
        asked, box = _scene(data, subject.episode, photographs, subject.generator, path)
        region = subject.classifier.explain(path).regions[asked]
        hits = {"ours": within([box], *centre_of(region)), "ours, overlap": overlap([box], region)}
        hits |= {name: within([box], *peak_of(plain, SCENE)) for name, plain in subject.plain_maps(path, asked)}
        return hits | {"object": (box[2] - box[0]) * (box[3] - box[1]) / SCENE**2}

    return _measure(data, "scenes", scenes, paint_and_look)


@dataclass(frozen=True, eq=False)
class _Subject:
    """A classifier, what it was taught, and the directions of the plain maps."""

    episode: Episode
    classifier: ImageClassifier
    directions: dict[str, Tensor]
    generator: torch.Generator

    def plain_maps(self, path: Path, asked: int) -> Iterator[tuple[str, Tensor]]:
        """Yield the plain maps (h, w) of an image for a class, by name."""
        seen = closer_features(self.classifier, path)
        for name, direction in self.directions.items():
            yield name, inner_products(direction[asked : asked + 1], seen.coarse_map, seen.coarse_scale)[0, 0]


def closer_features(classifier: ImageClassifier, path: Path) -> ImageFeatures:
    """Embed an image at the side of the closer look, a batch of one."""
    image = classifier.embedder.embed_one(path, classifier.looks(closely=True))
    closer = image.second_features
    return image.features if closer is None else closer


def _measure(
    data: PreparedSet, seed: str, pictures: int, paint_and_look: Callable[[_Subject, Path], dict[str, float]]
) -> dict[str, Samples]:
    """Share `pictures` among `DRAWS` support sets; each is painted to a file and looked at."""
    rows: Samples = {}
    episodes = draw_episodes(data.labels, len(data.class_names), SHOTS, DRAWS, f"{seed} {data.name}", data.sources)
    for number, episode in enumerate(episodes):
        trial = trial_of(data, episode)
        directions = plain_directions(trial.support.coarse, episode.support_labels, len(episode.classes))
        generator = torch.Generator().manual_seed(number)
        subject = _Subject(episode, fit_ours(trial).images, directions, generator)
        with TemporaryDirectory() as folder:
            for index in range(max(1, pictures // DRAWS)):
                for name, hit in paint_and_look(subject, Path(folder) / f"{index}.png").items():
                    rows.setdefault(name, []).append(hit)
    return {f"{SHOTS}-shot": rows}


def plain_directions(support: Tensor, labels: Tensor, ways: int) -> dict[str, Tensor]:
    """What stride-32 regions are multiplied with, (N, D) each.

    With a linear head on averaged features Grad-CAM's weights are the head's (Selvaraju et al. 2017), so its map
    peaks where this one does.
    """
    means = class_means(support, labels, ways)
    centred = support - means.mean(dim=0)
    targets = torch.nn.functional.one_hot(labels, ways).float() - 1 / ways
    gram = centred @ centred.T
    ridge = 0.1 * gram.diagonal().mean()
    weights = centred.T @ torch.linalg.solve(gram + ridge * torch.eye(len(gram)), targets)
    return {"cosine to class means": means, "ridge (CAM, Grad-CAM)": weights.T}


def _mosaic(data: PreparedSet, episode: Episode, generator: torch.Generator, path: Path) -> tuple[int, int]:
    """Write a mosaic of four images that are no examples; return the asked label and its cell."""
    ways = len(episode.classes)
    order = torch.randperm(ways, generator=generator).tolist()
    asked, others = order[0], order[1:]
    labels = [asked, *(others[k % len(others)] for k in range(3))]
    cells = torch.randperm(4, generator=generator).tolist()
    mosaic = Image.new("RGB", (2 * CELL, 2 * CELL))
    for label, cell in zip(labels, cells, strict=True):
        tile = read_image(_drawn(data, episode, label, generator)).resize((CELL, CELL), Image.Resampling.BILINEAR)
        mosaic.paste(tile, (cell % 2 * CELL, cell // 2 * CELL))
    mosaic.save(path)
    return asked, cells[0]


def _scene(
    data: PreparedSet, episode: Episode, photographs: Sequence[Path], generator: torch.Generator, path: Path
) -> tuple[int, Box]:
    """Write a scene; return the label of what lies in it, and where."""
    asked = drawn_below(len(episode.classes), generator)
    scene, box = pasted(_drawn(data, episode, asked, generator), photographs, SCENE, SHARES, generator)
    scene.save(path)
    return asked, box


def _drawn(data: PreparedSet, episode: Episode, label: int, generator: torch.Generator) -> Path:
    """Draw a picture of the class that is no example."""
    examples = set(episode.support.tolist())
    members = torch.nonzero(data.labels == episode.classes[label]).flatten().tolist()
    free = [index for index in members if index not in examples]
    return data.paths[free[drawn_below(len(free), generator)]]


def _cell_of(values: Tensor) -> int:
    row, column = divmod(int(values.argmax()), values.shape[1])
    return int(row >= values.shape[0] / 2) * 2 + int(column >= values.shape[1] / 2)


def _energy(values: Tensor, cell: int) -> float:
    height, width = values.shape[0] // 2, values.shape[1] // 2
    top, left = cell // 2 * height, cell % 2 * width
    return float(values[top : top + height, left : left + width].sum() / values.sum())


def measure_smears(cells: PreparedSet, smears: Path) -> dict[str, Samples]:
    """Return for each smear with a WBC box whether the centre of the region for WBC lies in one, and its own centre."""
    episode = next(draw_episodes(cells.labels, len(cells.class_names), SHOTS, 1, "smears"))
    classifier = fit_ours(trial_of(cells, episode)).images
    white = classifier.class_names.index("WBC")
    inside, overlaps, centre = [], [], []
    for entry in json.loads((smears / "boxes.json").read_text()):
        boxes = [box["box"] for box in entry["boxes"] if box["label"] == "WBC"]
        if boxes:
            found = classifier.explain(smears / entry["image"])
            inside.append(within(boxes, *centre_of(found.regions[white])))
            overlaps.append(overlap(boxes, found.regions[white]))
            centre.append(within(boxes, found.image_size[0] / 2, found.image_size[1] / 2))
    return {f"{SHOTS}-shot": {"region": inside, "overlap": overlaps, "centre of the image": centre}}
