"""The teacher, the default backbone: its answers to every view, computed once and read from disk in each epoch."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from model.backbones.names import DEFAULT_BACKBONE
from model.backbones.networks.efficientnet_lite import packaged_weights
from model.backbones.registry import create_backbone

TEACHER_SIDE = 128
COARSE_GRID, FINE_GRID = 3, 8
_BATCH = 64


class TeacherOutputs(NamedTuple):
    """Memory-mapped float16 arrays, one row for each view.

    pooled: (n, 1280) mean of the head's features
    coarse: (n, 1280, COARSE_GRID, COARSE_GRID) the head's features
    fine:   (n, 112, FINE_GRID, FINE_GRID) features at stride 16
    """

    pooled: npt.NDArray[np.float16]
    coarse: npt.NDArray[np.float16]
    fine: npt.NDArray[np.float16]


def run_teacher(views_file: Path, folder: Path) -> None:
    """Write the teacher's outputs for all views to `folder`."""
    teacher = create_backbone(DEFAULT_BACKBONE).to(memory_format=torch.channels_last)
    views = np.load(views_file, mmap_mode="c")
    fine, coarse = teacher.channels
    shapes = {"pooled": (coarse,), "coarse": (coarse, COARSE_GRID, COARSE_GRID), "fine": (fine, FINE_GRID, FINE_GRID)}
    files = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.float16, (len(views), *shape))
        for name, shape in shapes.items()
    }
    started = time.monotonic()
    for start in range(0, len(views), _BATCH):
        rows = slice(start, start + _BATCH)
        images = to_images(torch.from_numpy(views[rows]), TEACHER_SIDE)
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            maps = teacher(images)
        head = maps.coarse.float()
        files["pooled"][rows] = head.mean(dim=(2, 3)).half().numpy()
        files["coarse"][rows] = functional.adaptive_avg_pool2d(head, COARSE_GRID).half().numpy()
        files["fine"][rows] = functional.adaptive_avg_pool2d(maps.fine, FINE_GRID).half().numpy()
        if start % (100 * _BATCH) == 0:
            print(f"teacher: {start} of {len(views)} views, {time.monotonic() - started:.0f} s", flush=True)
    for file in files.values():
        file.flush()


def read_outputs(folder: Path) -> TeacherOutputs:
    """Open what `run_teacher` wrote."""
    return TeacherOutputs(*(np.load(folder / f"{name}.npy", mmap_mode="c") for name in TeacherOutputs._fields))


def teacher_classifier() -> tuple[Tensor, Tensor]:
    """Return the teacher's own classifier: weight (1000, 1280) and bias (1000)."""
    packaged = torch.load(packaged_weights(DEFAULT_BACKBONE), map_location="cpu", weights_only=True)
    weight, bias = list(packaged.values())[-2:]
    return weight, bias


def to_images(pixels: Tensor, side: int) -> Tensor:
    """Make float32 (n, 3, side, side) in 0..1, channels last, from uint8 (n, H, W, 3)."""
    images = pixels.permute(0, 3, 1, 2).float().div_(255)
    if images.shape[-1] != side:
        images = functional.interpolate(images, size=(side, side), mode="bilinear", antialias=True)
    return images.contiguous(memory_format=torch.channels_last)
