#!/usr/bin/env python3
"""Rebuild the example project's pictures from Debian's ``stellarium-data`` package.

The package holds photographs taken through telescopes, one object each, filling the frame. In such
a picture the black sky can tell a class as well as the object does, so each example is composed:
a star field cut from the margin of one photograph (never of the same one, and drawn without regard
to the class), and the object of another laid over it by its brighter pixels, with a soft edge, at a
random place, turned by a random angle, 42 to 56 percent of the picture's width. What tells the
classes apart is then the object alone, and its box is known.

    apt-get download stellarium-data=0.22.2-1
    dpkg-deb -x stellarium-data_*.deb unpacked
    python make_example.py unpacked

It needs Pillow and NumPy and (re)writes beside itself

    examples/<class>/NN.jpg    six labelled examples per class
    to_classify/sky_NN.jpg     the pictures to classify, under neutral names
    labels.csv                 file, class and the object's box (x, y, w, h in pixels) for to_classify
    LICENCE.md                 the credit and the licence of every photograph used

``PICTURES`` is the whole recipe. The boxes were measured on the textures: the largest connected
bright area after the stars were filtered out (for clusters: the densest area of the blurred stars),
looked over by eye and for a few pictures set by hand. Credits and licences were copied from the
package's ``CREDITS.md`` (the entry's number is given); only pictures which that file puts in the
public domain or under CC0 or CC BY are used.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

SIZE = (400, 300)
JPEG_QUALITY = 88
SHARES = (0.42, 0.56)  # of the picture's width that the object's longer side takes
FIELD_BRIGHTNESS = 0.5  # a deep-sky photograph is exposed for the object
MARGIN = 1.25  # how much of its surroundings an object keeps, for the soft edge to fall in
SMALLEST_FIELD = 90  # texture pixels: a star field is not cut from less
TEXTURES = Path("usr/share/stellarium/nebulae/default")
EXAMPLES_PER_CLASS = 6

CC_BY_4 = "CC BY 4.0"
CC_BY_3 = "CC BY 3.0"
CC0 = "CC0 1.0"
PUBLIC_DOMAIN = "public domain"

# CREDITS.md entry -> (credit, licence)
CREDITS = {
    "4.9": ("Yang Kai", PUBLIC_DOMAIN),
    "4.26": (
        "Howard Bond (Space Telescope Science Institute), Robin Ciardullo (Pennsylvania State University) and NASA",
        PUBLIC_DOMAIN,
    ),
    "4.29": ("NASA, ESA, the Hubble Heritage (STScI/AURA)-ESA/Hubble Collaboration", PUBLIC_DOMAIN),
    "4.31": ("Sun Shuwei", PUBLIC_DOMAIN),
    "4.32": ("Wang Lingyi", PUBLIC_DOMAIN),
    "4.34": ("ESO/Digitized Sky Survey 2", CC_BY_4),
    "4.37": ("NASA", PUBLIC_DOMAIN),
    "4.38": ("Giuseppe Donatiello", CC0),
    "4.42": ("ESO", CC_BY_4),
    "4.43": ("HG731GZ", CC_BY_3),
    "4.44": ("Dylan O'Donnell", PUBLIC_DOMAIN),
    "4.51": ("Jschulman555", CC_BY_3),
    "4.53": (
        "Robert Rubin (NASA/ESA Ames Research Center), Reginald Dufour and Matt Browning "
        "(Rice University), Patrick Harrington (University of Maryland), and NASA/ESA",
        CC_BY_4,
    ),
    "4.58": ("Zhao Jingna", CC_BY_3),
    "4.62": ("ESO and Joe DePasquale", CC_BY_4),
    "4.63": ("ESO/J.Perez", CC_BY_4),
    "4.64": ("TRAPPIST/E. Jehin/ESO", CC_BY_4),
    "4.67": ("Howard Bond (ST ScI) and NASA/ESA", CC_BY_4),
    "4.71": ("ESO, F. Ferraro (University of Bologna)", CC_BY_4),
    "4.72": ("Cristina Cellini", CC_BY_4),
    "4.73": ("Zhuokai Liu, Jiang Yuhang", CC_BY_4),
    "4.78": ("ESA/Hubble & NASA", CC_BY_4),
    "4.83": ("NASA, ESA, Digitized Sky Survey 2", CC_BY_4),
    "4.84": ("Guillermo Abramson", CC_BY_3),
    "4.85": ("ESO/Y. Beletsky", CC_BY_4),
    "4.86": ("J. Aleu", PUBLIC_DOMAIN),
    "4.88": ("ESO/VISTA VMC", CC_BY_4),
    "4.90": ("Bart Delsaert", CC_BY_3),
    "4.94": ("The Pan-STARRS1 Surveys (PS1) and the PS1 public science archive", PUBLIC_DOMAIN),
    "4.99": ("NASA/ESA and The Hubble Heritage Team (STScI/AURA)", CC_BY_4),
    "4.100": ("ESO/J. Walsh", CC_BY_4),
    "4.103": ("ESA/Hubble & NASA, R. Wade", CC_BY_4),
    "4.107": (
        "Davide De Martin (ESA/Hubble), the ESA/ESO/NASA Photoshop FITS Liberator & Digitized Sky Survey 2",
        CC_BY_4,
    ),
    "4.112": ("ESO/IDA/Danish 1.5 m/R. Gendler, J.-E. Ovaldsen, C. Thone and C. Feron", CC_BY_4),
}

# class -> (texture, object's box on the texture, CREDITS.md entry);
# the first five of a class are its examples, the others are to be classified
PICTURES = {
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
        ("n2613", (125, 186, 248, 114), "4.112"),
        ("n3621", (199, 166, 108, 192), "4.62"),
        ("n7793", (138, 166, 256, 181), "4.42"),
        ("m74", (129, 145, 224, 238), "4.90"),
        ("n1300", (82, 78, 96, 110), "4.51"),
        ("n6744", (165, 130, 179, 244), "4.73"),
        ("m90", (150, 170, 173, 277), "4.34"),
    ),
    "emission_nebula": (
        ("m8", (466, 457, 439, 277), "4.44"),
        ("n6334", (48, 63, 235, 292), "4.44"),
        ("ic4628", (353, 339, 474, 375), "4.44"),
        ("n7538", (134, 99, 77, 74), "4.86"),
        ("sh2-261", (30, 48, 198, 162), "4.9"),
        ("m17", (161, 471, 483, 245), "4.44"),
        ("n2467", (252, 163, 201, 183), "4.31"),
        ("n6357", (122, 128, 309, 264), "4.44"),
        ("ic2944", (63, 220, 511, 574), "4.44"),
        ("n7380", (223, 120, 597, 774), "4.72"),
        ("n1499", (39, 94, 425, 275), "4.58"),
        ("sh2-132", (51, 81, 270, 279), "4.90"),
        ("rcw38", (97, 20, 283, 448), "4.34"),
        ("n3199", (163, 112, 278, 332), "4.42"),
        ("ic1396", (147, 75, 712, 772), "4.38"),
        ("n6590", (43, 8, 423, 370), "4.31"),
    ),
    "planetary_nebula": (
        ("n7293", (102, 131, 291, 264), "4.44"),
        ("n2022", (92, 90, 80, 78), "4.103"),
        ("n7009", (78, 94, 101, 70), "4.100"),
        ("n2867", (71, 76, 124, 131), "4.67"),
        ("n5189", (46, 67, 152, 115), "4.42"),
        ("n2818", (32, 71, 163, 104), "4.29"),
        ("n6369", (102, 107, 53, 41), "4.29"),
        ("ic418", (110, 102, 43, 47), "4.99"),
        ("n5882", (98, 92, 61, 73), "4.78"),
        ("n6572", (111, 101, 35, 54), "4.78"),
        ("n6818", (92, 89, 73, 77), "4.53"),
        ("ic3568", (93, 92, 74, 72), "4.26"),
        ("ic4593", (110, 103, 41, 47), "4.99"),
        ("n6445", (99, 98, 58, 65), "4.94"),
        ("ic4406", (78, 99, 99, 59), "4.29"),
        ("n5315", (94, 98, 58, 59), "4.99"),
    ),
}

LICENCE_HEAD = """# Licence of the example pictures

The pictures in `examples/` and `to_classify/` are composed of photographs taken through telescopes: the
object of one, laid over a star field from the margin of another. The photographs come from the Debian package
**stellarium-data 0.22.2-1** (`/usr/share/stellarium/nebulae/default/*.png`), where the authors and licences are
listed picture by picture in `/usr/share/doc/stellarium-data/CREDITS.md.gz`, section 4, "Graphics". Only pictures
are used which that file states to be in the public domain or under CC0 1.0, CC BY 3.0 or CC BY 4.0.

Changes made here: cut out, scaled, turned, composed at 400 x 300 pixels and saved as JPEG by `make_example.py`.
The parts stay under the licences of their originals; use of a picture under CC BY must name the credits given
below. No endorsement by the authors is implied. They are not fit for astronomy: no picture shows a real sky.

- CC BY 4.0: <https://creativecommons.org/licenses/by/4.0/>
- CC BY 3.0: <https://creativecommons.org/licenses/by/3.0/>
- CC0 1.0: <https://creativecommons.org/publicdomain/zero/1.0/>

`make_example.py`, `labels.csv` and this file are part of Fewshot.

| file | shows | object from | star field from |
| --- | --- | --- | --- |
"""

PHOTOGRAPHS_HEAD = """
| photograph | credit | licence | entry in CREDITS.md |
| --- | --- | --- | --- |
"""

Box = tuple[int, int, int, int]  # left, top, width, height


@dataclass(frozen=True)
class Picture:
    label: str
    texture: str
    box: Box
    entry: str


def star_field(texture: Image.Image, box: Box, rng: np.random.Generator) -> Image.Image | None:
    """Return a star field of SIZE from the corner of `texture` with the least glow, or None where it has none."""
    x, y, w, h = box
    side = texture.width
    corners = {
        "left": (0, 0, x, side),
        "right": (x + w, 0, side, side),
        "top": (0, 0, side, y),
        "bottom": (0, y + h, side, side),
    }
    best: tuple[float, Image.Image] | None = None
    for left, top, right, bottom in corners.values():
        width = min(right - left, round((bottom - top) * SIZE[0] / SIZE[1]))
        height = round(width * SIZE[1] / SIZE[0])
        if width < SMALLEST_FIELD or height > bottom - top:
            continue
        x0 = left if left == 0 else right - width
        y0 = top if top == 0 else bottom - height
        crop = texture.crop((x0, y0, x0 + width, y0 + height))
        glow = np.asarray(crop.convert("L").filter(ImageFilter.MedianFilter(7)), np.float32)
        pixels = np.asarray(crop.convert("L"), np.float32)
        stars = float((pixels - glow > 40).mean())
        if float(glow.max()) > 90 or stars < 0.002:
            continue
        if best is None or float(glow.mean()) < best[0]:
            best = (float(glow.mean()), crop)
    if best is None:
        return None
    # Two by two mirrored copies, so that stars keep their size when the crop is small.
    crop = best[1]
    doubled = Image.new("RGB", (2 * crop.width, 2 * crop.height))
    mirrored = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for row in range(2):
        for column, part in enumerate((crop, mirrored)):
            turned = part.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if row else part
            doubled.paste(turned, (column * crop.width, row * crop.height))
    scale = float(rng.uniform(0.6, 1.0))
    width = max(round(doubled.width * scale), crop.width)
    height = round(width * SIZE[1] / SIZE[0])
    left = int(rng.integers(0, doubled.width - width + 1))
    top = int(rng.integers(0, doubled.height - height + 1))
    field = doubled.resize(SIZE, Image.Resampling.LANCZOS, box=(left, top, left + width, top + height))
    return field.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if rng.random() < 0.5 else field


def soft_object(texture: Image.Image, box: Box, angle: float) -> tuple[Image.Image, np.ndarray]:
    """Return the object with its surroundings, turned, and a mask (H, W) in 0..1 that fades out around it."""
    x, y, w, h = box
    half_w, half_h = w * MARGIN / 2, h * MARGIN / 2
    reach = int(np.hypot(half_w, half_h)) + 1
    cx, cy = x + w / 2, y + h / 2
    crop = texture.crop((round(cx - reach), round(cy - reach), round(cx + reach), round(cy + reach)))
    rows, columns = np.mgrid[0 : crop.height, 0 : crop.width].astype(np.float32)
    distance = np.hypot((columns - reach) / half_w, (rows - reach) / half_h)
    mask = np.clip((1.0 - distance) / 0.35, 0, 1)
    mask = mask * mask * (3 - 2 * mask)
    sky = np.median(np.asarray(crop.convert("L"))[(distance > 0.9) & (distance < 1.1)])
    darker = crop.point(lambda value: max(0, round((value - sky) * 255 / max(255 - sky, 1))))
    turned = darker.rotate(angle, Image.Resampling.BICUBIC)
    soft = Image.fromarray((mask * 255).astype(np.uint8)).rotate(angle, Image.Resampling.BICUBIC)
    return turned, np.asarray(soft, np.float32) / 255


def compose(texture: Image.Image, box: Box, field: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, Box]:
    """Lay the object of `texture` over the star field; return the picture and the object's box in it."""
    angle = float(rng.uniform(0, 360))
    piece, mask = soft_object(texture, box, angle)
    longer = rng.uniform(*SHARES) * SIZE[0]
    scale = longer / max(box[2], box[3])
    size = (max(round(piece.width * scale), 1), max(round(piece.height * scale), 1))
    piece = piece.resize(size, Image.Resampling.LANCZOS)
    mask = np.asarray(Image.fromarray((mask * 255).astype(np.uint8)).resize(size), np.float32) / 255
    radians = np.deg2rad(angle)
    half_w = (abs(box[2] * np.cos(radians)) + abs(box[3] * np.sin(radians))) * scale / 2
    half_h = (abs(box[2] * np.sin(radians)) + abs(box[3] * np.cos(radians))) * scale / 2
    cx = float(rng.uniform(half_w + 6, SIZE[0] - half_w - 6)) if 2 * half_w + 12 < SIZE[0] else SIZE[0] / 2
    cy = float(rng.uniform(half_h + 6, SIZE[1] - half_h - 6)) if 2 * half_h + 12 < SIZE[1] else SIZE[1] / 2
    layer = Image.new("RGB", SIZE)
    soft = Image.new("L", SIZE)
    corner = (round(cx - size[0] / 2), round(cy - size[1] / 2))
    layer.paste(piece, corner)
    soft.paste(Image.fromarray((mask * 255).astype(np.uint8)), corner)
    weight = np.asarray(soft, np.float32)[..., None] / 255
    light = np.asarray(layer, np.float32) * weight
    ground = np.asarray(field, np.float32) * FIELD_BRIGHTNESS
    screened = 255 - (255 - light) * (255 - ground) / 255
    left, top = max(round(cx - half_w), 0), max(round(cy - half_h), 0)
    right, bottom = min(round(cx + half_w), SIZE[0]), min(round(cy + half_h), SIZE[1])
    return Image.fromarray(screened.round().astype(np.uint8)), (left, top, right - left, bottom - top)


def shuffled(pictures: list[Picture]) -> list[Picture]:
    """Return them in a fixed order that gives no class away."""
    return sorted(pictures, key=lambda p: hashlib.sha256(p.texture.encode()).hexdigest())


def main(unpacked: Path, target: Path) -> None:
    """Write all files below `target` from the package's files below `unpacked`."""
    pictures = [Picture(label, *row) for label, rows in PICTURES.items() for row in rows]
    textures = {p.texture: Image.open(unpacked / TEXTURES / f"{p.texture}.png").convert("RGB") for p in pictures}
    rng = np.random.default_rng(20231)
    donors = [p for p in pictures if star_field(textures[p.texture], p.box, np.random.default_rng(0)) is not None]
    examples, unknown = [], []
    for label in PICTURES:
        own = [picture for picture in pictures if picture.label == label]
        for number, picture in enumerate(own[:EXAMPLES_PER_CLASS], 1):
            examples.append((f"examples/{label}/{number:02d}.jpg", picture))
        unknown += own[EXAMPLES_PER_CLASS:]
    to_classify = [(f"to_classify/sky_{n:02d}.jpg", picture) for n, picture in enumerate(shuffled(unknown), 1)]

    for folder in ("examples", "to_classify"):
        shutil.rmtree(target / folder, ignore_errors=True)
    labels, rows, used = [], [], set()
    for name, picture in examples + to_classify:
        donor = picture
        while donor.texture == picture.texture:
            donor = donors[int(rng.integers(len(donors)))]
        field = star_field(textures[donor.texture], donor.box, rng)
        if field is None:
            raise SystemExit(f"{donor.texture} has no star field.")
        composed, box = compose(textures[picture.texture], picture.box, field, rng)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        composed.save(target / name, quality=JPEG_QUALITY, optimize=True)
        if name.startswith("to_classify/"):
            labels.append([Path(name).name, picture.label, *box])
        rows.append(f"| {name} | {picture.label.replace('_', ' ')} | {picture.texture} | {donor.texture} |")
        used |= {picture, donor}

    with (target / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "class", "x", "y", "w", "h"])
        writer.writerows(labels)
    credits = [
        f"| {p.texture}.png | {CREDITS[p.entry][0]} | {CREDITS[p.entry][1]} | {p.entry} |"
        for p in sorted(used, key=lambda p: p.texture)
    ]
    text = LICENCE_HEAD + "\n".join(rows) + "\n" + PHOTOGRAPHS_HEAD + "\n".join(credits) + "\n"
    (target / "LICENCE.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_example.py FOLDER_OF_THE_UNPACKED_PACKAGE")
    main(Path(sys.argv[1]), Path(__file__).resolve().parent)
