"""The order of rows, whatever their values."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fewshot_gui.items.prediction_columns import _in_order

_NUMBERS = st.floats(width=32, allow_nan=False)


@given(st.lists(st.one_of(_NUMBERS, st.sampled_from([0.0, -0.0, 1.0, 0.25, -3.0]))))
def test_rows_are_in_the_order_of_their_values_and_equal_ones_in_that_of_arrival(values: list[float]) -> None:
    places = _in_order(np.array(values, dtype=np.float64)).tolist()
    assert places == sorted(range(len(values)), key=values.__getitem__)


@given(st.lists(st.integers(0, 70_000)))
def test_so_are_groups(values: list[int]) -> None:
    assert _in_order(np.array(values, dtype=np.int64)).tolist() == sorted(range(len(values)), key=values.__getitem__)
