"""The pictures the recipe learns from: which Debian packages hold them, under which licences, and how they are found.

The packages need not be installed: `apt-get download PACKAGE` and `dpkg -x PACKAGE*.deb ROOT` unpack them
into a folder that is then given as the root.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
SMALLEST_SCENE, SMALLEST_OBJECT = 128, 48  # pixels of the shorter side


class PicturesError(Exception):
    """Pictures are missing; the message names the packages to install."""


@dataclass(frozen=True)
class Source:
    """Pictures of one Debian package; `folders` are globs below the root.

    `scenes` are filled to their edges and are cropped at all scales; objects have a transparent ground
    and are laid over scenes.
    """

    package: str
    licence: str
    folders: tuple[str, ...]
    scenes: bool
    at_most: int = 10_000


_WIDELANDS = "usr/share/games/widelands/data"
_WESNOTH = "usr/share/games/wesnoth/1.16/data/core/images"
_FLIGHTGEAR = "usr/share/games/flightgear"
_GPL_CC = "GPL-2+, parts CC BY-SA 4.0"

SOURCES = (
    Source("plasma-workspace-wallpapers", "GPL-2+", ("usr/share/wallpapers/*/contents/images*/*",), True),
    Source("gnome-backgrounds", "CC BY-SA 3.0", ("usr/share/backgrounds/gnome/*",), True),
    Source("mate-backgrounds", _GPL_CC, ("usr/share/backgrounds/mate/*/*",), True),
    Source("lomiri-wallpapers-16.04", "CC BY 4.0, CC BY-SA 3.0 and 4.0, CC0", ("usr/share/backgrounds/*.jpg",), True),
    Source("lomiri-wallpapers-20.04", "CC BY 4.0, CC BY-SA 3.0 and 4.0, CC0", ("usr/share/backgrounds/*.jpg",), True),
    Source("ukui-wallpapers", "CC BY-SA 3.0", ("usr/share/backgrounds/*.png", "usr/share/backgrounds/*.jpg"), True),
    Source("python3-skimage", "BSD-3-Clause", ("usr/lib/python3/dist-packages/skimage/data/*",), True),
    Source("opencv-doc", "Apache-2.0", ("usr/share/doc/opencv-doc/examples/data/*",), True),
    Source("supertuxkart-data", "CC BY-SA 3.0 and 4.0, CC BY 3.0, CC0, GPL", (
        "usr/share/games/supertuxkart/data/textures/*", "usr/share/games/supertuxkart/data/tracks/*/*"), True, 900),
    Source("flightgear-data-base", "GPL-2+", (
        f"{_FLIGHTGEAR}/Textures/*", f"{_FLIGHTGEAR}/Textures/Terrain/*", f"{_FLIGHTGEAR}/Textures/Globe/*",
        f"{_FLIGHTGEAR}/Aircraft/*/Previews/*"), True, 500),
    Source("wesnoth-1.16-data", "GPL-2+", (f"{_WESNOTH}/story/*",), True),
    Source("widelands-data", "GPL-2+", (f"{_WIDELANDS}/templates/default/loadscreens/*/*",
                                        f"{_WIDELANDS}/templates/default/loadscreens/*/*/*"), True),
    Source("tuxpaint-stamps-default", "GPL-2", tuple(
        f"usr/share/tuxpaint/stamps/{kind}/{depth}" for kind in (
            "animals", "clothes", "food", "hobbies", "household", "medical", "military", "naturalforces", "people",
            "plants", "seasonal", "space", "sports", "town", "vehicles") for depth in ("*", "*/*", "*/*/*")), False),
    Source("wesnoth-1.16-data", "GPL-2+", (f"{_WESNOTH}/portraits/*/*",), False),
    Source("widelands-data", "GPL-2+", (f"{_WIDELANDS}/tribes/buildings/*/*/*/idle*_?.png",
                                        f"{_WIDELANDS}/world/immovables/*/*/*.png"), False, 250),
)  # fmt: skip


@dataclass(frozen=True)
class Pictures:
    """The files of all sources, in an order that does not depend on the machine."""

    scenes: tuple[Path, ...]
    objects: tuple[Path, ...]


def find_pictures(root: Path) -> Pictures:
    """Find the pictures of `SOURCES` below `root`; raises `PicturesError` where a package has none."""
    found: dict[bool, list[Path]] = {True: [], False: []}
    missing = []
    for source in SOURCES:
        files = sorted({file for folder in source.folders for file in root.glob(folder) if _is_picture(file)})
        if not files:
            missing.append(source.package)
        step = max(1, -(-len(files) // source.at_most))
        found[source.scenes] += files[::step]
    if missing:
        raise PicturesError(
            f"No pictures below {root} of: {' '.join(sorted(set(missing)))}. Install these Debian packages with "
            "apt-get install, or unpack them (apt-get download, dpkg -x) and give their folder with --root."
        )
    return Pictures(*(tuple(dict.fromkeys(found[kind])) for kind in (True, False)))


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and file.is_file() and not file.is_symlink()
