"""Overlays: the map drawn in its place, the box around the region, images of any size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from model.regions.overlay import REGION_COLOR, draw_overlay, layer_opacity, map_layer, map_rgba
from model.types import MapStyle, Region


def _peak_left() -> np.ndarray:
    attention = np.zeros((4, 4), np.float32)
    attention[:, 0] = 1
    return attention


def test_the_map_is_laid_where_attention_is() -> None:
    grey = Image.new("RGB", (80, 40), (100, 100, 100))
    result = np.asarray(draw_overlay(grey, _peak_left(), Region(60, 10, 10, 10)))
    assert result.shape == (40, 80, 3)
    assert (result[5, 70] == 100).all()  # no evidence
    assert np.abs(result[5, 2].astype(int) - 100).max() > 30


def test_the_region_is_framed_inside_its_bounds() -> None:
    grey = Image.new("RGB", (200, 100), (100, 100, 100))
    result = np.asarray(draw_overlay(grey, np.zeros((4, 4), np.float32), Region(50, 20, 60, 40)))
    changed = np.argwhere((result != 100).any(axis=2))
    assert changed.min(axis=0).tolist() == [20, 50]
    assert changed.max(axis=0).tolist() == [59, 109]
    assert (result == REGION_COLOR).all(axis=2).any()
    assert (result[40, 80] == 100).all()  # the inside stays visible


def test_the_original_is_not_changed() -> None:
    image = Image.new("RGB", (30, 30), (1, 2, 3))
    draw_overlay(image, _peak_left(), Region(0, 0, 10, 10))
    assert image.getextrema() == ((1, 1), (2, 2), (3, 3))


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 2), (2000, 10)])
def test_images_of_any_size_can_be_drawn_on(size: tuple[int, int]) -> None:
    result = draw_overlay(Image.new("RGB", size), _peak_left(), Region(0, 0, *size))
    assert result.size == size
    assert result.mode == "RGB"


def test_colours_grow_lighter_and_denser_with_attention() -> None:
    ramp = np.linspace(0, 1, 5, dtype=np.float32)[None, :].repeat(2, axis=0)
    rgba = map_rgba(ramp, (5, 2)).astype(int)
    assert rgba.shape == (2, 5, 4)
    assert (np.diff(rgba[0, :, 3]) > 0).all()
    assert (np.diff(rgba[0, :, :3] @ np.array([299, 587, 114])) > 0).all()
    assert (rgba[0, 0, 3], rgba[0, -1, 3]) == (0, 255)


def _hill() -> np.ndarray:
    rows, columns = np.mgrid[-1:1:9j, -1:1:9j]
    return np.exp(-3 * (rows**2 + columns**2)).astype(np.float32)


def test_contours_are_rings_around_the_peak_and_leave_it_visible() -> None:
    alpha = map_layer(_hill(), (200, 100), MapStyle.CONTOUR)[..., 3].astype(int)
    assert alpha.shape == (100, 200)
    assert alpha[50, 100] == alpha[1, 1] == 0  # the peak and what is far from it
    outwards = alpha[50, 100:] > 128
    assert np.count_nonzero(np.diff(outwards.astype(int)) == 1) == 2  # two lines are crossed


def test_a_spotlight_darkens_what_has_little_evidence() -> None:
    layer = map_layer(_hill(), (200, 100), MapStyle.SPOTLIGHT)
    assert layer[50, 100, 3] == 0
    assert layer[1, 1, 3] > 200
    assert not layer[..., :3].any()


@pytest.mark.parametrize("style", [MapStyle.HEAT, MapStyle.CONTOUR, MapStyle.SPOTLIGHT])
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (300, 2)])
def test_maps_are_drawn_at_any_size_in_every_style(style: MapStyle, size: tuple[int, int]) -> None:
    assert map_layer(_hill(), size, style).shape == (size[1], size[0], 4)
    assert 0 < layer_opacity(style) <= 1


def test_the_colours_of_heat_tell_their_order_by_lightness_alone() -> None:
    ramp = map_rgba(np.linspace(0, 1, 33, dtype=np.float32)[None], (33, 1))[0, :, :3] / 255
    linear = np.where(ramp <= 0.04045, ramp / 12.92, ((ramp + 0.055) / 1.055) ** 2.4)
    as_it_is = np.eye(3)
    # Machado, Oliveira and Fernandes 2009: without red, green and blue cones.
    no_red = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    no_green = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    no_blue = [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    for seen in (as_it_is, no_red, no_green, no_blue):
        luminance = (linear @ np.array(seen).T).clip(0, 1) @ [0.2126, 0.7152, 0.0722]
        steps = np.diff(116 * np.cbrt(luminance) - 16)
        assert steps.min() > 1
        assert steps.max() < 4
