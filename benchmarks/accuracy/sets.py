"""The image sets: where each comes from, its licence, and how its classes and files are found.

None lies in this repository. Those that packages hold are written to the cache as picture files
where they are stored as arrays; a set that is not there is skipped with a line saying how to get it.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from model.images.scan import class_folders
from model.resource_files import resource

IMAGES_PER_CLASS = 60
"""Enough for 20 shots and 15 queries; drawn with a fixed seed where a class has more."""

SYSTEM_DATA = Path("/usr/share")  # where Debian's packages put theirs
EXAMPLE = resource("example")
CLIPART_CATEGORIES = (  # chosen by name alone, before any accuracy was looked at, among those of 40 pictures and more
    "animals/birds",
    "animals/bugs",
    "animals/mammals",
    "computer/hardware",
    "food/beverages",
    "food/desserts",
    "food/fruit",
    "people/clothing",
    "recreation/music",
    "transportation/vehicles",
)
STAMPS_CATEGORIES = ("food", "household", "plants", "seasonal", "town", "vehicles")  # of 30 pictures and more
ANIMALS_CATEGORIES = ("birds", "insects", "mammals")  # of 20 pictures and more
TEXTURE_CATEGORIES = {  # of 28 pictures and more, chosen by name alone
    "floor": ("base_floor", "gothic_floor"),
    "block": ("gothic_block",),
    "light": ("base_light", "gothic_light"),
    "liquid": ("liquids",),
    "sky": ("skies",),
    "trim": ("base_trim", "gothic_trim"),
    "wall": ("base_wall", "gothic_wall"),
}
FASHION_CLASSES = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")

ImageFiles = dict[str, list[Path]]


@dataclass(frozen=True)
class Folders:
    """Where sets may lie: `data` holds folders named after sets, `cache` takes what is written here."""

    data: Path | None
    cache: Path


@dataclass(frozen=True)
class ImageSet:
    """One set: `ways` are the numbers of classes its episodes have; `load` returns None where it is not there."""

    name: str
    ways: tuple[int, ...]
    shows: str
    source: str
    licence: str
    to_get: str
    load: Callable[[Folders], ImageFiles | None]
    by_default: bool = True


def _from_data(name: str) -> Callable[[Folders], ImageFiles | None]:
    def load(folders: Folders) -> ImageFiles | None:
        root = folders.data / name if folders.data is not None else None
        return _thinned(read_folders(root)) if root is not None and root.is_dir() else None

    return load


def read_folders(root: Path) -> ImageFiles:
    """Return the image files below each folder of `root`, by folder name."""
    return {name: sorted(files) for name, files in class_folders(root)}


def _textile(folders: Folders) -> ImageFiles | None:
    del folders
    spec = importlib.util.find_spec("conformal_clip_data")
    if spec is None or spec.origin is None:
        return None
    return _thinned(read_folders(Path(spec.origin).parent / "data" / "textile_images" / "simulated"))


def _clipart(folders: Folders) -> ImageFiles | None:
    del folders
    root = SYSTEM_DATA / "openclipart" / "png"
    if not root.is_dir():
        return None
    return _thinned({name.split("/")[1]: sorted((root / name).rglob("*.png")) for name in CLIPART_CATEGORIES})


def _stamps(below: str, categories: tuple[str, ...]) -> Callable[[Folders], ImageFiles | None]:
    def load(folders: Folders) -> ImageFiles | None:
        del folders
        root = SYSTEM_DATA / "tuxpaint" / "stamps" / below
        if not root.is_dir():
            return None
        files = {name: sorted((root / name).rglob("*.png")) for name in categories}
        return _thinned({name: [path for path in group if "_mirror" not in path.name] for name, group in files.items()})

    return load


def _game_textures(folders: Folders) -> ImageFiles | None:
    archive = SYSTEM_DATA / "games" / "openarena" / "baseoa" / "pak4-textures.pk3"
    if not archive.is_file():
        return None
    files: ImageFiles = {}
    with zipfile.ZipFile(archive) as pack:
        names = sorted(name for name in pack.namelist() if name.endswith((".jpg", ".tga", ".png")))
        for class_, parts in TEXTURE_CATEGORIES.items():
            chosen = [name for name in names if name.startswith(tuple(f"textures/{part}/" for part in parts))]
            files[class_] = []
            for name in chosen:
                path = folders.cache / "game_textures" / class_ / "_".join(name.split("/")[1:])
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists():
                    path.write_bytes(pack.read(name))
                files[class_].append(path)
    return _thinned(files)


def groups_of(files: ImageFiles) -> dict[Path, str]:
    """Return the source of each file that has one, by the `groups.json` beside the class folders."""
    found: dict[Path, str] = {}
    for root in {path.parent.parent for group in files.values() for path in group}:
        listed = root / "groups.json"
        if listed.is_file():
            found |= {root / name: source for name, source in json.loads(listed.read_text()).items()}
    return found


def _fashion(folders: Folders) -> ImageFiles | None:
    root = SYSTEM_DATA / "datasets" / "fashion-mnist"
    if not root.is_dir():
        return None
    pixels = np.frombuffer(gzip.decompress((root / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    labels = np.frombuffer(gzip.decompress((root / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    images = 255 - pixels.reshape(-1, 28, 28)  # dark on white, as clothes are shown
    return _written(folders.cache / "fashion", images, labels, FASHION_CLASSES)


def _digits(folders: Folders) -> ImageFiles | None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = (255 - digits.images * (255 / 16)).round().astype(np.uint8)
    large = np.stack([np.asarray(Image.fromarray(pixels).resize((64, 64))) for pixels in images])
    return _written(folders.cache / "digits", large, digits.target, tuple("0123456789"))


def _example(folders: Folders) -> ImageFiles | None:
    del folders
    files = read_folders(EXAMPLE / "examples")
    with (EXAMPLE / "labels.csv").open(newline="") as labels:
        for row in csv.DictReader(labels):
            files[row["class"]].append(EXAMPLE / "to_classify" / row["file"])
    return files


def find_set(name: str) -> ImageSet:
    """Return a set of `SETS` by name, or a set of the class folders in the directory `name`.

    Raises `KeyError` where it is neither.
    """
    for image_set in SETS:
        if image_set.name == name:
            return image_set
    root = Path(name)
    if not root.is_dir():
        raise KeyError(name)
    files = _thinned(read_folders(root))
    return ImageSet(root.name, (len(files),), "your own", "a folder", "", "", lambda _: files)


def _thinned(files: ImageFiles) -> ImageFiles:
    """Draw `IMAGES_PER_CLASS` of each class, always the same ones."""
    rng = random.Random(0)
    return {
        name: sorted(rng.sample(group, IMAGES_PER_CLASS)) if len(group) > IMAGES_PER_CLASS else group
        for name, group in files.items()
    }


def _written(
    folder: Path, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.integer], names: tuple[str, ...]
) -> ImageFiles:
    """Write the first `IMAGES_PER_CLASS` images (n, H, W) of each class as PNG files, unless they are there."""
    files: ImageFiles = {}
    for label, name in enumerate(names):
        (folder / name).mkdir(parents=True, exist_ok=True)
        files[name] = []
        for index in np.flatnonzero(labels == label)[:IMAGES_PER_CLASS]:
            path = folder / name / f"{index:05}.png"
            if not path.exists():
                Image.fromarray(images[index]).save(path)
            files[name].append(path)
    return files


_IN_DATA = "put its folder, with one folder of images for each class, into the folder given as --data"
SETS = (
    ImageSet(
        "blood_cells",
        (3,),
        "stained cells under the microscope, crops of 40 to 300 pixels",
        "crops by the boxes of BCCD_Dataset (Shenggan)",
        "MIT",
        _IN_DATA,
        _from_data("blood_cells"),
    ),
    ImageSet(
        "cifar10_mini",
        (5, 10),
        "photographs of 32 x 32 pixels",
        "CIFAR-10's test split (Krizhevsky 2009)",
        "none stated",
        _IN_DATA,
        _from_data("cifar10_mini"),
    ),
    ImageSet(
        "textile",
        (3,),
        "simulated weaves of 250 x 250 pixels: flawless, flawed all over, with one small flaw",
        "Python package conformal-clip-data",
        "MIT",
        "install the extra `benchmark`",
        _textile,
    ),
    ImageSet(
        "clipart",
        (5,),
        "drawings of many styles, in categories of meaning",
        "Debian package openclipart-png",
        "public domain",
        "apt-get install openclipart-png",
        _clipart,
    ),
    ImageSet(
        "fashion",
        (5,),
        "grey pictures of clothes, 28 x 28 pixels",
        "Debian package dataset-fashion-mnist (Xiao et al. 2017), test split",
        "MIT",
        "apt-get install dataset-fashion-mnist",
        _fashion,
    ),
    ImageSet(
        "digits",
        (10,),
        "handwritten digits, 8 x 8 pixels enlarged",
        "scikit-learn's load_digits (Alpaydin and Kaynak 1998)",
        "CC BY 4.0",
        "comes with scikit-learn",
        _digits,
    ),
    ImageSet(
        "tile",
        (5,),
        "magnetic tiles, grey, windows of 180 x 180 pixels, whole or with one of four defects",
        "abin24/Magnetic-tile-defect-datasets.",
        "none stated, asks to be cited",
        _IN_DATA,
        _from_data("tile"),
    ),
    ImageSet(
        "wbc",
        (3,),
        "white blood cells, 120 x 120 pixels",
        "zxaoyou/segmentation_WBC",
        "GPL",
        _IN_DATA,
        _from_data("wbc"),
    ),
    ImageSet(
        "solar",
        (2,),
        "electroluminescence of solar cells, grey, 300 x 300 pixels",
        "zae-bayern/elpv-dataset",
        "CC BY-NC-SA 4.0",
        _IN_DATA,
        _from_data("solar"),
    ),
    ImageSet(
        "fundus",
        (3,),
        "retinas, about 1000 x 1000 pixels",
        "Traslational-Visual-Health-Laboratory/OCT-AND-EYE-FUNDUS-DATASET",
        "none stated, asks to be cited",
        _IN_DATA,
        _from_data("fundus"),
    ),
    ImageSet(
        "fire",
        (2,),
        "fire outdoors or none, at most 640 x 640 pixels",
        "Danielowo2000/Binary-Image-Classification-Fire-Non-Fire-",
        "MIT",
        _IN_DATA,
        _from_data("fire"),
    ),
    ImageSet(
        "stamps",
        (5,),
        "photographs and drawings of things, cut out",
        "Debian package tuxpaint-stamps-default",
        "GPL-2+ and public domain",
        "apt-get install tuxpaint-stamps-default",
        _stamps("", STAMPS_CATEGORIES),
    ),
    ImageSet(
        "animals",
        (3,),
        "photographs and drawings of animals, cut out",
        "Debian package tuxpaint-stamps-default",
        "GPL-2+ and public domain",
        "apt-get install tuxpaint-stamps-default",
        _stamps("animals", ANIMALS_CATEGORIES),
    ),
    ImageSet(
        "game_textures",
        (5,),
        "surfaces of a game: walls, floors, skies, liquids",
        "Debian package openarena-081-textures",
        "GPL-2+",
        "apt-get install openarena-081-textures",
        _game_textures,
    ),
    ImageSet(
        "example",
        (3,),
        "the example project: pictures of the sky, the larger ones holding a small object",
        "resources/example",
        "see resources/example/LICENCE.md",
        "is part of the repository",
        _example,
        by_default=False,
    ),
)
