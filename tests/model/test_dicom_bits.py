"""Where samples lie in DICOM words: at their top, with overlays above, or in more bits than the header says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom import uid

from model.images.items import Item
from model.images.reading import read_image
from tests.model.dicom_support import PICTURE, write_dicom

RAMP = np.linspace(0, 4095, 32 * 48).round().astype(np.uint16).reshape(32, 48)
SHOWN = np.round(RAMP * (255 / 4095))
SIGNED = (RAMP.astype(int) - 2048).astype(np.int16)
TWELVE = {"BitsStored": 12, "HighBit": 11}
AT_THE_TOP = {"BitsStored": 12, "HighBit": 15}


def _grey(path: Path) -> np.ndarray:
    return np.asarray(read_image(path))[..., 0].astype(int)


def _as_rle(path: Path) -> Path:
    dataset = pydicom.dcmread(path)
    dataset.compress(uid.RLELossless)
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("dirt", [0, 15])
@pytest.mark.parametrize("hints", [{}, {"WindowCenter": 2048, "WindowWidth": 4096}])
def test_samples_at_the_top_of_their_words(tmp_path: Path, hints: dict[str, object], dirt: int) -> None:
    words = (RAMP << 4) | np.where(np.arange(48) % 2, dirt, 0).astype(np.uint16)
    path = write_dicom(tmp_path / "top.dcm", words, **AT_THE_TOP, **hints)
    assert np.abs(_grey(path) - SHOWN).max() <= 1
    assert np.abs(_grey(_as_rle(path)) - SHOWN).max() <= 1
    signed = write_dicom(tmp_path / "signed.dcm", (SIGNED << 4).astype(np.int16), **AT_THE_TOP)
    assert np.abs(_grey(signed) - SHOWN).max() <= 1


def test_colours_at_the_top_of_their_words(tmp_path: Path) -> None:
    words = (PICTURE.astype(int) * 4095 // 255 << 4).astype(np.uint16)
    path = write_dicom(tmp_path / "top.dcm", words, **AT_THE_TOP)
    assert np.abs(np.asarray(read_image(path)).astype(int) - PICTURE).max() <= 1


def test_frames_of_a_file_have_their_samples_in_one_place(tmp_path: Path) -> None:
    frames = np.stack([(RAMP >> 6 << 4) | 3, RAMP << 4])  # of the first alone it could not be told
    path = write_dicom(tmp_path / "top.dcm", frames, **AT_THE_TOP)
    assert np.abs(_grey(Item(path, 1).path) - np.round((RAMP >> 6) * (255 / 4095))).max() <= 1


def test_a_highest_bit_that_is_merely_that_of_the_word_is_passed_over(tmp_path: Path) -> None:
    for high in (15, 0, 40):
        path = write_dicom(tmp_path / "plain.dcm", RAMP, BitsStored=12, HighBit=high)
        assert np.abs(_grey(path) - SHOWN).max() <= 1


@pytest.mark.parametrize("top", [8000, 65_535])
def test_values_of_more_bits_than_are_said(tmp_path: Path, top: int) -> None:
    values = (RAMP.astype(float) * top / 4095).round()
    path = write_dicom(tmp_path / "more.dcm", values.astype(np.uint16), **TWELVE)
    assert np.abs(_grey(path) - SHOWN).max() <= 1
    assert np.abs(_grey(_as_rle(path)) - SHOWN).max() <= 1
    signed = write_dicom(tmp_path / "signed.dcm", (values - top // 2 - 1).clip(-(2**15)).astype(np.int16), **TWELVE)
    assert np.abs(_grey(signed) - SHOWN).max() <= 1
    window = write_dicom(tmp_path / "window.dcm", values.astype(np.uint16), **TWELVE, WindowCenter=(top + 1) / 2,
                         WindowWidth=top + 1)  # fmt: skip
    assert np.abs(_grey(window) - SHOWN).max() <= 1


def test_colours_of_more_bits_than_are_said(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "more.dcm", PICTURE.astype(np.uint16) * 257, **TWELVE)
    assert np.abs(np.asarray(read_image(path)).astype(int) - PICTURE).max() <= 1


@pytest.mark.parametrize("bit", [12, 13, 15])
@pytest.mark.parametrize("signed", [False, True])
def test_overlays_above_the_samples_are_not_shown(tmp_path: Path, bit: int, signed: bool) -> None:
    overlay = np.where(np.arange(48) > 20, 1 << bit, 0).astype(np.uint16)
    codes = SIGNED.view(np.uint16) & 0xFFF if signed else RAMP
    path = write_dicom(tmp_path / "overlay.dcm", codes | overlay, **TWELVE, PixelRepresentation=int(signed))
    dataset = pydicom.dcmread(path)
    for element, vr, value in ((0x10, "US", 32), (0x11, "US", 48), (0x40, "CS", "G"), (0x50, "SS", [1, 1]),
                               (0x100, "US", 16), (0x102, "US", bit)):  # fmt: skip
        dataset.add_new((0x6000, element), vr, value)
    dataset.save_as(path)
    assert np.abs(_grey(path) - SHOWN).max() <= 1


def test_bits_apart_from_the_samples_are_none_of_them(tmp_path: Path) -> None:
    words = RAMP | np.where(np.arange(48) > 20, 0x8000, 0).astype(np.uint16)
    assert np.abs(_grey(write_dicom(tmp_path / "apart.dcm", words, **TWELVE)) - SHOWN).max() <= 1
