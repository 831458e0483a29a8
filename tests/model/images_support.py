"""Pictures with something in each corner, for the tests of readers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 48, 32
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def grey_corners(low: float, middle: float, high: float, dtype: npt.DTypeLike) -> npt.NDArray[np.generic]:
    """(HEIGHT, WIDTH): `low` top left, `middle` top right, `high` below."""
    values = np.full((HEIGHT, WIDTH), high, dtype)
    values[: HEIGHT // 2, : WIDTH // 2] = low
    values[: HEIGHT // 2, WIDTH // 2 :] = middle
    return values


def colour_corners(top: float, dtype: npt.DTypeLike) -> npt.NDArray[np.generic]:
    """(HEIGHT, WIDTH, 3): red, green, blue and white, `top` being full strength."""
    values = np.zeros((HEIGHT, WIDTH, 3), dtype)
    half_height, half_width = HEIGHT // 2, WIDTH // 2
    values[:half_height, :half_width, 0] = top
    values[:half_height, half_width:, 1] = top
    values[half_height:, :half_width, 2] = top
    values[half_height:, half_width:] = top
    return values


def touch(folder: Path, *names: str) -> None:
    """Make files that are no images, whatever they are called, and the folders they lie in."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"words")
