"""How many frames a DICOM file holds: as many as there are, whatever its header says, and what is missing is named."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom import uid
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder

from model.images.greys import GreyRange, Greys
from model.images.items import Item
from model.images.reading import parts, read_image
from tests.model.dicom_support import write_dicom

FRAMES = [np.random.default_rng(k).integers(0, 60 * (k + 1), (32, 48)).astype(np.uint8) for k in range(4)]
BYTES = Greys(GreyRange.FIXED, 0, 255)


def _jpeg(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "JPEG", quality=100)
    return file.getvalue()


def _rle(values: np.ndarray) -> bytes:
    return RLELosslessEncoder.encode(
        values.tobytes(), rows=32, columns=48, samples_per_pixel=1, bits_allocated=8, bits_stored=8,
        pixel_representation=0, number_of_frames=1, photometric_interpretation="MONOCHROME2",
    )  # fmt: skip


STREAMS: dict[str, tuple[str, Callable[[np.ndarray], bytes]]] = {
    "JPEG": (uid.JPEGBaseline8Bit, _jpeg),
    "JPEG 2000": (uid.JPEG2000Lossless, lambda one: imagecodecs.jpeg2k_encode(one, codecformat="j2k", level=0)),
    "JP2": (uid.JPEG2000Lossless, lambda one: imagecodecs.jpeg2k_encode(one, codecformat="jp2", level=0)),
    "JPEG-LS": (uid.JPEGLSLossless, imagecodecs.jpegls_encode),
    "RLE": (uid.RLELossless, _rle),
}


def _write(path: Path, kind: str, promised: int | None, *, table: bool, pieces: int = 1, count: int = 4) -> Path:
    syntax, encode = STREAMS[kind]
    write_dicom(path, FRAMES[0])
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = syntax
    streams = [encode(frame) for frame in FRAMES[:count]]
    dataset.PixelData = encapsulate(streams, fragments_per_frame=pieces, has_bot=table)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    if promised is not None:
        dataset.NumberOfFrames = promised
    dataset.save_as(path)
    return path


def _assert_frames(path: Path, count: int = 4, tolerance: int = 0) -> list[str]:
    """Compare all frames, and return what is noted of the file."""
    notes: list[str] = []
    items = parts(path, passed_over=lambda _, note: notes.append(note))
    assert items == ([Item(path, number + 1).path for number in range(count)] if count > 1 else [path])
    for item, frame in zip(items, FRAMES[:count], strict=True):
        assert np.abs(np.asarray(read_image(item, greys=BYTES))[..., 0].astype(int) - frame).max() <= tolerance
    return notes


@pytest.mark.parametrize("promised", [1, 2, 4, 9, 0, None])
@pytest.mark.parametrize(
    ("kind", "pieces", "table"),
    [(kind, pieces, table) for kind in STREAMS for pieces in (1, 2) for table in (True, False)
     if (kind, pieces, table) != ("RLE", 2, False)],
)  # fmt: skip
def test_all_compressed_frames_are_images(
    tmp_path: Path, kind: str, pieces: int, table: bool, promised: int | None
) -> None:
    path = _write(tmp_path / "cine.dcm", kind, promised, table=table, pieces=pieces)
    notes = _assert_frames(path, tolerance=2 if kind == "JPEG" else 0)
    assert notes == _notes(promised)


@pytest.mark.parametrize("promised", [1, 2, 4, 9, 0, None])
def test_all_frames_of_raw_pixels_are_images(tmp_path: Path, promised: int | None) -> None:
    path = write_dicom(tmp_path / "cine.dcm", np.stack(FRAMES), NumberOfFrames=promised)
    assert _assert_frames(path) == _notes(promised)
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = uid.DeflatedExplicitVRLittleEndian
    dataset.save_as(path)
    assert _assert_frames(path) == _notes(promised)


def _notes(promised: int | None) -> list[str]:
    if promised in (1, 2):
        return [f"holds 4 frames, though it speaks of {promised}. All of them are images."]
    return ["is cut off: 4 of the 9 frames that it promises are there. Export it again from its source."] * (
        promised == 9
    )


@pytest.mark.parametrize("rest", [1, 500, 32 * 48 - 2])
def test_what_follows_the_frames_and_is_none_does_not_count(tmp_path: Path, rest: int) -> None:
    path = write_dicom(tmp_path / "rest.dcm", FRAMES[0], NumberOfFrames=1)
    dataset = pydicom.dcmread(path)
    dataset.PixelData += bytes(rest + rest % 2)
    dataset.save_as(path)
    assert _assert_frames(path, 1) == []


def test_the_byte_that_evens_tiny_frames_out_is_none(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "dot.dcm", np.full((1, 1), 7, np.uint8), NumberOfFrames=1)
    assert parts(path) == [path]


@pytest.mark.parametrize("kind", STREAMS)
def test_one_frame_may_be_in_several_pieces(tmp_path: Path, kind: str) -> None:
    path = _write(tmp_path / "one.dcm", kind, 1, table=False, pieces=3, count=1)
    assert _assert_frames(path, 1, tolerance=2 if kind == "JPEG" else 0) == []


@pytest.mark.parametrize("kind", ["JPEG", "JPEG 2000", "JPEG-LS"])
def test_a_frame_of_which_a_piece_is_missing_is_none(tmp_path: Path, kind: str) -> None:
    path = _write(tmp_path / "cut.dcm", kind, 4, table=False, pieces=2)
    path.write_bytes(path.read_bytes()[:-40])
    notes = _assert_frames(path, 3, tolerance=2 if kind == "JPEG" else 0)
    assert notes == ["is cut off: 3 of the 4 frames that it promises are there. Export it again from its source."]


def test_a_damaged_frame_costs_no_other(tmp_path: Path) -> None:
    path = _write(tmp_path / "damaged.dcm", "JPEG-LS", 4, table=False)
    data = bytearray(path.read_bytes())
    third = [at for at in range(len(data)) if data[at : at + 4] == b"\xff\xd8\xff\xf7"][2]
    data[third : third + 2] = b"\0\0"
    path.write_bytes(data)
    assert len(parts(path)) == 4
    assert np.array_equal(np.asarray(read_image(Item(path, 4).path, greys=BYTES))[..., 0], FRAMES[3])
