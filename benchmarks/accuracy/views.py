"""Everything the heads need of a set, computed once: features, regions, and the mean of augmented views."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

import model
from benchmarks.accuracy.sets import ImageFiles, ImageSet, groups_of
from model.embedding.embedder import Embedder, readable_sizes
from model.embedding.image import EmbeddedImage
from model.embedding.labelled_images import LabelledImages, embed_labelled
from model.embedding.pending import fitted_pixels
from model.features.maps import ImageFeatures, ImageMaps, describe
from model.features.sizes import working_side
from model.progress import CancelToken, ignore_progress

CROP = 7 / 8  # of the image's side, at two opposite corners
REGION_GRID = (7, 7)
REGION_CHANNELS = 256
"""DN4 and FRN see the regions in the principal axes of the set: at 1280 channels they take minutes an episode."""


@dataclass(frozen=True, eq=False)
class PreparedSet:
    """A set of n images of C classes, embedded.

    ways:      the numbers of classes its episodes have
    images:    as embedded, at the working side and at the smaller one
    labels:    int64 (n,)
    sources:   int64 (n,), the same for images of one patient or piece; all differ where nothing is known
    augmented: float32 (n, D_coarse) mean of `features.coarse` over the image, its mirror image and two crops
    regions:   float32 (n, 49, 256) stride-32 regions, signed square roots of length 1 before projection
    compared_with: float32 (n, D_coarse + D_fine), see `LabelledImages.compared_with`
    kept:      share of the regions' squared length that the projection keeps
    """

    name: str
    ways: tuple[int, ...]
    class_names: tuple[str, ...]
    paths: list[Path]
    images: list[EmbeddedImage]
    labels: Tensor
    sources: Tensor
    sizes: list[tuple[int, int]]
    features: ImageFeatures
    augmented: Tensor
    regions: Tensor
    compared_with: Tensor
    kept: float
    embedder: Embedder
    side: int


def prepare(image_set: ImageSet, files: ImageFiles, embedder: Embedder, cache: Path) -> PreparedSet:
    """Embed a set, or read it from `cache` when nothing that matters has changed."""
    flat = [(label, path) for label, group in enumerate(files.values()) for path in group]
    side = working_side(embedder.backbone, readable_sizes([path for _, path in flat]))
    stored = cache / f"{image_set.name}-{_key(flat, embedder, side)}.pickle"
    if stored.exists():
        images, labels, views = pickle.loads(stored.read_bytes())  # noqa: S301 - written by the lines below
    else:
        embedded = embed_labelled(tuple(files.values()), embedder, side, "Embedding", ignore_progress, CancelToken())
        for path, reason in embedded.unreadable:
            print(f"  left out: {path}: {reason}")
        images, labels = embedded.images, embedded.labels
        views = torch.cat([_view_features(image, embedder, side) for image in images])
        stored.write_bytes(pickle.dumps((images, labels, views)))
    seen = LabelledImages(images, torch.as_tensor(labels), ())
    features = seen.features()
    compared_with = seen.compared_with(features)
    regions, kept = _projected(torch.cat([_regions(image) for image in images]))
    return PreparedSet(
        image_set.name,
        image_set.ways,
        tuple(files),
        [image.path for image in images],
        images,
        torch.as_tensor(labels),
        _sources_of([image.path for image in images], groups_of(files)),
        [image.size for image in images],
        features,
        functional.normalize(features.coarse + views, dim=1),
        regions,
        compared_with,
        kept,
        embedder,
        side,
    )


def _sources_of(paths: Sequence[Path], groups: Mapping[Path, str]) -> Tensor:
    numbers: dict[str, int] = {}
    return torch.tensor([numbers.setdefault(groups.get(path, str(path)), len(numbers)) for path in paths])


def _view_features(image: EmbeddedImage, embedder: Embedder, side: int) -> Tensor:
    """Sum of the coarse global features of the mirror image and the crops: (1, D_coarse)."""
    whole, large = fitted_pixels(image.path, side), fitted_pixels(image.path, round(side / CROP))
    views = torch.stack([whole.flip(1), large[:side, :side], large[-side:, -side:]])
    maps = embedder.forward(views)
    described = describe(ImageMaps.without_texture(maps), REGION_GRID)
    return described.coarse.sum(0, keepdim=True)


def _regions(image: EmbeddedImage) -> Tensor:
    pooled = functional.adaptive_avg_pool2d(image.features.maps().coarse, REGION_GRID).flatten(2).transpose(1, 2)
    return functional.normalize(pooled.sign() * pooled.abs().sqrt(), dim=2)


def _projected(regions: Tensor) -> tuple[Tensor, float]:
    """Project regions (n, R, D) on the principal axes of all of them, uncentred; returns what share it keeps."""
    rows = regions.reshape(-1, regions.shape[2])
    values, axes = torch.linalg.eigh(rows.T @ rows)
    channels = min(REGION_CHANNELS, len(values))
    return regions @ axes[:, -channels:], float(values[-channels:].sum() / values.sum())


def _key(flat: Sequence[tuple[int, Path]], embedder: Embedder, side: int) -> str:
    """Depends on the files as they are now, the weights, the working side and the code that embeds."""
    digest = hashlib.sha256(f"{embedder.kind} {side} {CROP}".encode())
    for label, path in flat:
        digest.update(f"{label} {path} {path.stat().st_mtime_ns}".encode())
    for source in _sources():
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    root = Path(model.__file__).parent
    for room in ("embedding", "features", "images", "backbones"):
        yield from sorted((root / room).rglob("*.py"))
