"""From grid cells back to pixels: worked out by hand, and inside the image whatever the sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.images.geometry import window_region
from model.types import Region


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (0, Region(0, 0, 30, 60)),  # the corner: the window is moved inside
        (8, Region(0, 0, 30, 60)),
        (24, Region(20, 40, 30, 60)),  # the middle of a 7 x 7 grid: rows and columns 2 to 4
        (48, Region(40, 80, 30, 60)),
        (6, Region(40, 0, 30, 60)),
    ],
)
def test_regions_worked_out_by_hand(cell: int, expected: Region) -> None:
    assert window_region(cell, (7, 7), 3, (70, 140)) == expected


def test_rows_and_columns_are_not_mixed_up() -> None:
    assert window_region(7, (2, 5), 1, (50, 20)) == Region(20, 10, 10, 10)


def test_a_window_larger_than_the_grid_is_the_whole_image() -> None:
    assert window_region(1, (2, 2), 3, (31, 17)) == Region(0, 0, 31, 17)


@given(st.data(), st.tuples(st.integers(1, 20), st.integers(1, 20)), st.integers(1, 5), st.integers(1, 3000))
def test_regions_lie_inside_the_image_and_are_not_empty(
    data: st.DataObject, grid: tuple[int, int], window: int, width: int
) -> None:
    height = data.draw(st.integers(1, 3000))
    cell = data.draw(st.integers(0, grid[0] * grid[1] - 1))
    region = window_region(cell, grid, window, (width, height))
    assert region.width >= 1
    assert region.height >= 1
    assert region.x >= 0
    assert region.y >= 0
    assert region.x + region.width <= width
    assert region.y + region.height <= height


@given(st.integers(0, 195))
def test_the_region_holds_the_middle_of_its_cell(cell: int) -> None:
    region = window_region(cell, (14, 14), 3, (1400, 700))
    row, column = divmod(cell, 14)
    assert region.x <= column * 100 + 50 <= region.x + region.width
    assert region.y <= row * 50 + 25 <= region.y + region.height
