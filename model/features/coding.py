"""Codes of whole numbers: maps of quantised directions, and the texture map, as few bytes.

A map without negative values, as after ReLU, is mostly zeros: it is coded as runs, one byte for each value that is not
zero, which also says how many zeros come before it. A map with negative values is dense: it is coded as planes of
bits, the lowest bits of all values first. The first byte says which code follows.

Decoding needs NumPy only, so that a start that finds all images in the cache compiles nothing. It fills the map
whatever the bytes are, since the cache may come from someone else.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model.features.compiled import compiled
from model.features.quantisation import SIGNED_BITS, STEPS

_RUNS, _PLANES = 0, 1
_VALUE = STEPS  # mask of a byte's value, 4 bits; the other 4 are the zeros before it
_LONG = 16  # zeros that a byte without a value stands for, times one more than its upper 4 bits
_MOST_LONG = 15  # so that 8 bits hold what a byte stands for
_LARGEST = 2**SIGNED_BITS - 1

Bytes = npt.NDArray[np.uint8]
Steps = npt.NDArray[np.int8]


def coded(values: Steps) -> bytes:
    """Return the code of the steps of one map, see `Quantised`, of any shape."""
    flat = np.ascontiguousarray(values).reshape(-1)
    if flat.min(initial=0) < 0:
        return bytes((_PLANES,)) + planes(((flat + np.int8(_LARGEST)) >> 1).view(np.uint8), SIGNED_BITS)
    code, count = np.empty(len(flat), np.uint8), np.zeros(1, np.int64)
    _fill_runs(flat, code, count)
    return bytes((_RUNS,)) + code[: count[0]].tobytes()


def may_be_code(code: bytes, size: int) -> bool:
    """Whether `code` may be that of a map of `size` values."""
    if code[:1] == bytes((_PLANES,)):
        return len(code) == 1 + planes_length(size, SIGNED_BITS)
    return code[:1] == bytes((_RUNS,)) and len(code) <= 1 + size


def decode(code: Bytes, into: Steps) -> None:
    """Fill a contiguous array with the values of what `may_be_code`; of a damaged code with some values."""
    flat = into.reshape(-1)
    if code[0] == _PLANES:
        fill(flat.view(np.uint8), code[1:], SIGNED_BITS)
        flat += flat
        flat -= np.int8(_LARGEST)
        return
    runs = code[1:]
    values = runs & np.uint8(_VALUE)
    spans = runs >> 4
    spans += np.uint8(1)
    spans <<= (values == 0).view(np.uint8) << np.uint8(2)
    ends = spans.cumsum(dtype=np.int64)
    flat[:] = 0
    if len(ends):
        if ends[-1] > len(flat):
            ends = np.minimum(ends, len(flat))
        ends -= 1
        flat[ends] = values.view(np.int8)  # a byte without a value puts a zero at the last of its zeros


def planes(values: Bytes, bits: int) -> bytes:
    """Return values (n,) below 2^bits as planes of bits."""
    return b"".join(np.packbits(values & np.uint8(1 << bit)).tobytes() for bit in range(bits))


def planes_length(size: int, bits: int) -> int:
    """Return the number of bytes of `planes` of `size` values."""
    return bits * -(-size // 8)


def fill(into: Bytes, code: Bytes, bits: int) -> None:
    """Fill a contiguous array (n,) with the values of `planes`."""
    rows = np.unpackbits(code.reshape(bits, -1), axis=1, count=len(into))
    into[:] = rows[-1]
    for row in rows[-2::-1]:
        into += into  # takes a tenth of a shift
        into |= row


@compiled
def _fill_runs(values: Steps, code: Bytes, count: npt.NDArray[np.int64]) -> None:
    """Fill the first `count[0]` bytes of `code`; zeros at the end are left out."""
    used, zeros = 0, 0
    for value in values:
        if value == 0:
            zeros += 1
            continue
        while zeros >= _LONG:
            long = min(zeros // _LONG, _MOST_LONG)
            code[used] = (long - 1) << 4
            zeros -= _LONG * long
            used += 1
        code[used] = (zeros << 4) | value
        zeros = 0
        used += 1
    count[0] = used
