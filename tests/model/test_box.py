"""The box around a peak: the cells connected with it that reach half of its height."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.regions.box import peak_boxes


def _box(rows: list[str]) -> list[int]:
    """Of one map, drawn with a digit for each cell."""
    evidence = torch.tensor([[float(cell) for row in rows for cell in row]])
    (box,) = peak_boxes(evidence, (len(rows), len(rows[0])))
    return list(box)


def test_it_reaches_as_far_as_half_of_the_peaks_height() -> None:
    assert _box(["0000000", "0024000", "0059600", "0013000", "0000000"]) == [2, 2, 3, 5]


def test_another_peak_is_left_out() -> None:
    assert _box(["8800000", "8800990", "0000990"]) == [1, 4, 3, 6]


def test_height_counts_from_the_median() -> None:
    assert _box(["5555555", "5569655", "5555555"]) == [1, 3, 2, 4]
    assert _box(["5555555", "5579755", "5555555"]) == [1, 2, 2, 5]


def test_cells_that_touch_at_a_corner_are_connected() -> None:
    assert _box(["00000", "00700", "09000", "00000"]) == [1, 1, 3, 3]


def test_a_flat_map_has_no_smaller_region_than_the_image() -> None:
    assert _box(["3333", "3333", "3333"]) == [0, 0, 3, 4]


def test_a_winding_area_is_followed_to_its_end() -> None:
    assert _box(["9990000", "0090000", "0099900", "0000000", "0000000"]) == [0, 0, 3, 5]


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 1000))
def test_the_box_holds_the_peak_and_every_map_its_own(height: int, width: int, seed: int) -> None:
    evidence = torch.randn((3, height * width), generator=torch.Generator().manual_seed(seed))
    boxes = peak_boxes(evidence, (height, width))
    for number, (top, left, bottom, right) in enumerate(boxes):
        row, column = divmod(int(evidence[number].argmax()), width)
        assert 0 <= top <= row < bottom <= height
        assert 0 <= left <= column < right <= width
        assert peak_boxes(evidence[number : number + 1], (height, width)) == [boxes[number]]
