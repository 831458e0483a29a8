"""Images whose classes are known: embedded, and those that cannot be read set apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from model.embedding.embedder import EmbeddedImage, Embedder
from model.errors import ImageReadError
from model.progress import CancelToken, ProgressCallback


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """The readable images, their classes' numbers `labels` (n,) in the same order, and the others with the reason."""

    images: list[EmbeddedImage]
    labels: Tensor
    unreadable: tuple[tuple[Path, str], ...]


def embed_labelled(
    groups: Sequence[Sequence[Path]],
    embedder: Embedder,
    side: int,
    stage: str,
    progress: ProgressCallback,
    token: CancelToken,
) -> LabelledImages:
    """Embed the files of each class, `groups`, at the working side `side`; `stage` names the work to `progress`.

    Raises Cancelled when `token` is cancelled.
    """
    flat = [(label, path) for label, group in enumerate(groups) for path in group]
    images: list[EmbeddedImage] = []
    labels: list[int] = []
    unreadable: list[tuple[Path, str]] = []
    items = embedder.embed_all([path for _, path in flat], side, stage, progress, token)
    for (label, _), item in zip(flat, items, strict=True):
        if isinstance(item, ImageReadError):
            unreadable.append((item.path, item.reason))
        else:
            images.append(item)
            labels.append(label)
    return LabelledImages(images, torch.tensor(labels, dtype=torch.long), tuple(unreadable))
