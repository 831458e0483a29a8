"""DICOM lookup tables of every spelling: of the modality, of what is to be seen, and palettes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from model.images.reading import read_image
from tests.model.dicom_support import write_dicom

RAMP = np.linspace(0, 4095, 32 * 48).round().astype(np.uint16).reshape(32, 48)
TWELVE = {"BitsStored": 12, "HighBit": 11}
CURVE = ((np.arange(4096) / 4095) ** 0.5 * 65535).astype(np.uint16)
SYNTAXES = [uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian]
KINDS = ["VOILUTSequence", "ModalityLUTSequence"]


def _pixels(path: Path) -> np.ndarray:
    return np.asarray(read_image(path)).astype(int)


def _grey(path: Path) -> np.ndarray:
    image = _pixels(path)
    assert (image == image[..., :1]).all()
    return image[..., 0]


def _table(descriptor: list[int], data: object, vr: str = "US", first: str = "US") -> list[Dataset]:
    table = Dataset()
    table.add_new("LUTDescriptor", first, descriptor)
    table.add_new("LUTData", vr, data)
    return [table]


def _write(path: Path, values: np.ndarray, syntax: str, **header: object) -> Path:
    dataset = pydicom.dcmread(write_dicom(path, values, **header))
    dataset.file_meta.TransferSyntaxUID = syntax
    is_big = syntax == uid.ExplicitVRBigEndian
    if is_big:
        dataset.PixelData = values.astype(values.dtype.newbyteorder(">")).tobytes()
    pydicom.dcmwrite(path, dataset, implicit_vr=syntax == uid.ImplicitVRLittleEndian, little_endian=not is_big)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("vr", ["US", "OW"])
def test_a_table_may_be_numbers_or_words(tmp_path: Path, kind: str, syntax: uid.UID, vr: str) -> None:
    order = ">u2" if syntax == uid.ExplicitVRBigEndian else "<u2"
    data = CURVE.astype(order).tobytes() if vr == "OW" else CURVE.tolist()
    path = _write(tmp_path / "table.dcm", RAMP, syntax, **TWELVE, **{kind: _table([4096, 0, 16], data, vr)})
    dataset = pydicom.dcmread(path)
    expected = (apply_voi_lut if kind == KINDS[0] else apply_modality_lut)(RAMP, dataset)
    assert np.array_equal(expected, CURVE[RAMP])
    assert np.abs(_grey(path) - expected / 257).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_entries_have_the_bits_that_are_said(tmp_path: Path, kind: str, bits: int) -> None:
    table = _table([4096, 0, bits], (CURVE >> (16 - bits)).tolist())
    path = write_dicom(tmp_path / "table.dcm", RAMP, **TWELVE, **{kind: table})
    assert np.abs(_grey(path) - CURVE[RAMP] / 257).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_entries_of_8_bits_may_be_two_a_word(tmp_path: Path, kind: str) -> None:
    packed = (CURVE >> 8).astype(np.uint8)
    for vr, data in (("OW", packed.tobytes()), ("US", packed.view("<u2").tolist())):
        path = write_dicom(tmp_path / "table.dcm", RAMP, **TWELVE, **{kind: _table([4096, 0, 8], data, vr)})
        assert np.abs(_grey(path) - CURVE[RAMP] / 257).max() <= 1


def test_entries_that_are_higher_than_is_said_are_of_16_bits(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "table.dcm", RAMP, **TWELVE, VOILUTSequence=_table([4096, 0, 8], CURVE.tolist()))
    assert np.abs(_grey(path) - CURVE[RAMP] / 257).max() <= 1


@pytest.mark.parametrize(("vr", "first"), [("US", 64_536), ("SS", -1000)])
def test_the_first_value_of_a_table_may_be_negative(tmp_path: Path, vr: str, first: int) -> None:
    curve = ((np.arange(2001) / 2000) ** 0.5 * 65535).astype(np.uint16)
    table = _table([2001, first, 16], curve.tolist(), first=vr)
    signed = np.linspace(-1000, 1000, 32 * 48).round().astype(np.int16).reshape(32, 48)
    expected = curve[signed + 1000] / 257
    for kind in KINDS:
        path = write_dicom(tmp_path / "signed.dcm", signed, **{kind: table})
        assert np.abs(_grey(path) - expected).max() <= 1
    rescaled = (signed + 1000).astype(np.uint16)
    path = write_dicom(tmp_path / "ct.dcm", rescaled, VOILUTSequence=table, RescaleSlope=1, RescaleIntercept=-1000)
    assert np.abs(_grey(path) - expected).max() <= 1


@pytest.mark.parametrize(
    "table",
    [_table([4096, 0, 16], [0] * 4096), _table([100, 9000, 16], list(range(0, 65_500, 655))),
     _table([4096, 0, 16], [0, 65_535]), _table([4096, 0], CURVE.tolist())],
    ids=["constant", "elsewhere", "short", "described by two numbers"],
)  # fmt: skip
def test_tables_that_show_nothing_are_passed_over(tmp_path: Path, table: list[Dataset]) -> None:
    path = write_dicom(tmp_path / "odd.dcm", RAMP, **TWELVE, VOILUTSequence=table)
    assert np.abs(_grey(path) - np.round(RAMP * (255 / 4095))).max() <= 1


INDICES = (np.arange(32 * 48) % 256).astype(np.uint8).reshape(32, 48)
COLOURS = np.random.default_rng(1).integers(0, 256, (3, 256)).astype(np.uint8)


def _palette_file(
    path: Path, indices: np.ndarray, palette: np.ndarray, descriptor: list[int], syntax: str = SYNTAXES[1]
) -> Path:
    header: dict[str, object] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, data in zip(("Red", "Green", "Blue"), palette, strict=True):
        header[f"{name}PaletteColorLookupTableDescriptor"] = descriptor
        header[f"{name}PaletteColorLookupTableData"] = data.tobytes()
    return _write(path, indices, syntax, **header)


@pytest.mark.parametrize("share", [1, 8])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_palette_counts_by_its_own_bits(tmp_path: Path, syntax: str, share: int) -> None:
    """A palette of dark colours alone is dark."""
    colours = COLOURS // share
    order = ">u2" if syntax == uid.ExplicitVRBigEndian else "<u2"
    packed = colours.reshape(3, 128, 2)[..., ::-1] if syntax == uid.ExplicitVRBigEndian else colours
    for palette, bits in (
        ((colours.astype(np.uint16) * 257).astype(order), 16), ((colours.astype(np.uint16) << 8).astype(order), 16),
        (colours.astype(order), 16), (colours.astype(order), 8), (packed, 8),
    ):  # fmt: skip
        path = _palette_file(tmp_path / "palette.dcm", INDICES, palette, [256, 0, bits], syntax)
        assert np.array_equal(_pixels(path), colours[:, INDICES].transpose(1, 2, 0))


def test_a_palette_of_other_sizes(tmp_path: Path) -> None:
    some = COLOURS[:, :100]
    expected = some[:, (INDICES.astype(int) - 50).clip(0, 99)].transpose(1, 2, 0)
    for palette, bits in ((some, 8), (some.astype("<u2") * 257, 16), (COLOURS.astype("<u2") * 257, 16)):
        path = _palette_file(tmp_path / "some.dcm", INDICES, palette, [100, 50, bits])
        assert np.array_equal(_pixels(path), expected)
    many = np.random.default_rng(2).integers(0, 256, (3, 65_536)).astype(np.uint8)
    indices = np.linspace(0, 65_535, 32 * 48).astype(np.uint16).reshape(32, 48)
    for palette, bits in ((many, 8), (many.astype("<u2") * 257, 16)):
        path = _palette_file(tmp_path / "many.dcm", indices, palette, [0, 0, bits])
        assert np.array_equal(_pixels(path), many[:, indices].transpose(1, 2, 0))


def test_a_palette_in_segments(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "segments.dcm", INDICES, PhotometricInterpretation="PALETTE COLOR")
    dataset = pydicom.dcmread(path)
    ramp = np.array([0, 1, 0, 1, 255, 255 * 257], "<u2")  # one entry of 0, then in a line up to white
    for name in ("Red", "Green", "Blue"):
        dataset[f"{name}PaletteColorLookupTableDescriptor"] = pydicom.DataElement(
            f"{name}PaletteColorLookupTableDescriptor", "US", [256, 0, 16]
        )
        setattr(dataset, f"Segmented{name}PaletteColorLookupTableData", ramp.tobytes())
    dataset.save_as(path)
    assert np.abs(_grey(path) - INDICES).max() <= 1
