"""Pictures that a person in these tests works with."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import EXAMPLE

CLASSES = ("galaxy", "star_cluster")
SHOTS = 3
"""Pictures of each class."""


def copy_labelled(folder: Path) -> None:
    """Make a folder with `SHOTS` pictures of each class, named after it, in this order in the library."""
    folder.mkdir()
    for name in CLASSES:
        for path in sorted((EXAMPLE / "examples" / name).glob("*.jpg"))[:SHOTS]:
            shutil.copy(path, folder / f"{name}_{path.name}")


def unlabelled() -> list[Path]:
    """The pictures of the example that are in no class."""
    return sorted((EXAMPLE / "to_classify").glob("*.jpg"))
