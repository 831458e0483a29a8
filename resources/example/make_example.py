#!/usr/bin/env python3
"""Rebuild the example project's pictures from Debian's ``stellarium-data`` package.

Every picture is a composite of real telescope photographs: an object (galaxy, emission
nebula or star cluster) is laid over a star field at a random place.  The star fields are of
the same kind for all classes, so that only the object tells the class.  A constant
sky brightness, a slight gradient and grain, all random, are added.

    apt-get install stellarium-data=0.22.2-1
    python make_example.py [FOLDER, by default /usr/share/stellarium]

It needs Pillow and NumPy, gives the same pictures at every run, and (re)writes beside itself

    examples/<class>/NN.jpg    five labelled examples per class
    to_classify/sky_NN.jpg     the pictures to classify, under neutral names
    labels.csv                 file, class and the object's box (x, y, w, h in
                               pixels of that file) for to_classify
    LICENCE.md                 the credits and the licences of every picture

``OBJECTS`` and ``FIELDS`` are the whole recipe.  Boxes are in pixels of the texture and
were measured on it, looked over by eye and for some pictures set by hand.  Credits and
licences were copied from the package's ``CREDITS.md`` (the entry's number is given); only
pictures which that file puts in the public domain or under CC0 or CC BY are used.
No texture serves both ``examples`` and ``to_classify``.
"""

from __future__ import annotations

import csv
import hashlib
import random
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

SIZE = (400, 300)
JPEG_QUALITY = 88
TEXTURES = Path("nebulae/default")
INSTALLED = Path("/usr/share/stellarium")
EXAMPLES_PER_CLASS = 5
LAYERS = 3  # star fields that are laid over each other
DENSITY = (0.006, 0.015)  # share of a picture's pixels that belong to a star of the field
SHARE = (0.35, 0.40)  # of the picture's width that the object's box takes on its texture
BRIGHT = 110  # brighter light counts no more when the extent of an object is measured
EDGE = 20  # pixels that stay free between an object's box and the picture's edge

CC_BY_4 = "CC BY 4.0"
CC_BY_3 = "CC BY 3.0"
CC0 = "CC0 1.0"
PUBLIC_DOMAIN = "public domain"

Array = npt.NDArray[np.float64]
Box = tuple[int, int, int, int]  # left, top, width, height
Turn = tuple[int, int]  # steps down and across: -1 mirrors
TURNS = ((1, 1), (1, -1), (-1, 1))  # one for each class

# CREDITS.md entry -> (credit, licence)
CREDITS = {
    "4.9": ("Yang Kai", PUBLIC_DOMAIN),
    "4.31": ("Sun Shuwei", PUBLIC_DOMAIN),
    "4.32": ("Wang Lingyi", PUBLIC_DOMAIN),
    "4.33": ("Lowell Observatory", PUBLIC_DOMAIN),
    "4.34": ("ESO/Digitized Sky Survey 2", CC_BY_4),
    "4.37": ("NASA", PUBLIC_DOMAIN),
    "4.38": ("Giuseppe Donatiello", CC0),
    "4.42": ("ESO", CC_BY_4),
    "4.43": ("HG731GZ", CC_BY_3),
    "4.44": ("Dylan O'Donnell", PUBLIC_DOMAIN),
    "4.51": ("Jschulman555", CC_BY_3),
    "4.62": ("ESO and Joe DePasquale", CC_BY_4),
    "4.63": ("ESO/J.Perez", CC_BY_4),
    "4.64": ("TRAPPIST/E. Jehin/ESO", CC_BY_4),
    "4.71": ("ESO, F. Ferraro (University of Bologna)", CC_BY_4),
    "4.72": ("Cristina Cellini", CC_BY_4),
    "4.73": ("Zhuokai Liu, Jiang Yuhang", CC_BY_4),
    "4.81": ("Giuseppe Donatiello", PUBLIC_DOMAIN),
    "4.83": ("NASA, ESA, Digitized Sky Survey 2", CC_BY_4),
    "4.84": ("Guillermo Abramson", CC_BY_3),
    "4.86": ("J. Aleu", PUBLIC_DOMAIN),
    "4.88": ("ESO/VISTA VMC", CC_BY_4),
    "4.90": ("Bart Delsaert", CC_BY_3),
    "4.106": ("ESA/Hubble, Digitized Sky Survey 2", CC_BY_4),
    "4.107": (
        "Davide De Martin (ESA/Hubble), the ESA/ESO/NASA Photoshop FITS Liberator & Digitized Sky Survey 2",
        CC_BY_4,
    ),
    "4.112": ("ESO/IDA/Danish 1.5 m/R. Gendler, J.-E. Ovaldsen, C. Thone and C. Feron", CC_BY_4),
}

# class -> (texture, object's box on the texture, CREDITS.md entry);
# the first five of a class are its examples, the others are to be classified
OBJECTS = {
    "galaxy": (
        ("m83", (146, 136, 251, 254), "4.64"),
        ("n253", (51, 91, 376, 302), "4.43"),
        ("n1672", (71, 59, 119, 121), "4.107"),
        ("n6503", (79, 93, 101, 63), "4.83"),
        ("m95", (141, 109, 220, 287), "4.51"),
        ("n300", (103, 137, 288, 236), "4.42"),
        ("n908", (51, 162, 367, 162), "4.42"),
        ("n1232", (176, 179, 162, 148), "4.42"),
        ("n1792", (75, 64, 118, 125), "4.42"),
        ("n134", (54, 55, 152, 150), "4.42"),
        ("n3621", (199, 166, 108, 192), "4.62"),
        ("n7793", (138, 166, 256, 181), "4.42"),
        ("m74", (129, 145, 224, 238), "4.90"),
        ("n1300", (82, 78, 96, 110), "4.51"),
        ("n6744", (165, 130, 179, 244), "4.73"),
        ("m90", (150, 170, 173, 277), "4.34"),
        ("n1433", (50, 70, 163, 114), "4.34"),
        ("n3180", (49, 69, 150, 133), "4.32"),
        ("n925", (90, 149, 367, 218), "4.51"),
    ),
    "emission_nebula": (
        ("m8", (466, 457, 439, 277), "4.44"),
        ("n6334", (48, 63, 235, 292), "4.44"),
        ("ic4628", (353, 339, 474, 375), "4.44"),
        ("n7538", (134, 99, 77, 74), "4.86"),
        ("n2467", (252, 163, 201, 183), "4.31"),
        ("m17", (161, 471, 483, 245), "4.44"),
        ("n6357", (122, 128, 309, 264), "4.44"),
        ("ic2944", (63, 220, 511, 574), "4.44"),
        ("sh2-261", (30, 48, 198, 162), "4.9"),
        ("sh2-297", (38, 128, 72, 82), "4.31"),
        ("sh2-106", (91, 69, 98, 110), "4.72"),
        ("rcw32", (28, 535, 382, 382), "4.34"),
        ("n6590", (85, 60, 256, 298), "4.31"),
        ("ic1396", (147, 75, 712, 772), "4.38"),
        ("n7380", (223, 120, 597, 774), "4.72"),
        ("n3199", (163, 112, 278, 332), "4.42"),
        ("sh2-132", (51, 81, 270, 279), "4.90"),
    ),
    "star_cluster": (
        ("n6397", (136, 140, 241, 244), "4.32"),
        ("n2808", (109, 93, 287, 292), "4.37"),
        ("n3766", (88, 73, 338, 355), "4.42"),
        ("n2477", (135, 140, 251, 243), "4.84"),
        ("n6362", (134, 133, 252, 239), "4.42"),
        ("n362", (68, 82, 103, 101), "4.88"),
        ("n1978", (75, 70, 112, 127), "4.42"),
        ("n6388", (113, 100, 290, 295), "4.71"),
        ("n6752", (315, 325, 394, 407), "4.42"),
        ("n6544", (36, 46, 166, 184), "4.9"),
        ("n6553", (24, 24, 80, 80), "4.9"),
        ("n5053", (68, 65, 126, 110), "4.90"),
        ("n6231", (139, 127, 244, 223), "4.32"),
        ("n2547", (65, 64, 384, 386), "4.63"),
    ),
}

# star fields: (texture, box that is blanked because an object stands there, CREDITS.md entry)
FIELDS = {
    "examples": (
        ("n2442", (190, 330, 160, 150), "4.34"),
        ("p29653", (150, 130, 220, 230), "4.33"),
        ("u6253", (140, 140, 230, 230), "4.81"),
        ("u9749", (190, 200, 90, 100), "4.81"),
    ),
    "to_classify": (
        ("p3589", (130, 120, 260, 240), "4.106"),
        ("p6830", (160, 170, 200, 220), "4.33"),
        ("n4945", (100, 90, 260, 310), "4.42"),
        ("n2613", (60, 140, 420, 240), "4.112"),
        ("u5373", (100, 130, 300, 210), "4.33"),
    ),
}

LICENCE_HEAD = """# Licence of the example pictures

The pictures in `examples/` and `to_classify/` are **composites** of photographs taken
through telescopes: none shows a real place of the sky.  The photographs come from the
Debian package **stellarium-data 0.22.2-1** (`/usr/share/stellarium/nebulae/default/*.png`),
where the authors and licences are listed picture by picture in
`/usr/share/doc/stellarium-data/CREDITS.md.gz`, section 4, "Graphics".  Only photographs
are used which that file states to be in the public domain or under CC0 1.0, CC BY 3.0
or CC BY 4.0.

Changes made here, by `make_example.py`: an object was cut out of one photograph, its
edges feathered, scaled, rotated, changed in brightness and laid over stars taken from three
other photographs (cropped, scaled, rotated, mirrored, objects blanked); sky brightness and
grain were added; the result was saved as JPEG of 400 x 300 pixels.  Use of a picture must
name all credits that its row marks CC BY and follow the licences given.  No endorsement by
the authors is implied.

- CC BY 4.0: <https://creativecommons.org/licenses/by/4.0/>
- CC BY 3.0: <https://creativecommons.org/licenses/by/3.0/>
- CC0 1.0: <https://creativecommons.org/publicdomain/zero/1.0/>

`make_example.py`, `labels.csv` and this file are part of Fewshot.

## Photographs used

| texture | credit | licence | entry in CREDITS.md |
| --- | --- | --- | --- |
"""

PICTURES_HEAD = """
## Pictures

| file | shows | object from | stars from |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Source:
    """A texture of the package and a box on it."""

    texture: str
    box: Box
    entry: str


def oval(size: tuple[int, int], box: tuple[float, float, float, float], feather: float) -> Array:
    """Return a mask (height, width, 1): 1 inside the ellipse of ``box``, falling to 0 over ``feather``."""
    x, y, w, h = box
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((x, y, x + w, y + h), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(feather))
    return np.asarray(mask, float)[..., None] / 255


def to_image(values: Array) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8))


def screen(below: Array, above: Array) -> Array:
    return 255 - (255 - below) * (255 - above) / 255


def turned(values: Array, turn: Turn) -> Array:
    return values[:: turn[0], :: turn[1]]


def open_texture(folder: Path, source: Source) -> Image.Image:
    return Image.open(folder / f"{source.texture}.png").convert("RGBA").convert("RGB")


@cache
def star_field(folder: Path, source: Source) -> Image.Image:
    """Return only the stars of a photograph: diffuse light and the blanked object are taken away."""
    photograph = open_texture(folder, source)
    diffuse = photograph.filter(ImageFilter.MinFilter(11)).filter(ImageFilter.GaussianBlur(8))
    only = np.clip(np.asarray(photograph, float) - np.asarray(diffuse, float), 0, None)
    only *= 1 - oval(photograph.size, source.box, 10)
    return to_image(only)


def stars(folder: Path, source: Source, chance: random.Random) -> Array:
    """Return a random piece of a star field, at random mirrored, rotated and scaled."""
    layer = star_field(folder, source)
    if chance.random() < 0.5:
        layer = layer.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    layer = layer.rotate(chance.uniform(0, 360), Image.Resampling.BICUBIC)
    scale = chance.uniform(1.0, 1.3)
    width, height = SIZE[0] / scale, SIZE[1] / scale
    left = chance.uniform(0, layer.width - width)
    top = chance.uniform(0, layer.height - height)
    layer = layer.resize(SIZE, Image.Resampling.BICUBIC, (left, top, left + width, top + height))
    return np.asarray(layer, float)


def sky(folder: Path, fields: list[Source], chance: random.Random) -> Array:
    """Return a star field on a sky of random brightness, tint and gradient."""
    field = np.zeros((SIZE[1], SIZE[0], 3))
    for source in fields:
        field = np.maximum(field, stars(folder, source, chance))
    brightness = field.max(axis=2, keepdims=True)
    faintest = np.quantile(brightness, 1 - chance.uniform(*DENSITY))
    field *= np.clip((brightness - faintest) / 40, 0, 1) * chance.uniform(0.7, 1.0)
    across = np.linspace(-1, 1, SIZE[0])[None, :, None] * chance.uniform(-0.2, 0.2)
    down = np.linspace(-1, 1, SIZE[1])[:, None, None] * chance.uniform(-0.2, 0.2)
    tint = np.array([chance.uniform(0.85, 1.15) for _ in range(3)])
    return screen(field, chance.uniform(8, 26) * tint * (1 + across + down))


def cut_out(folder: Path, source: Source, chance: random.Random) -> Image.Image:
    """Return the object on black with soft edges, scaled and rotated, in the middle of a square."""
    photograph = open_texture(folder, source)
    x, y, w, h = source.box
    length = max(w, h)
    reach = 1.5
    values = np.asarray(photograph, float)
    background = np.percentile(values, 15, axis=(0, 1))
    grown = (x - w * (reach - 1) / 2, y - h * (reach - 1) / 2, w * reach, h * reach)
    mask = oval(photograph.size, grown, 0.09 * length)
    values = np.clip(values - background, 0, None) * mask
    inside = values[max(y, 0) : y + h, max(x, 0) : x + w].max(axis=2)
    values *= max(1.0, 190 / np.percentile(inside, 97))
    side = 2 * length
    left, top = round(x + w / 2 - side / 2), round(y + h / 2 - side / 2)
    square = to_image(values).crop((left, top, left + side, top + side))
    share = chance.uniform(*SHARE)
    scaled = round(share * SIZE[0] * side / length)
    square = square.resize((scaled, scaled), Image.Resampling.LANCZOS)
    return square.rotate(chance.uniform(0, 360), Image.Resampling.BICUBIC)


def extent(cutout: Image.Image) -> Box:
    """Return the box that holds the object's light but for its faint outskirts and single stars."""
    light = cutout.convert("L").point(lambda value: min(value, BRIGHT)).filter(ImageFilter.GaussianBlur(6))
    values = np.asarray(light, float)
    values = np.where(values > 0.15 * BRIGHT, values, 0)
    edges = []
    for axis in (0, 1):
        running = np.cumsum(values.sum(axis=axis))
        low, high = np.searchsorted(running / running[-1], (0.02, 0.98))
        edges.append((int(low), int(high - low) + 1))
    (left, width), (top, height) = edges
    return (left, top, width, height)


def compose(
    folder: Path, source: Source, fields: tuple[Source, ...], seed: str, turn: Turn
) -> tuple[Image.Image, Box, list[Source]]:
    """Return the picture, the object's box in it, and the star fields used."""
    chance = random.Random(f"fewshot example {seed}")
    used = chance.sample(fields, LAYERS)
    picture = turned(sky(folder, used, chance), turn)
    cutout = cut_out(folder, source, chance)
    left, top, width, height = extent(cutout)
    while True:
        x = chance.randint(EDGE, SIZE[0] - EDGE - width)
        y = chance.randint(EDGE, SIZE[1] - EDGE - height)
        if abs(x + width / 2 - SIZE[0] / 2) > 0.12 * SIZE[0]:
            break
    layer = Image.new("RGB", SIZE)
    layer.paste(cutout, (x - left, y - top))
    picture = screen(picture, np.asarray(layer, float))
    grain = np.random.default_rng(chance.getrandbits(32)).normal(0, chance.uniform(1.5, 3.5), picture.shape)
    return to_image(picture + grain), (x, y, width, height), used


def shuffled(objects: list[tuple[str, Source]]) -> list[tuple[str, Source]]:
    """Return them in a fixed order that gives no class away."""
    return sorted(objects, key=lambda item: hashlib.sha256(item[1].texture.encode()).hexdigest())


def planned() -> list[tuple[str, str, Source]]:
    """Return file, class and object of every picture."""
    examples, unknown = [], []
    for label, rows in OBJECTS.items():
        sources = [Source(*row) for row in rows]
        for number, source in enumerate(sources[:EXAMPLES_PER_CLASS], 1):
            examples.append((f"examples/{label}/{number:02d}.jpg", label, source))
        unknown += [(label, source) for source in sources[EXAMPLES_PER_CLASS:]]
    numbered = enumerate(shuffled(unknown), 1)
    return examples + [(f"to_classify/sky_{number:02d}.jpg", *item) for number, item in numbered]


def main(package: Path, target: Path) -> None:
    """Write everything into ``target`` from the textures of ``package``."""
    folder = package / TEXTURES
    for old in FIELDS:
        shutil.rmtree(target / old, ignore_errors=True)
    labels, rows, sources = [], [], set()
    for name, label, source in planned():
        part = name.split("/")[0]
        fields = tuple(Source(*row) for row in FIELDS[part])
        seed, turn = (source.texture, (1, 1))
        if part == "examples":  # number k of every class stands on the same sky, mirrored otherwise
            seed, turn = Path(name).stem, TURNS[list(OBJECTS).index(label)]
        picture, box, used = compose(folder, source, fields, seed, turn)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        picture.save(target / name, quality=JPEG_QUALITY, optimize=True)
        if part == "to_classify":
            labels.append([Path(name).name, label, *box])
        origin = ", ".join(f"{field.texture}.png" for field in used)
        rows.append(f"| {name} | {label.replace('_', ' ')} | {source.texture}.png | {origin} |")
        sources |= {(item.texture, item.entry) for item in (source, *used)}

    with (target / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "class", "x", "y", "w", "h"])
        writer.writerows(labels)
    credits = [f"| {texture}.png | {' | '.join(CREDITS[entry])} | {entry} |" for texture, entry in sorted(sources)]
    text = LICENCE_HEAD + "\n".join(credits) + "\n" + PICTURES_HEAD + "\n".join(rows) + "\n"
    (target / "LICENCE.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit("usage: make_example.py [FOLDER_OF_STELLARIUM_DATA]")
    main(Path(sys.argv[1]) if len(sys.argv) == 2 else INSTALLED, Path(__file__).resolve().parent)
