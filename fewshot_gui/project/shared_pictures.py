"""Pictures that lie in two bins: equal files, by their content. Free of Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fewshot_gui.project.values import Bin
from model.images.items import split_item


def in_two_bins(bins: Sequence[Bin]) -> dict[Path, tuple[str, ...]]:
    """Return for each example whose content is in other bins, too, the ids of those bins; costs O(examples).

    Files that the background thread has not read yet are not compared.
    """
    places: dict[tuple[str, str], list[tuple[Path, str]]] = {}
    for bin_ in bins:
        for example in bin_.examples:
            if example.content_hash is not None:
                part = split_item(example.path).part  # pages of one file are different pictures
                places.setdefault((example.content_hash, part), []).append((example.path, bin_.id))
    found = {}
    for equal in places.values():
        if len({bin_id for _, bin_id in equal}) > 1:
            for path, bin_id in equal:
                found[path] = tuple(dict.fromkeys(other for _, other in equal if other != bin_id))
    return found
