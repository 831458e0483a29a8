"""The texture view: finite for any shape, a small defect stands out, its cell carries the evidence."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from model.features.texture_energies import CELLS, CHANNELS, FILTERS
from model.features.views import texture


def _weave(seed: int, size: tuple[int, int] = (250, 250)) -> np.ndarray:
    """Smooth noise as of a cloth, uint8 (h, w, 3)."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(80, 170, (size[1] // 4, size[0] // 4), np.uint8))
    return np.array(coarse.resize(size, Image.Resampling.BICUBIC).convert("RGB"))


def _with_speckle(pixels: np.ndarray, at: tuple[int, int]) -> np.ndarray:
    pixels = pixels.copy()
    x, y = at
    pixels[y : y + 12, x : x + 12] = np.random.default_rng(0).integers(0, 255, (12, 12, 1), np.uint8)
    return pixels


def test_shape_and_finite_numbers_for_any_size() -> None:
    for size in ((1, 1), (3, 700), (32, 32), (250, 180), (1600, 40)):
        made = texture.texture_map(np.array(Image.new("RGB", size, (90, 120, 30))))
        assert made.shape == (CHANNELS, CELLS, CELLS)
        assert bool(made.isfinite().all())


def test_a_flat_image_has_the_least_energy_everywhere() -> None:
    made = texture.texture_map(np.array(Image.new("RGB", (100, 100), (90, 120, 30))))
    assert float(made.max() - made.min()) == pytest.approx(0, abs=1e-3)
    assert float(made.max()) < float(texture.texture_map(_weave(0)).min())


def test_contrast_is_a_shift() -> None:
    pixels = _weave(1).astype(np.float32) - 128
    weak, strong = (texture.texture_map((128 + pixels * k).astype(np.uint8)) for k in (1.0, 2.0))
    shift = strong[:FILTERS] - weak[:FILTERS]
    assert float(shift.median()) == pytest.approx(np.log(4), abs=0.15)


def test_a_speckle_raises_the_roughest_region_and_not_the_mean() -> None:
    plain, spoiled = _weave(2), _with_speckle(_weave(2), (120, 60))
    before, after = (texture.summary(texture.texture_map(pixels)[None])[0] for pixels in (plain, spoiled))
    rise = slice(CHANNELS, 2 * CHANNELS)
    assert float((after - before)[rise].max()) > 1.0
    assert float((after - before)[:CHANNELS].abs().max()) < 0.3


def test_a_frame_does_not_count() -> None:
    plain = _weave(3)
    framed = plain.copy()
    framed[:, -2:] = 255
    framed[-2:] = 255
    before, after = (texture.summary(texture.texture_map(pixels)[None])[0] for pixels in (plain, framed))
    assert float((after - before).abs().max()) < 0.05


@pytest.mark.parametrize("grid", [(7, 7), (14, 14), (28, 28), (40, 40)])
def test_the_evidence_lies_where_the_speckle_is(grid: tuple[int, int]) -> None:
    made = texture.texture_map(_with_speckle(_weave(4), (180, 40)))[None]
    weights = torch.zeros(texture.SUMMARY, 2)
    weights[CHANNELS, 1] = 1.0  # the rise of the finest Laplacian counts for the second class
    spoken = texture.evidence(made, weights, grid)
    assert spoken.shape == (1, 2, grid[0] * grid[1])
    row, column = divmod(int(spoken[0, 1].argmax()), grid[1])
    assert abs((column + 0.5) / grid[1] - 186 / 250) < 0.12
    assert abs((row + 0.5) / grid[0] - 46 / 250) < 0.12
    assert float(spoken[0, 0].abs().max()) == 0
