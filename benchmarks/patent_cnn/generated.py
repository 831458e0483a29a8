"""Pictures drawn from random numbers: dead leaves, 1/f noise and woven gratings, uint8 (side, side, 3)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Pixels = npt.NDArray[np.uint8]


def generated_picture(rng: np.random.Generator, side: int) -> Pixels:
    """Draw one picture of a kind chosen at random."""
    kind = rng.random()
    if kind < 0.4:
        return _dead_leaves(rng, side)
    return _noise(rng, side) if kind < 0.7 else _weave(rng, side)


def _dead_leaves(rng: np.random.Generator, side: int) -> Pixels:
    """Discs and polygons that hide one another; radii follow a power law of exponent -3 (Lee et al. 2001)."""
    image = Image.new("RGB", (side, side), _colour(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(20, 300))):
        radius = min(side / 2, 0.02 * side / np.sqrt(rng.random() + 1e-3))
        x, y = rng.random(2) * side
        if rng.random() < 0.5:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), _colour(rng))
        else:
            angles = np.sort(rng.random(int(rng.integers(3, 8)))) * 2 * np.pi
            points = [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in angles]
            draw.polygon(points, _colour(rng))
    return np.array(image)


def _noise(rng: np.random.Generator, side: int) -> Pixels:
    """Noise with the power spectrum 1/f^a, a in 1..4, its three channels correlated at random."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    frequency[0, 0] = 1 / side
    spectrum = np.fft.rfft2(rng.standard_normal((3, side, side))) * frequency ** -rng.uniform(0.5, 2)
    fields = np.fft.irfft2(spectrum, (side, side))
    fields = np.einsum("ij,jhw->hwi", rng.standard_normal((3, 3)) + rng.uniform(0, 3) * np.ones((3, 1)), fields)
    return _stretched(fields)


def _weave(rng: np.random.Generator, side: int) -> Pixels:
    """Two gratings, crossed and interlaced, with some noise, between two colours."""
    y, x = np.mgrid[:side, :side] / side
    angle, bend = rng.random() * np.pi, rng.uniform(0, 0.05)
    u = x * np.cos(angle) + y * np.sin(angle) + bend * np.sin(2 * np.pi * y)
    v = -x * np.sin(angle) + y * np.cos(angle)
    a, b = (np.sin(2 * np.pi * rng.uniform(3, side / 5) * axis) for axis in (u, v))
    field = np.where(a * b > 0, a, b) if rng.random() < 0.5 else a + rng.random() * b
    field = field + rng.uniform(0, 0.5) * rng.standard_normal(field.shape)
    dark, light = np.array(_colour(rng)), np.array(_colour(rng))
    return _stretched(dark + field[..., None] * (light - dark))


def _stretched(fields: npt.NDArray[np.float64]) -> Pixels:
    low, high = np.percentile(fields, (1, 99))
    scaled: Pixels = (np.clip((fields - low) / (high - low + 1e-9), 0, 1) * 255).astype(np.uint8)
    return scaled


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = rng.integers(0, 256, 3).tolist()
    return red, green, blue
