"""Draw an attention map and its region on an image. Needs neither torch nor Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from model.types import Region

OVERLAY_OPACITY = 0.55
REGION_COLOR = (255, 255, 255)
_HALO = (20, 20, 20)
# Anchors of a dark-to-bright map of rising lightness, readable by colour-blind eyes: dark violet to light yellow.
_ANCHORS = np.array([(30, 15, 70), (120, 30, 110), (200, 60, 80), (245, 125, 40), (252, 220, 100)], np.float32)


def colored(attention: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Map attention (h, w) in 0..1 to RGB colours (h, w, 3)."""
    position = np.clip(attention, 0, 1) * (len(_ANCHORS) - 1)
    low = np.minimum(position.astype(int), len(_ANCHORS) - 2)
    part = (position - low)[..., None]
    colors: npt.NDArray[np.uint8] = (_ANCHORS[low] * (1 - part) + _ANCHORS[low + 1] * part).round().astype(np.uint8)
    return colors


def draw_overlay(image: Image.Image, attention: npt.NDArray[np.float32], region: Region) -> Image.Image:
    """Return an RGB copy of `image` with the map laid over it, denser where attention is high, and the region's box."""
    scaled = Image.fromarray(attention.astype(np.float32)).resize(image.size, Image.Resampling.BICUBIC)
    values = np.clip(np.asarray(scaled), 0, 1)
    opacity = (values * OVERLAY_OPACITY)[..., None]
    blended = np.asarray(image.convert("RGB")) * (1 - opacity) + colored(values) * opacity
    result = Image.fromarray(blended.round().astype(np.uint8))
    draw = ImageDraw.Draw(result)
    line = max(1, round(min(image.size) / 150))
    box = (region.x, region.y, region.x + region.width - 1, region.y + region.height - 1)
    draw.rectangle(box, outline=_HALO, width=line * 3)
    inner = (box[0] + line, box[1] + line, box[2] - line, box[3] - line)
    if inner[2] > inner[0] and inner[3] > inner[1]:
        draw.rectangle(inner, outline=REGION_COLOR, width=line)
    return result
