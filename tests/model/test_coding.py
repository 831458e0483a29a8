"""The codes of quantised maps: what was coded comes back, and damaged codes harm nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from model.features.coding import Steps, coded, decode, may_be_code

SIZES = some.integers(1, 300)


def back(code: bytes, size: int) -> Steps:
    into = np.full(size, 77, np.int8)
    decode(np.frombuffer(code, np.uint8), into)
    return into


@given(SIZES, some.floats(0, 1), some.integers(0, 99))
def test_maps_without_negative_values_come_back(size: int, share: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    values = (random.integers(1, 16, size) * (random.random(size) < share)).astype(np.int8)
    code = coded(values)
    assert may_be_code(code, size)
    assert np.array_equal(back(code, size), values)


@given(SIZES, some.integers(0, 99))
def test_maps_with_negative_values_come_back(size: int, seed: int) -> None:
    values = (2 * np.random.default_rng(seed).integers(0, 8, size) - 7).astype(np.int8)
    code = coded(values)
    assert may_be_code(code, size)
    assert np.array_equal(back(code, size), values)


def test_a_byte_for_each_value_that_is_not_zero_and_the_zeros_before_it() -> None:
    values = np.zeros(1000, np.int8)
    values[[0, 1, 17, 18 + 15]] = 3, 15, 1, 2
    assert list(coded(values)[1:]) == [0x03, 0x0F, 0xF1, 0xF2]
    values[:] = 0
    values[[16, 16 + 1 + 240 + 16]] = 7, 7
    assert list(coded(values)[1:]) == [0x00, 0x07, 0xE0, 0x00, 0x07]  # 16 zeros, 240 zeros, 16 zeros
    values[:] = 0
    assert len(coded(values)) == 1


def test_dense_maps_take_three_bits_a_value() -> None:
    values = np.tile(np.array([-7, 7, -1, 1], np.int8), 100)
    assert len(coded(values)) == 1 + 3 * 400 // 8


@given(some.binary(max_size=80), SIZES)
def test_whatever_the_bytes_are_some_map_is_filled(code: bytes, size: int) -> None:
    if may_be_code(code, size):
        assert bool((np.abs(back(code, size)) <= 15).all())


@pytest.mark.parametrize("code", [b"", b"\x02", b"\x01", b"\x01" + bytes(14), b"\x00" + bytes(41)])
def test_bytes_of_no_code_are_told(code: bytes) -> None:
    assert not may_be_code(code, 40)
