"""From pictures to the views that teacher and student both see: uint8 (n, VIEW_SIDE, VIEW_SIDE, 3) on disk.

Few pictures give many views (Asano and Saeed 2021): crops at all scales, objects laid over them,
mixes of two, and changes of colour, sharpness and resolution.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageFilter

from benchmarks.patent_cnn.generated import generated_picture
from benchmarks.patent_cnn.pictures import SMALLEST_OBJECT, SMALLEST_SCENE, Pictures

VIEW_SIDE = 128
_CROP_SIDE = 160
_CROPS = 31_200  # about so many, whatever the number of views: the first views of a longer list are the same
_OBJECT_SIDE = 192
_FLAT, _TRIES = 12, 3  # crops whose grey values vary less are drawn again, at most so often
_LARGEST = 4096  # longer side in pixels at which a picture is cut

Pixels = npt.NDArray[np.uint8]


def cut_crops(scenes: Sequence[Path], count: int, rng: np.random.Generator, target: Path) -> int:
    """Cut about `count` squares at scales from 64 pixels to the whole picture; return how many were cut.

    A picture gives crops in proportion to the square root of its area, so that large ones do not
    drown the others. They are written to `target`, uint8 (n, _CROP_SIDE, _CROP_SIDE, 3).
    """
    areas = np.array([_area(path) for path in scenes])
    each = np.ceil(count * np.sqrt(areas) / np.sqrt(areas).sum()).astype(int)
    crops = np.lib.format.open_memmap(target, "w+", np.uint8, (int(each.sum()), _CROP_SIDE, _CROP_SIDE, 3))
    places = rng.permutation(len(crops))
    written = 0
    for path, number in zip(scenes, each, strict=True):
        if not number:
            continue
        image = _opened(path, _LARGEST).convert("RGB")
        for _ in range(number):
            crop = _crop(image, rng)
            for _ in range(_TRIES):
                if crop.std() >= _FLAT:
                    break
                crop = _crop(image, rng)
            crops[places[written]] = crop
            written += 1
    crops.flush()
    return written


def _crop(image: Image.Image, rng: np.random.Generator) -> Pixels:
    shorter = min(image.size)
    side = float(np.exp(rng.uniform(np.log(min(64, shorter)), np.log(shorter))))
    wide, high = (min(side * s, extent) for s, extent in zip(_stretches(rng), image.size, strict=True))
    left, top = rng.random() * (image.width - wide), rng.random() * (image.height - high)
    box = (left, top, left + wide, top + high)
    return np.asarray(image.resize((_CROP_SIDE, _CROP_SIDE), Image.Resampling.BICUBIC, box, reducing_gap=2))


def load_objects(paths: Sequence[Path]) -> list[Image.Image]:
    """Read the cut-out objects, RGBA, trimmed to what is visible; what has no transparent ground is left out."""
    objects = []
    for path in paths:
        image = _opened(path, 2048).convert("RGBA")
        opacity = np.asarray(image.getchannel("A"))
        box = image.getchannel("A").getbbox()
        if box is None or int(opacity.min()) > 128 or min(box[2] - box[0], box[3] - box[1]) < SMALLEST_OBJECT:
            continue
        image = image.crop(box)
        image.thumbnail((_OBJECT_SIDE, _OBJECT_SIDE))
        objects.append(image)
    return objects


def make_views(pictures: Pictures, count: int, seed: int, folder: Path) -> Path:
    """Write `count` views to a file in `folder` and return its path."""
    rng = np.random.default_rng(seed)
    cut_crops(pictures.scenes, _CROPS, rng, folder / "crops.npy")
    crops = np.load(folder / "crops.npy", mmap_mode="r")
    objects = load_objects(pictures.objects)
    views = np.lib.format.open_memmap(folder / "views.npy", "w+", np.uint8, (count, VIEW_SIDE, VIEW_SIDE, 3))
    for index in range(count):
        image = _content(crops, objects, rng)
        chance = rng.random()
        if chance < 0.12:
            image = Image.blend(image, _content(crops, objects, rng), rng.uniform(0.2, 0.5))
        elif chance < 0.3:
            image = _with_patch(image, _content(crops, objects, rng), rng)
        views[index] = np.asarray(_varied(image, rng))
    views.flush()
    return folder / "views.npy"


def _content(crops: Pixels, objects: Sequence[Image.Image], rng: np.random.Generator) -> Image.Image:
    if rng.random() < 0.08:
        return Image.fromarray(generated_picture(rng, VIEW_SIDE))
    crop = Image.fromarray(crops[rng.integers(len(crops))])
    side = _CROP_SIDE * np.sqrt(rng.uniform(0.3, 1))
    left, top = rng.random(2) * (_CROP_SIDE - side)
    box = (left, top, left + side, top + side)
    image = crop.resize((VIEW_SIDE, VIEW_SIDE), Image.Resampling.BILINEAR, box)
    if rng.random() < 0.45:
        if rng.random() < 0.15:  # cut-outs are often shown on a plain ground
            image = Image.new("RGB", image.size, tuple(rng.integers(0, 256, 3).tolist()))
        for _ in range(1 if rng.random() < 0.75 else 2):
            _lay_over(image, objects[int(rng.integers(len(objects)))], rng)
    return image


def _lay_over(image: Image.Image, thing: Image.Image, rng: np.random.Generator) -> None:
    if rng.random() < 0.5:
        thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    scale = VIEW_SIDE * rng.uniform(0.35, 1.2) / max(thing.size)
    wide, high = (max(4, round(extent * scale * s)) for extent, s in zip(thing.size, _stretches(rng), strict=True))
    thing = thing.resize((wide, high), Image.Resampling.BILINEAR)
    if rng.random() < 0.5:
        thing = thing.rotate(rng.uniform(-25, 25), Image.Resampling.BILINEAR, expand=True)
    left, top = (round(rng.uniform(-0.15, 0.85 + 0.3) * (VIEW_SIDE - extent)) for extent in thing.size)
    image.paste(thing, (left, top), thing)


def _with_patch(image: Image.Image, other: Image.Image, rng: np.random.Generator) -> Image.Image:
    """CutMix (Yun et al. 2019): a rectangle of another view."""
    wide, high = (round(VIEW_SIDE * extent) for extent in rng.uniform(0.3, 0.7, 2))
    left, top = int(rng.integers(VIEW_SIDE - wide)), int(rng.integers(VIEW_SIDE - high))
    image.paste(other.crop((left, top, left + wide, top + high)), (left, top))
    return image


def _varied(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    if rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.7:
        for kind in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            image = kind(image).enhance(rng.uniform(0.6, 1.4))
    if rng.random() < 0.25:
        hue, saturation, value = image.convert("HSV").split()
        turn = round(rng.uniform(-128, 128) if rng.random() < 0.3 else rng.uniform(-16, 16))
        hue = hue.point(lambda v: (v + turn) % 256)
        image = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    if rng.random() < 0.1:
        image = image.convert("L").convert("RGB")
    if rng.random() < 0.1:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2)))
    if rng.random() < 0.25:  # pictures that are small by nature reach the network enlarged
        small = round(np.exp(rng.uniform(np.log(24), np.log(80))))
        image = image.resize((small, small), Image.Resampling.BOX).resize(image.size, Image.Resampling.BILINEAR)
    return image


def _stretches(rng: np.random.Generator) -> tuple[float, float]:
    stretch = float(np.exp(rng.uniform(-0.25, 0.25)))
    return stretch, 1 / stretch


def _area(path: Path) -> float:
    """Pixels of the picture as it is cut; 0 for what is too small, or no picture at all."""
    try:
        with Image.open(path) as image:
            wide, high = image.size
    except OSError:
        return 0.0
    if min(wide, high) < SMALLEST_SCENE:
        return 0.0
    return wide * high * min(1.0, _LARGEST / max(wide, high)) ** 2


def _opened(path: Path, largest: int) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes and of odd metadata
        image: Image.Image = Image.open(path)
        image.draft("RGB", (largest, largest))
        image.load()
    if max(image.size) > largest:
        factor = largest / max(image.size)
        image = image.resize((round(image.width * factor), round(image.height * factor)), reducing_gap=2)
    return image
