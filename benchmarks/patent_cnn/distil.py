"""Distil the default backbone into the patent's CNN.

The student learns, on the same views as the teacher, (a) the teacher's pooled features, up to a linear
map, (b) its feature maps at both strides, up to a 1x1 convolution, (c) the similarities among the
images of a batch, in the very geometry that the few-shot head uses (`model.features.maps`), and (d) its
softened class probabilities (Hinton et al. 2015). The maps are thrown away afterwards.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.patent_cnn.teacher import TeacherOutputs, read_outputs, teacher_classifier, to_images
from model.backbones.base import FeatureMaps
from model.backbones.networks.patent_cnn import PatentCNN

_EPSILON = 1e-4
_MAP_WEIGHT, _SIMILARITY_WEIGHT, _CLASS_WEIGHT = 0.5, 1.0, 0.3
_SIMILARITY_TEMPERATURE, _CLASS_TEMPERATURE = 0.1, 1.0
_CHECKPOINT_SECONDS = 240


@dataclass(frozen=True)
class Stage:
    """A part of the run: the student's input side in pixels, and its share of the steps."""

    side: int
    share: float


@dataclass(frozen=True)
class Settings:
    """How long and how the student learns."""

    steps: int = 9000
    batch: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warm_up: int = 100
    stages: tuple[Stage, ...] = (Stage(64, 0.6), Stage(96, 0.3), Stage(128, 0.1))
    seed: int = 0

    def side(self, step: int) -> int:
        """Return the input side at `step`: small at first, since that is cheap."""
        end = 0.0
        for stage in self.stages:
            end += stage.share * self.steps
            if step < end:
                return stage.side
        return self.stages[-1].side

    def rate(self, step: int) -> float:
        """Return the learning rate at `step`: linear warm-up, then a half cosine to zero."""
        if step < self.warm_up:
            return self.learning_rate * (step + 1) / self.warm_up
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - self.warm_up) / (self.steps - self.warm_up)))


class Distillation(nn.Module):
    """The student with the linear maps to the teacher's spaces, and the loss."""

    means: Tensor
    fine_mean: Tensor
    fine_deviation: Tensor
    class_weight: Tensor
    class_bias: Tensor

    def __init__(self, student: PatentCNN, outputs: TeacherOutputs) -> None:
        super().__init__()
        self.student = student
        width = student.channels[1]
        sample = slice(0, 8192)
        pooled = torch.from_numpy(outputs.pooled[sample]).float()
        fine = torch.from_numpy(outputs.fine[:1024]).float()
        self.register_buffer("means", _rooted(pooled).mean(0))
        self.register_buffer("fine_mean", fine.mean((0, 2, 3))[:, None, None])
        self.register_buffer("fine_deviation", fine.std((0, 2, 3))[:, None, None] + _EPSILON)
        weight, bias = teacher_classifier()
        self.register_buffer("class_weight", weight)
        self.register_buffer("class_bias", bias)
        self.norm = nn.BatchNorm1d(width)
        self.to_pooled = nn.Linear(width, pooled.shape[1])
        self.to_classes = nn.Linear(width, len(bias))
        self.to_coarse = nn.Conv2d(width, pooled.shape[1], 1)
        self.to_fine = nn.Conv2d(width, fine.shape[1], 1)

    def forward(self, images: Tensor, pooled: Tensor, coarse: Tensor, fine: Tensor) -> dict[str, Tensor]:
        """Return the losses by name; images as for the student, the rest as in `TeacherOutputs`."""
        maps: FeatureMaps = self.student(images)
        seen = _rooted(maps.coarse.float().mean((2, 3)))
        taught = _rooted(pooled) - self.means
        normed = self.norm(seen)
        at_coarse = functional.adaptive_avg_pool2d(self.to_coarse(maps.coarse).float(), coarse.shape[-1])
        at_fine = self.to_fine(maps.fine).float()
        fine = functional.interpolate((fine - self.fine_mean) / self.fine_deviation, size=at_fine.shape[-2:],
                                      mode="bilinear", antialias=True)  # fmt: skip
        logits = functional.linear(pooled, self.class_weight, self.class_bias) / _CLASS_TEMPERATURE
        return {
            "pooled": _cosine_loss(self.to_pooled(normed), taught),
            "coarse": _MAP_WEIGHT * _cosine_loss(at_coarse, _rooted(coarse) - self.means[:, None, None]),
            "fine": _MAP_WEIGHT * _cosine_loss(at_fine, fine),
            "similar": _SIMILARITY_WEIGHT * _similarity_loss(seen, taught),
            "classes": _CLASS_WEIGHT
            * functional.kl_div(
                functional.log_softmax(self.to_classes(normed).float(), 1), logits.softmax(1), reduction="batchmean"
            ),
        }


def _rooted(features: Tensor) -> Tensor:
    """Signed square root and unit length along dimension 1, as `model.features.maps` does."""
    rooted = features.sign() * ((features.abs() + _EPSILON).sqrt() - _EPSILON**0.5)
    return functional.normalize(rooted, dim=1)


def _cosine_loss(given: Tensor, wanted: Tensor) -> Tensor:
    return 1 - functional.cosine_similarity(given.float(), wanted, dim=1).mean()


def _similarity_loss(seen: Tensor, taught: Tensor) -> Tensor:
    """Kullback-Leibler divergence between softmax similarities to the batch's other images, both centred."""
    logits = []
    for features in (taught, seen):
        unit = functional.normalize(features - features.mean(0), dim=1)
        similarity = unit @ unit.T / _SIMILARITY_TEMPERATURE
        logits.append(similarity[~torch.eye(len(unit), dtype=torch.bool)].view(len(unit), -1))
    wanted, given = logits
    return functional.kl_div(given.log_softmax(1), wanted.softmax(1), reduction="batchmean")


def distil(views_file: Path, teacher_folder: Path, settings: Settings, target: Path, start: Path | None = None) -> None:
    """Train a student, from random weights or from those in `start`, and write its state dict to `target`.

    The file, float32 safetensors, is written every few minutes and at the end.
    """
    torch.manual_seed(settings.seed)
    outputs = read_outputs(teacher_folder)
    views = np.load(views_file, mmap_mode="c")
    student = PatentCNN()
    if start is not None:
        student.load_state_dict(load_file(str(start)))
    model = Distillation(student, outputs).to(memory_format=torch.channels_last)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=settings.learning_rate,
    )
    started = saved = time.monotonic()
    means: dict[str, float] = {}
    batches = _batches(len(views), settings)
    for step in range(settings.steps):
        rows = next(batches)
        flip = torch.rand(len(rows)) < 0.5
        images = to_images(torch.from_numpy(views[rows]), settings.side(step))
        pooled, coarse, fine = (torch.from_numpy(part[rows]).float() for part in outputs)
        images, coarse, fine = (torch.where(flip[:, None, None, None], x.flip(3), x) for x in (images, coarse, fine))
        for group in optimizer.param_groups:
            group["lr"] = settings.rate(step)
        with torch.autocast("cpu", torch.bfloat16):
            losses = model(images.contiguous(memory_format=torch.channels_last), pooled, coarse, fine)
        optimizer.zero_grad()
        sum(losses.values(), torch.zeros(())).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        means = {k: 0.98 * means.get(k, float(v.detach())) + 0.02 * float(v.detach()) for k, v in losses.items()}
        if step % 50 == 0:
            text = " ".join(f"{name} {value:.3f}" for name, value in means.items())
            print(f"step {step} of {settings.steps}, {time.monotonic() - started:.0f} s: {text}", flush=True)
        if time.monotonic() - saved > _CHECKPOINT_SECONDS:
            save_student(model.student, target)
            saved = time.monotonic()
    save_student(model.student, target)


def _batches(views: int, settings: Settings) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(settings.seed)
    while True:
        order = rng.permutation(views)
        for start in range(0, views - settings.batch + 1, settings.batch):
            yield np.sort(order[start : start + settings.batch])


def save_student(student: PatentCNN, target: Path) -> None:
    """Write the state dict, float32; the file appears whole or not at all."""
    part = target.with_suffix(".part")
    save_file({key: value.detach().contiguous() for key, value in student.state_dict().items()}, str(part))
    part.replace(target)


def export(student_file: Path, target: Path) -> None:
    """Write the weights as they are shipped: float16, without the counters of batch normalisation."""
    state = load_file(str(student_file))
    save_file(
        {key: v.half().contiguous() for key, v in state.items() if not key.endswith("num_batches_tracked")},
        str(target),
    )
    target.chmod(0o644)  # safetensors makes files that only their owner may read
