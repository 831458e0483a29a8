"""Training of a backbone on the bins, from random or its own weights, by leave-one-out episodes.

Each step draws an episode from the examples, augments it (flip, crop, brightness), embeds it with the backbone and
adjusts the backbone by the leave-one-out loss of the head, until the loss stops falling. The head's parameters stay at
the means of their priors; they are fitted afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.backbones.base import Backbone, FeatureMaps
from model.embedding.embedder import Embedder
from model.embedding.pending import fitted_pixels
from model.errors import ImageReadError
from model.features.maps import ImageMaps, describe
from model.head.averaging import average, compare
from model.head.description import describe_support
from model.head.hypotheses import Hypotheses
from model.images.rendering import Rendering
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback

EPISODE_IMAGES = 32
PATIENCE = 20  # steps without a better running mean of the loss
LEARNING_RATE = 1e-3
TUNING_RATE = 3e-5  # small, so that a few dozen images do not undo the original training
_RUNNING = 0.9


@dataclass(frozen=True)
class Schedule:
    """How long a backbone is trained, and on how large images.

    side: of the images in pixels; 128 is a quarter of the cost of the full size
    steps, tuning_steps: at most, from random weights and from the backbone's own
    """

    side: int = 128
    steps: int = 80
    tuning_steps: int = 30


def train_backbone(
    embedder: Embedder,
    files: Sequence[Sequence[Path]],
    seed: int,
    progress: ProgressCallback,
    token: CancelToken,
    schedule: Schedule | None = None,
) -> Embedder:
    """Return an embedder with a trained copy of the backbone; `files[c]` are the examples of class c.

    Where no class has two readable images there is nothing to train on, and the copy keeps its weights. Raises
    `Cancelled`.
    """
    schedule, generator = schedule or Schedule(), torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    backbone = deepcopy(embedder.backbone).to(embedder.device)
    if not backbone.starts_from_weights:
        # Initialised from the seed, so that training twice in one process gives the same weights.
        backbone.apply(_reset)
    pixels, labels = _load(files, schedule.side, embedder.rendering, token)
    if int(torch.bincount(labels).max() if len(labels) else 0) > 1:
        _run(backbone, pixels, labels, embedder.device, schedule, generator, progress, token)
    return Embedder(backbone.eval(), embedder.device.type, rendering=embedder.rendering)


def _run(
    backbone: Backbone,
    pixels: Tensor,
    labels: Tensor,
    device: torch.device,
    schedule: Schedule,
    generator: torch.Generator,
    progress: ProgressCallback,
    token: CancelToken,
) -> None:
    from torchvision.transforms import v2  # takes seconds to import

    tuning = backbone.starts_from_weights
    steps, rate = (schedule.tuning_steps, TUNING_RATE) if tuning else (schedule.steps, LEARNING_RATE)
    optimizer = torch.optim.AdamW(backbone.parameters(), lr=rate, weight_decay=1e-4)
    augment = v2.Compose(
        [
            v2.RandomHorizontalFlip(),
            v2.RandomResizedCrop(schedule.side, scale=(0.5, 1.0), antialias=True),
            v2.ColorJitter(brightness=0.2, contrast=0.2),
        ]
    )
    running, best, best_step = 0.0, float("inf"), 0
    backbone.train(not tuning)  # tuning keeps batch statistics: an episode is too small a sample for new ones
    for step in range(steps):
        token.raise_if_cancelled()
        chosen = draw_episode(labels, EPISODE_IMAGES, generator)
        images = torch.stack([augment(image) for image in pixels[chosen]]).to(device).float() / 255
        loss = episode_loss(backbone(images), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(backbone.parameters(), 1.0)
        optimizer.step()
        value = float(loss.detach())
        running = value if step == 0 else _RUNNING * running + (1 - _RUNNING) * value
        progress(Progress(message("Training the CNN"), step + 1, steps))
        if running < best - 1e-3:
            best, best_step = running, step
        elif step - best_step >= PATIENCE:
            return


def draw_episode(labels: Tensor, images: int, generator: torch.Generator) -> Tensor:
    """Draw at most `images` indices, at least two of each class, of as many classes as fit: int64 (m,)."""
    classes = [torch.nonzero(labels == c).flatten() for c in labels.unique()]
    classes = [members for members in classes if len(members) > 1] or classes
    order = torch.randperm(len(classes), generator=generator)[: max(images // 2, 2)].tolist()
    each = max(images // len(order), 2)
    picks = [classes[c][torch.randperm(len(classes[c]), generator=generator)[:each]] for c in order]
    return torch.cat(picks)


def episode_loss(maps: FeatureMaps, labels: Tensor) -> Tensor:
    """Return the leave-one-out cross-entropy of an episode, differentiable in the maps.

    labels: int64 (n,)
    """
    present, local_labels = labels.unique(return_inverse=True)
    maps = FeatureMaps(maps.fine.cpu(), maps.coarse.cpu())
    features = describe(ImageMaps.without_texture(maps), (maps.coarse.shape[2], maps.coarse.shape[3]))
    untaught = torch.empty(0, maps.coarse.shape[1])  # a backbone in training has no classes of its own
    support = describe_support(features, local_labels, len(present), untaught).support
    typical = Hypotheses.grid(local_labels, len(present), support.views).typical()
    return functional.cross_entropy(average(compare(support, typical), typical).leave_one_out, local_labels)


def _load(
    files: Sequence[Sequence[Path]], side: int, rendering: Rendering, token: CancelToken
) -> tuple[Tensor, Tensor]:
    pixels, labels = [], []
    for label, group in enumerate(files):
        for path in group:
            token.raise_if_cancelled()
            try:
                pixels.append(fitted_pixels(path, side, rendering).permute(2, 0, 1))
            except ImageReadError:
                continue  # named in the report when the examples are embedded
            labels.append(label)
    return (torch.stack(pixels) if pixels else torch.empty(0)), torch.tensor(labels, dtype=torch.long)


def _reset(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.BatchNorm2d):
        module.reset_parameters()
