"""Deletion and insertion (Petsiuk et al. 2018): does what the map points at carry the prediction?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import torch
from PIL import Image, ImageFilter
from torch import Tensor
from torch.nn import functional

from benchmarks.accuracy.episodes import Samples, draw_episodes
from benchmarks.accuracy.heads import fit_ours, trial_of
from benchmarks.accuracy.region import plain_directions
from benchmarks.accuracy.views import PreparedSet
from model.embedding.labelled_images import features_of
from model.errors import ImageReadError
from model.features.sizes import Looks
from model.images.reading import read_image
from model.runs.image_classifier import ImageClassifier

SHOTS = 10
GRID = 7
STEPS = (3, 6, 12, 24, 36)  # cells taken away or put in
MOST_IMAGES = 40
BLUR = 1 / 12  # of the image's side


def measure_masking(data: PreparedSet, episodes: int) -> Samples:
    """Return by procedure and map the predicted class's mean probability over the steps, for up to 40 queries."""
    shots = min(SHOTS, int(torch.bincount(data.labels).min()) - 1)
    episode = next(
        draw_episodes(data.labels, min(5, len(data.class_names)), shots, 1, f"masking {data.name}", data.sources)
    )
    trial = trial_of(data, episode)
    classifier = fit_ours(trial).images
    ridge = plain_directions(trial.support.coarse, episode.support_labels, trial.ways)["ridge (CAM, Grad-CAM)"]
    chosen = torch.randperm(len(episode.queries), generator=torch.Generator().manual_seed(0))
    rows: Samples = {}
    for number, index in enumerate(chosen[: min(MOST_IMAGES, episodes)].tolist()):
        path = data.paths[int(episode.queries[index])]
        found = classifier.explain(path)
        predicted = max(range(trial.ways), key=lambda c: found.scores[c])
        attention = torch.from_numpy(found.evidence_maps[predicted])[None, None]
        maps = classifier.embedder.embed_one(path, Looks(classifier.side)).features.maps().coarse[0]
        rooted = maps.sign() * maps.abs().sqrt()
        cam = torch.einsum("dhw,d->hw", rooted, ridge[predicted])[None, None]
        orders = {
            "ours": _order(attention),
            "Grad-CAM": _order(cam),
            "random": torch.randperm(GRID * GRID, generator=torch.Generator().manual_seed(number)),
        }
        for name, value in _areas(classifier, path, orders, predicted).items():
            rows.setdefault(name, []).append(value)
    return rows


def _order(values: Tensor) -> Tensor:
    """Cells of the grid, highest first: (1, 1, h, w) -> int64 (49,)."""
    cells = functional.interpolate(values, size=(GRID, GRID), mode="area").flatten()
    return cells.argsort(descending=True)


def _areas(classifier: ImageClassifier, path: Path, orders: dict[str, Tensor], predicted: int) -> dict[str, float]:
    image = read_image(path)
    grounds = {
        "blurred": image.filter(ImageFilter.GaussianBlur(max(image.size) * BLUR)),
        "empty": Image.new("RGB", image.size),
    }
    pictures, names = [], []
    for ground_name, ground in grounds.items():
        for order_name, order in orders.items():
            for count in STEPS:
                mask = _mask(order[:count], image.size)
                pictures.append(Image.composite(ground, image, mask))
                names.append(f"deletion, {ground_name}: {order_name}")
                pictures.append(Image.composite(image, ground, mask))
                names.append(f"insertion, {ground_name}: {order_name}")
    areas: dict[str, list[float]] = {}
    for name, probability in zip(names, _probabilities(classifier, pictures)[:, predicted].tolist(), strict=True):
        areas.setdefault(name, []).append(probability)
    return {name: fmean(values) for name, values in areas.items()}


def _mask(cells: Tensor, size: tuple[int, int]) -> Image.Image:
    mask = torch.zeros(GRID * GRID, dtype=torch.uint8)
    mask[cells] = 255
    return Image.fromarray(mask.view(GRID, GRID).numpy()).resize(size, Image.Resampling.NEAREST)


def _probabilities(classifier: ImageClassifier, pictures: Sequence[Image.Image]) -> Tensor:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.png" for number in range(len(pictures))]
        for picture, path in zip(pictures, paths, strict=True):
            picture.save(path, compress_level=1)
        embedded = [item for batch in classifier.embedder.embed(paths, Looks(classifier.side)) for item in batch]
    for item in embedded:
        if isinstance(item, ImageReadError):
            raise item
    with torch.inference_mode():
        features = features_of([item for item in embedded if not isinstance(item, ImageReadError)])
        return torch.softmax(classifier.classifier.logits(features).double(), dim=1)
