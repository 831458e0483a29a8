"""Colour and sign of compressed DICOM frames are those of the stream, whatever the header calls them."""

from __future__ import annotations

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom import uid

from model.images.reading import read_image
from tests.model.dicom_support import PICTURE, write_dicom, write_frames

YCBCR = np.ascontiguousarray(np.asarray(Image.fromarray(PICTURE).convert("YCbCr")))
RAMP = np.linspace(-2048, 2047, 32 * 48).round().astype(np.int16).reshape(32, 48)
SHOWN = np.round((RAMP.astype(float) + 2048) * 255 / 4095)
SIGNED = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11, "PixelRepresentation": 1}
LABELS = ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"]


def _off(path: Path) -> int:
    return int(np.abs(np.asarray(read_image(path)).astype(int) - PICTURE).max())


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("form", ["j2k", "jp2"])
def test_jpeg_2000_with_a_transform_of_its_own_is_rgb(tmp_path: Path, label: str, form: str) -> None:
    for reversible, level in ((True, 0), (False, 60)):
        frame = imagecodecs.jpeg2k_encode(PICTURE, mct=True, codecformat=form, level=level, reversible=reversible)
        syntax = uid.JPEG2000Lossless if reversible else uid.JPEG2000
        path = write_frames(tmp_path / "j2k.dcm", syntax, PICTURE, [frame], PhotometricInterpretation=label)
        assert _off(path) <= (0 if reversible else 6)


def test_jpeg_2000_without_a_transform(tmp_path: Path) -> None:
    boxed = imagecodecs.jpeg2k_encode(PICTURE, mct=False, codecformat="jp2", level=0)
    for label in LABELS:  # its box says that it is RGB
        write_frames(tmp_path / "a.dcm", uid.JPEG2000Lossless, PICTURE, [boxed], PhotometricInterpretation=label)
        assert _off(tmp_path / "a.dcm") == 0
    bare = imagecodecs.jpeg2k_encode(PICTURE, mct=False, codecformat="j2k", level=0)
    write_frames(tmp_path / "b.dcm", uid.JPEG2000Lossless, PICTURE, [bare], PhotometricInterpretation="RGB")
    assert _off(tmp_path / "b.dcm") == 0
    luma = imagecodecs.jpeg2k_encode(YCBCR, mct=False, codecformat="j2k", level=0)
    write_frames(tmp_path / "c.dcm", uid.JPEG2000Lossless, PICTURE, [luma], PhotometricInterpretation="YBR_FULL")
    assert _off(tmp_path / "c.dcm") <= 2  # nothing but the label tells


@pytest.mark.parametrize("label", [*LABELS, "YBR_PARTIAL_420", "YBR_PARTIAL_422", "MONOCHROME2"])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_baseline_jpeg_is_what_its_markers_say(tmp_path: Path, label: str, subsampling: int) -> None:
    luma, rgb = io.BytesIO(), io.BytesIO()
    Image.fromarray(PICTURE).save(luma, "JPEG", quality=100, subsampling=subsampling)
    Image.fromarray(PICTURE).save(rgb, "JPEG", quality=100, keep_rgb=True)
    adobe = luma.getvalue()
    adobe = adobe[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x01" + adobe[2:]
    named = imagecodecs.jpeg8_encode(PICTURE, level=100, colorspace="RGB", outcolorspace="RGB")
    for stream in (luma.getvalue(), rgb.getvalue(), adobe, _without_markers(named)):
        path = write_frames(
            tmp_path / "a.dcm", uid.JPEGBaseline8Bit, PICTURE, [stream], PhotometricInterpretation=label
        )
        image = np.asarray(read_image(path)).astype(int)
        for y, x in ((4, 4), (4, 44), (28, 4), (28, 44)):  # away from the borders, at which colours run
            assert np.abs(image[y, x] - PICTURE[y, x]).max() <= 4


def _without_markers(stream: bytes) -> bytes:
    """Leave out the markers of applications: what is left to tell colours is the names of the components."""
    at = 2
    while stream[at + 1] & 0xF0 == 0xE0:
        at += 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
    return stream[:2] + stream[at:]


@pytest.mark.parametrize("label", ["YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"])
def test_baseline_jpeg_without_a_marker_is_what_its_label_says(tmp_path: Path, label: str) -> None:
    luma = io.BytesIO()
    Image.fromarray(PICTURE).save(luma, "JPEG", quality=100, subsampling=0)
    path = write_frames(tmp_path / "a.dcm", uid.JPEGBaseline8Bit, PICTURE, [_without_markers(luma.getvalue())],
                        PhotometricInterpretation=label)  # fmt: skip
    assert _off(path) <= 6


@pytest.mark.parametrize("label", ["RGB", "YBR_FULL"])
def test_lossless_jpeg_is_what_its_markers_say(tmp_path: Path, label: str) -> None:
    stream = imagecodecs.jpeg8_encode(PICTURE, lossless=True, colorspace="RGB", outcolorspace="RGB")
    write_frames(tmp_path / "a.dcm", uid.JPEGLosslessSV1, PICTURE, [stream], PhotometricInterpretation=label)
    assert _off(tmp_path / "a.dcm") == 0


def test_jpeg_ls_is_what_its_label_says_where_nothing_else_does(tmp_path: Path) -> None:
    for values, label in ((PICTURE, "RGB"), (YCBCR, "YBR_FULL")):
        stream = imagecodecs.jpegls_encode(values)
        write_frames(tmp_path / "a.dcm", uid.JPEGLSLossless, PICTURE, [stream], PhotometricInterpretation=label)
        assert _off(tmp_path / "a.dcm") <= 2


def _streams(codes: np.ndarray, bits: int) -> dict[str, bytes]:
    shifted = np.ascontiguousarray(codes)
    return {
        uid.JPEGLSLossless: imagecodecs.jpegls_encode(shifted),
        uid.JPEG2000Lossless: imagecodecs.jpeg2k_encode(shifted, bitspersample=bits, level=0, codecformat="j2k"),
        uid.JPEGLosslessSV1: imagecodecs.ljpeg_encode(shifted, bitspersample=bits),
    }


@pytest.mark.parametrize(
    ("codes", "bits"),
    [(RAMP.view(np.uint16) & 0xFFF, 12), (RAMP.view(np.uint16) & 0xFFF, 16), (RAMP.view(np.uint16), 16)],
    ids=["12 of 12", "12 of 16", "16 of 16"],
)
def test_negatives_stay_below_positives(tmp_path: Path, codes: np.ndarray, bits: int) -> None:
    """Codes of 12 bits in two's complement, in streams of 12 or 16; and of 16 bits where 12 are said to be stored."""
    path = tmp_path / "signed.dcm"
    for syntax, stream in _streams(codes, bits).items():
        write_frames(path, syntax, RAMP, [stream], **SIGNED)
        assert np.array_equal(np.asarray(read_image(path))[..., 0], SHOWN), syntax
    write_dicom(path, codes, **SIGNED)
    assert np.array_equal(np.asarray(read_image(path))[..., 0], SHOWN)


@pytest.mark.parametrize("header", [1, 0])
@pytest.mark.parametrize("bits", [12, 16])
def test_jpeg_2000_knows_its_sign(tmp_path: Path, header: int, bits: int) -> None:
    stream = imagecodecs.jpeg2k_encode(RAMP, bitspersample=bits, level=0, codecformat="j2k")
    path = tmp_path / "signed.dcm"
    write_frames(path, uid.JPEG2000Lossless, RAMP, [stream], **(SIGNED | {"PixelRepresentation": header}))
    assert np.array_equal(np.asarray(read_image(path))[..., 0], SHOWN)


def test_unsigned_streams_are_what_they_were(tmp_path: Path) -> None:
    values = (RAMP.astype(int) + 2048).astype(np.uint16)
    path = tmp_path / "plain.dcm"
    for syntax, stream in _streams(values, 12).items():
        write_frames(path, syntax, values, [stream], BitsStored=12, HighBit=11)
        assert np.array_equal(np.asarray(read_image(path))[..., 0], SHOWN)
