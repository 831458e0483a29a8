"""Overlays: an evidence map and its region drawn on an image. Needs neither torch nor Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from model.types import Region

OVERLAY_OPACITY = 0.55
REGION_COLOR = (255, 255, 255)
_HALO = (20, 20, 20)
# Lightness rises evenly from dark violet to light yellow, so that colour-blind people see the order too.
_ANCHORS = np.array([(30, 15, 70), (120, 30, 110), (200, 60, 80), (245, 125, 40), (252, 220, 100)], np.float32)


def map_rgba(evidence_map: npt.NDArray[np.float32], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Colour an evidence map (h, w) in 0..1 at `size` = (width, height): uint8 (height, width, 4).

    Interpolated smoothly; transparent at 0, opaque at 1.
    """
    scaled = Image.fromarray(evidence_map.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    values = np.clip(np.asarray(scaled), 0, 1)
    position = values * (len(_ANCHORS) - 1)
    low = np.minimum(position.astype(np.intp), len(_ANCHORS) - 2)
    part = (position - low)[..., None]
    colors = _ANCHORS[low] * (1 - part) + _ANCHORS[low + 1] * part
    rgba: npt.NDArray[np.uint8] = np.concatenate([colors, values[..., None] * 255], axis=2).round().astype(np.uint8)
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
