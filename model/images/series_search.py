"""Series: images that are looked at one after another, in the order in which they were taken.

They are the pages or frames of a file, or the slices of a series that lie in the files of one folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from model.errors import ImageReadError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.items import split_item
from model.images.reading import frames, place
from model.images.scan import is_image_name, may_be_image, natural_key
from model.images.series import Place

MAX_SLICES = 5000
"""So many files of a folder are looked at for slices of one series."""

_STEP = 1e-3  # millimetres that two positions differ by


def series_of(path: Path, cutting: Cutting = AS_THEY_ARE, go_on: Callable[[], bool] = lambda: True) -> list[Path]:
    """Return the images of the series in which an image lies, in order; itself alone where there is none.

    Pages or frames are taken at the same tile as the image. Files that cannot be read are left out. `go_on` is asked
    before each file, and ends the search with what was found so far where it answers False.

    Raises `ImageReadError` for the image itself.
    """
    item = split_item(path)
    numbers = frames(path, cutting)
    if len(numbers) > 1:
        if item.frame is None:
            return [path]  # the file itself, of which the frames are other images
        return [item._replace(frame=number).path for number in sorted({*numbers, item.frame})]
    mine = place(path) if item.box is None else None
    if mine is None:
        return [path]
    places = {path: mine}
    with suppress(OSError):
        for name in sorted(os.listdir(item.file.parent))[:MAX_SLICES]:
            other = item.file.with_name(name)
            if not go_on():
                break
            if other != item.file and (is_image_name(name) or may_be_image(name)):
                with suppress(ImageReadError):
                    found = place(other)
                    if found is not None and found.series == mine.series:
                        places[other] = found
    return in_order(places)


def in_order(places: Mapping[Path, Place]) -> list[Path]:
    """Return the files of one series in order.

    By their positions, where all have one along one axis and no two have the same one: a series of several times or
    directions has, and is ordered by its images' numbers. Files without a number follow, by their names.
    """
    found = sorted(places, key=lambda path: natural_key(path.name))
    found.sort(key=lambda path: _or_last(places[path].number))
    positions = sorted(place.position for place in places.values() if place.position is not None)
    axes = {place.axis for place in places.values()}
    is_series = len(positions) == len(found) and len(axes) == 1
    if is_series and all(after - before > _STEP for before, after in pairwise(positions)):
        found.sort(key=lambda path: _or_last(places[path].position))
    return found


def _or_last(value: float | None) -> float:
    return float("inf") if value is None else value
