"""Overlays: an evidence map and its region drawn on an image. Needs neither torch nor Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from model.types import MapStyle, Region

OVERLAY_OPACITY = 0.55
REGION_COLOR = (255, 255, 255)
_HALO = (20, 20, 20)
_LEVELS = ((0.5, 2), (0.8, 4))  # where contours lie, and their colours among the anchors
_LINE, _DARK_LINE = 0.9, 2.1  # pixels on either side of a contour, in a picture of `_LINE_SIDE` pixels or smaller
_LINE_SIDE = 240
_LIT = 0.6  # evidence from which a spotlight leaves everything as it is
_STRENGTH = {MapStyle.HEAT: 1.0, MapStyle.CONTOUR: 1.9, MapStyle.SPOTLIGHT: 1.4, MapStyle.DIFFERENCE: 1.3}
FIRST_COLOR, SECOND_COLOR = (33, 113, 181), (230, 97, 1)
"""Blue where there is more for the first class of a difference, orange where there is more for the second: two colours
that people with any of the common kinds of colour blindness tell apart."""

LEAST_DIFFERENCE = 1.0
"""In units of the attention's temperature: a map of differences that are all smaller is not drawn at full strength."""

# Lightness rises evenly from dark violet to light yellow, so that colour-blind people see the order too.
_ANCHORS = np.array([(30, 15, 70), (120, 30, 110), (200, 60, 80), (245, 125, 40), (252, 220, 100)], np.float32)


def map_rgba(evidence_map: npt.NDArray[np.float32], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Colour an evidence map (h, w) in 0..1 at `size` = (width, height): uint8 (height, width, 4).

    Interpolated smoothly; transparent at 0, opaque at 1.
    """
    values = _scaled(evidence_map, size)
    position = values * (len(_ANCHORS) - 1)
    low = np.minimum(position.astype(np.intp), len(_ANCHORS) - 2)
    part = (position - low)[..., None]
    colors = _ANCHORS[low] * (1 - part) + _ANCHORS[low + 1] * part
    rgba: npt.NDArray[np.uint8] = np.concatenate([colors, values[..., None] * 255], axis=2).round().astype(np.uint8)
    return rgba


def map_layer(evidence_map: npt.NDArray[np.float32], size: tuple[int, int], style: MapStyle) -> npt.NDArray[np.uint8]:
    """Draw an evidence map in a style that has one, as `map_rgba` does for heat: uint8 (height, width, 4)."""
    if style is MapStyle.HEAT:
        return map_rgba(evidence_map, size)
    values = _scaled(evidence_map, size)
    return _contours(values) if style is MapStyle.CONTOUR else _spotlight(values)


def difference_layer(difference: npt.NDArray[np.float32], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Draw a difference of evidence (h, w) at `size` = (width, height): uint8 (height, width, 4).

    Interpolated smoothly; transparent at 0, opaque where the difference is largest.
    """
    most = max(float(np.abs(difference).max()), LEAST_DIFFERENCE)
    scaled = np.asarray(Image.fromarray((difference / most).astype(np.float32)).resize(size, Image.Resampling.BICUBIC))
    strength = np.clip(np.abs(scaled), 0, 1)
    rgba = np.empty((*scaled.shape, 4), np.uint8)
    rgba[..., :3] = np.where(scaled[..., None] > 0, FIRST_COLOR, SECOND_COLOR)
    rgba[..., 3] = np.round(255 * strength)
    return rgba


def layer_opacity(style: MapStyle, strength: float = OVERLAY_OPACITY) -> float:
    """Return how opaque the layer of a style is laid over the picture, 0..1, so that all styles look equally strong."""
    return min(_STRENGTH[style] * strength, 1.0)


def _scaled(evidence_map: npt.NDArray[np.float32], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """The map at `size`, interpolated smoothly: (height, width) in 0..1."""
    scaled = Image.fromarray(evidence_map.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    values: npt.NDArray[np.float32] = np.clip(np.asarray(scaled), 0, 1)
    return values


def _contours(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Lines of equal evidence, on a dark ground that keeps them visible on any picture."""
    slopes = np.gradient(values) if min(values.shape) > 1 else (np.zeros_like(values),) * 2
    steepness = np.maximum(np.hypot(*slopes), 1e-4)
    scale = max(1.0, max(values.shape) / _LINE_SIDE)
    rgba = np.zeros((*values.shape, 4), np.float32)
    rgba[..., :3] = _HALO
    for level, anchor in _LEVELS:
        distance = np.abs(values - level) / steepness  # in pixels, near the line
        line = np.clip(scale * _LINE + 0.5 - distance, 0, 1)
        ground = 0.7 * np.clip(scale * _DARK_LINE + 0.5 - distance, 0, 1)
        rgba[..., :3] += line[..., None] * (_ANCHORS[anchor] - rgba[..., :3])
        rgba[..., 3] = np.maximum(rgba[..., 3], np.maximum(line, ground))
    rgba[..., 3] *= 255
    result: npt.NDArray[np.uint8] = rgba.round().astype(np.uint8)
    return result


def _spotlight(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Dark where there is little evidence."""
    rgba = np.zeros((*values.shape, 4), np.uint8)
    rgba[..., 3] = np.round(255 * (1 - np.clip(values / _LIT, 0, 1)))
    return rgba


def draw_overlay(image: Image.Image, evidence_map: npt.NDArray[np.float32], region: Region) -> Image.Image:
    """Return an RGB copy of `image` with the map drawn over it, more opaque where it is higher, and with the box."""
    layer = Image.fromarray(map_rgba(evidence_map, image.size))
    layer.putalpha(layer.getchannel("A").point(lambda alpha: round(alpha * OVERLAY_OPACITY)))
    result = Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")
    draw = ImageDraw.Draw(result)
    line = max(1, round(min(image.size) / 150))
    box = (region.x, region.y, region.x + region.width - 1, region.y + region.height - 1)
    draw.rectangle(box, outline=_HALO, width=line * 3)
    inner = (box[0] + line, box[1] + line, box[2] - line, box[3] - line)
    if inner[2] > inner[0] and inner[3] > inner[1]:
        draw.rectangle(inner, outline=REGION_COLOR, width=line)
    return result
