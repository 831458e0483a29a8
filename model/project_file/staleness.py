"""When results are out of date: the one rule, for the window and for whoever reads the project's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from model.types import Attend


def bins_changed(trained_on: Mapping[Path, str | None], count: int, bin_of: Callable[[Path], str | None]) -> bool:
    """Whether the bins hold other examples than those of the last training.

    trained_on: the bin of each, those that could not be used included
    count: how many examples the bins hold now; `bin_of` says in which bin an image is now
    """
    return count != len(trained_on) or any(bin_of(path) != bin_id for path, bin_id in trained_on.items())


def boxes_changed(trained_on: Mapping[Path, Attend], boxes: Mapping[Path, Attend]) -> bool:
    """Whether examples of the last training have other boxes than they had then; costs O(examples that have any).

    trained_on: the boxes of each that it could use; boxes: those of images that have any now
    """
    now = {path: drawn for path, drawn in boxes.items() if path in trained_on}
    return now != {path: drawn for path, drawn in trained_on.items() if drawn}


def is_out_of_date(revision: int, trained_at: int | None, *, changed: bool) -> bool:
    """Whether a result of `revision` is: the bins changed since, or another classifier was trained (None: none is)."""
    return changed or revision != trained_at
