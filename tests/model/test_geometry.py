"""From grid cells back to pixels: worked out by hand, and inside the image whatever the sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.regions.geometry import box_region
from model.types import Region


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((0, 0, 3, 3), Region(0, 0, 30, 60)),
        ((2, 2, 5, 5), Region(20, 40, 30, 60)),
        ((4, 6, 7, 7), Region(60, 80, 10, 60)),
        ((0, 0, 7, 7), Region(0, 0, 70, 140)),
    ],
)
def test_regions_worked_out_by_hand(box: tuple[int, int, int, int], expected: Region) -> None:
    assert box_region(box, (7, 7), (70, 140)) == expected


def test_rows_and_columns_are_not_mixed_up() -> None:
    assert box_region((1, 2, 2, 3), (2, 5), (50, 20)) == Region(20, 10, 10, 10)


@given(st.data(), st.tuples(st.integers(1, 20), st.integers(1, 20)), st.integers(1, 3000), st.integers(1, 3000))
def test_regions_lie_inside_the_image_and_are_not_empty(
    data: st.DataObject, grid: tuple[int, int], width: int, height: int
) -> None:
    (top, bottom), (left, right) = (
        sorted(data.draw(st.lists(st.integers(0, cells), min_size=2, max_size=2, unique=True))) for cells in grid
    )
    region = box_region((top, left, bottom, right), grid, (width, height))
    assert region.width >= 1
    assert region.height >= 1
    assert region.x >= 0
    assert region.y >= 0
    assert region.x + region.width <= width
    assert region.y + region.height <= height
