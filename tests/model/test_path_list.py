"""A list of many paths: it is the sequence of these paths, and holds no `Path`."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model.images.path_list import PathList

PATHS = [Path("folder") / f"{number}.png" for number in range(5)] + [Path("scan.dcm#3")]


def test_it_is_the_sequence_of_its_paths() -> None:
    found = PathList(PATHS[:-1])
    found.append(PATHS[-1])
    assert list(found) == PATHS
    assert len(found) == len(PATHS)
    assert found[1] == PATHS[1]
    assert found[-1] == PATHS[-1]
    assert found[1:3] == PATHS[1:3]
    assert PATHS[2] in found
    assert Path("other") not in found
    with pytest.raises(IndexError):
        found[len(PATHS)]
    assert not PathList()
    assert list(found.where(lambda path: path.suffix == ".png")) == PATHS[:-1]


def test_it_takes_less_than_half_of_the_memory_of_a_list() -> None:
    def held(make: Callable[[Iterator[Path]], object]) -> int:
        tracemalloc.start()
        try:
            kept = make(Path("folder") / f"picture {number}.png" for number in range(2000))
            return tracemalloc.get_traced_memory()[0] if kept else 0
        finally:
            tracemalloc.stop()

    assert held(PathList) < held(list) / 2
