"""Values of greys: what the formats' own libraries give, and the same picture that is classified."""

from __future__ import annotations

import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
import tifffile
from PIL import Image
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from model.errors import ImageReadError
from model.images.grey_values import GreyValues, of_picture, of_wire, to_wire
from model.images.greys import GreyRange, Greys
from model.images.items import Item
from model.images.reading import read_image, read_values
from model.images.windows import Look, Window, between
from model.types import Region
from tests.model.dicom_support import write_dicom
from tests.model.png_support import GREY, png
from tests.model.test_transparency import grey_profile

RAMP = np.arange(48 * 32, dtype=np.int32).reshape(32, 48)
Array = npt.NDArray[np.generic]


def values_of(path: Path) -> GreyValues:
    found = read_values(path)
    assert found is not None
    return found


def shown_as_classified(path: Path) -> npt.NDArray[np.uint8]:
    found = values_of(path)
    assert found.classified is not None
    return found.seen(Look(found.classified))


def assert_shown_as_classified(path: Path) -> None:
    np.testing.assert_array_equal(shown_as_classified(path), np.asarray(read_image(path))[..., 0])


def test_hounsfield_units_and_the_windows_of_the_file(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "ct.dcm", (RAMP * 2).astype(np.int16), Modality="CT", RescaleSlope=1, RescaleIntercept=-1024,
        WindowCenter=[40, -600], WindowWidth=[400, 800], WindowCenterWidthExplanation=["SOFT", "LUNG"],
    )  # fmt: skip
    found, dataset = values_of(path), pydicom.dcmread(path)
    np.testing.assert_array_equal(found.values, apply_modality_lut(dataset.pixel_array, dataset))
    assert (found.unit, found.at(3, 0), found.at(48, 0)) == ("HU", -1018, None)
    assert found.windows == (Window("LINEAR", 40, 400, "SOFT"), Window("LINEAR", -600, 800, "LUNG"))
    assert found.classified == found.windows[0]
    for index, window in enumerate(found.windows):
        ours = found.seen(Look(window)).astype(float)
        theirs = apply_voi_lut(apply_modality_lut(dataset.pixel_array, dataset), dataset, index)
        low, high = theirs.min(), theirs.max()
        assert np.abs(ours - (theirs - low) * 255 / (high - low)).max() <= 0.51


def test_a_localizer_has_no_unit(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "scout.dcm", RAMP.astype(np.int16), Modality="CT", RescaleSlope=1, RescaleIntercept=-1024,
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"],
    )  # fmt: skip
    assert values_of(path).unit == ""


def test_signed_values_of_fewer_bits_than_their_words(tmp_path: Path) -> None:
    stored = (RAMP - 800).astype(np.int16)
    path = write_dicom(tmp_path / "mr.dcm", stored, BitsStored=12, HighBit=11, WindowCenter=0, WindowWidth=500)
    np.testing.assert_array_equal(values_of(path).values, stored)
    np.testing.assert_array_equal(values_of(path).values, pydicom.dcmread(path).pixel_array)


def test_fractions_of_a_slope(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "pet.dcm", RAMP.astype(np.uint16), RescaleSlope=0.37, RescaleIntercept=0, Modality="PT", Units="BQML"
    )
    found = values_of(path)
    assert (found.values.dtype, found.unit) == (np.float32, "Bq/ml")
    np.testing.assert_allclose(found.values, RAMP * 0.37, rtol=1e-6)


def test_monochrome1_keeps_its_values_and_is_shown_inverted(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "mg.dcm", RAMP.astype(np.uint16), PhotometricInterpretation="MONOCHROME1",
        WindowCenter=768, WindowWidth=1536,
    )  # fmt: skip
    found = values_of(path)
    np.testing.assert_array_equal(found.values, RAMP)
    assert found.inverted
    assert_shown_as_classified(path)
    assert found.classified is not None
    plain, inverted = (found.seen(Look(found.classified, inverted)) for inverted in (False, True))
    np.testing.assert_array_equal(plain, 255 - inverted)


def test_padding_is_black_at_any_window(tmp_path: Path) -> None:
    stored = RAMP.astype(np.int16).copy()
    stored[:, :10] = -2000
    path = write_dicom(tmp_path / "ct.dcm", stored, PixelPaddingValue=-2000, PhotometricInterpretation="MONOCHROME1")
    found = values_of(path)
    shown = found.seen(Look(Window("LINEAR_EXACT", -2000, 10)))
    assert not shown[:, :10].any()
    assert found.at(0, 0) == -2000
    assert found.range(GreyRange.FULL) == between(10, 1535)
    assert sum(found.histogram(0, 1535)) == 32 * 38


def test_a_modality_table_and_a_table_of_what_is_seen(tmp_path: Path) -> None:
    def table(first: int, entries: Array) -> pydicom.Sequence:
        item = pydicom.Dataset()
        item.add_new("LUTDescriptor", "US", [len(entries), first, 16])
        item.add_new("LUTData", "US", [int(one) for one in entries])
        return pydicom.Sequence([item])

    squares = (np.arange(256, dtype=np.int64) ** 2 // 2).astype(np.uint16)
    path = write_dicom(
        tmp_path / "dx.dcm", (RAMP % 256).astype(np.uint16), ModalityLUTSequence=table(0, squares),
        VOILUTSequence=table(0, np.arange(0, 60000, 4)),
    )  # fmt: skip
    found = values_of(path)
    np.testing.assert_array_equal(found.values, squares[RAMP % 256])
    assert found.classified is None  # it is no window


def test_a_window_of_a_sigmoid(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "s.dcm", RAMP.astype(np.uint16), VOILUTFunction="SIGMOID", WindowCenter=700, WindowWidth=300
    )
    assert values_of(path).classified == Window("SIGMOID", 700, 300)
    assert_shown_as_classified(path)


def test_each_frame_has_its_own_values_and_the_range_of_all(tmp_path: Path) -> None:
    frames = np.stack([RAMP, RAMP + 3000, RAMP * 2]).astype(np.uint16)
    path = write_dicom(tmp_path / "cine.dcm", frames)
    for number, frame in enumerate(frames, 1):
        found = values_of(path.with_name(f"cine.dcm#{number}"))
        np.testing.assert_array_equal(found.values, frame)
        assert found.classified is not None
        assert (found.classified.low, found.classified.high) == (0, 4535)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_tiff_of_any_type(tmp_path: Path, dtype: str, photometric: str) -> None:
    values = (RAMP % 251 if dtype == "uint8" else RAMP * 1.25 - 100 if "float" in dtype else RAMP * 9).astype(dtype)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values, photometric=photometric)
    found = values_of(path)
    np.testing.assert_array_equal(found.values, tifffile.imread(path).astype(found.values.dtype))
    assert found.values.dtype == (np.float32 if "float" in dtype else dtype)
    assert found.inverted == (photometric == "miniswhite")
    assert_shown_as_classified(path)


def test_numbers_that_are_none_are_black_and_in_no_histogram(tmp_path: Path) -> None:
    values = RAMP.astype(np.float32).copy()
    values[0, 0], values[0, 1], values[0, 2] = np.nan, np.inf, -np.inf
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values)
    found = values_of(path)
    np.testing.assert_array_equal(found.values, values)
    assert list(found.seen(Look(Window("LINEAR_EXACT", 0, 10)))[0, :3]) == [0, 255, 0]
    assert sum(found.histogram(0, 2000)) == values.size - 3


def test_a_tile_of_a_large_tiff_is_decoded_alone(tmp_path: Path) -> None:
    values = (np.arange(4096)[:, None] * 3 + np.arange(4352)[None, :] * 5).astype(np.uint16)
    path = tmp_path / "large.tif"
    tifffile.imwrite(path, values, tile=(256, 256))
    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        far, length = page.dataoffsets[-1], page.databytecounts[-1]
    with path.open("r+b") as stream:
        stream.truncate(far + length // 2)  # who reads the whole fails
    found = values_of(Item(path, None, Region(300, 700, 90, 60)).path)
    np.testing.assert_array_equal(found.values, values[700:760, 300:390])
    assert (found.part, found.size, found.at(300, 700)) == (Region(300, 700, 90, 60), (4352, 4096), values[700, 300])


def test_a_tile_of_a_frame(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", RAMP.astype(np.uint16))
    found = values_of(Item(path, None, Region(5, 6, 7, 8)).path)
    np.testing.assert_array_equal(found.values, RAMP[6:14, 5:12])
    with pytest.raises(ImageReadError, match="no such tile"):
        read_values(Item(path, None, Region(45, 6, 7, 8)).path)


def test_png_of_16_bits_with_and_without_alpha(tmp_path: Path) -> None:
    values = (RAMP * 40).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "plain.png")
    with_alpha = np.stack([values, np.where(RAMP < 100, 0, 65535).astype(np.uint16)], axis=2)
    (tmp_path / "alpha.png").write_bytes(imagecodecs.png_encode(with_alpha))
    for name in ("plain.png", "alpha.png"):
        np.testing.assert_array_equal(values_of(tmp_path / name).values, values)
    ground = values_of(tmp_path / "alpha.png").ground
    assert ground is not None
    np.testing.assert_array_equal(ground, RAMP < 100)
    assert_shown_as_classified(tmp_path / "plain.png")


def test_png_of_few_bits_has_the_numbers_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "two.png"
    path.write_bytes(png(4, 1, 2, GREY, b"\0\x1b"))  # 0, 1, 2, 3
    found = values_of(path)
    assert found.values.tolist() == [[0, 1, 2, 3]]
    assert found.seen(Look(found.classified or Window("LINEAR", 0, 1))).tolist() == [[0, 85, 170, 255]]


def test_greys_of_8_bits_and_colours(tmp_path: Path) -> None:
    grey = (RAMP % 256).astype(np.uint8)
    for name in ("a.png", "a.bmp", "a.tif", "a.jp2", "a.pgm"):
        Image.fromarray(grey).save(tmp_path / name)
        np.testing.assert_array_equal(values_of(tmp_path / name).values, grey)
        np.testing.assert_array_equal(shown_as_classified(tmp_path / name), grey)
    Image.fromarray(np.stack([grey] * 3, axis=2)).save(tmp_path / "colour.png")
    Image.fromarray(np.stack([grey] * 3, axis=2)).save(tmp_path / "colour.tif")
    write_dicom(tmp_path / "colour.dcm", np.stack([grey] * 3, axis=2), SamplesPerPixel=3)
    for name in ("colour.png", "colour.tif", "colour.dcm"):
        assert read_values(tmp_path / name) is None


@pytest.mark.parametrize("name", ["deep.jls", "deep.jxl", "deep.jp2"])
def test_rare_formats_of_many_bits(tmp_path: Path, name: str) -> None:
    values = (RAMP * 2).astype(np.uint16)
    encode = {"jls": imagecodecs.jpegls_encode, "jxl": imagecodecs.jpegxl_encode, "jp2": imagecodecs.jpeg2k_encode}
    options = {"jxl": {"lossless": True}, "jp2": {"level": 0}}
    ending = name.rpartition(".")[2]
    (tmp_path / name).write_bytes(encode[ending](values, **options.get(ending, {})))
    np.testing.assert_array_equal(values_of(tmp_path / name).values, values)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_values_are_upright(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray((RAMP % 200).astype(np.uint8)).save(tmp_path / "a.png", exif=exif)
    tifffile.imwrite(tmp_path / "a.tif", RAMP.astype(np.uint16), extratags=[(274, "H", 1, orientation, True)])
    for name in ("a.png", "a.tif"):
        assert_shown_as_classified(tmp_path / name)


def test_the_range_that_was_asked_for(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", RAMP.astype(np.uint16), WindowCenter=40, WindowWidth=400)
    found = read_values(path, Greys(GreyRange.FIXED, -160, 240))
    assert found is not None
    assert found.classified == between(-160, 240)
    assert found.windows == (Window("LINEAR", 40, 400),)


def test_too_large_a_picture_says_so(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    tile = zlib.compress(bytes(3072 * 3072), 1)
    with tifffile.TiffWriter(path) as writer:
        writer.write(
            iter([tile] * 9), shape=(9216, 9216), dtype=np.uint8, photometric="minisblack", tile=(3072, 3072),
            compression="zlib", maxworkers=1,
        )  # fmt: skip
    with pytest.raises(ImageReadError, match="without its values"):
        read_values(path)


def test_a_damaged_answer_of_a_decoder_is_refused() -> None:
    ground = RAMP < 7
    found = of_picture(RAMP.astype(np.int16), classified=between(0, 9), ground=ground, unit="HU")
    said, data = to_wire(found)
    again = of_wire(said, data)
    np.testing.assert_array_equal(again.values, found.values)
    assert again.ground is not None
    np.testing.assert_array_equal(again.ground, ground)
    assert (again.classified, again.unit, again.part) == (found.classified, "HU", found.part)
    for wrong in (
        {"dtype": "O"}, {"dtype": "<i4"}, {"part": [0, 0, 48, 33]}, {"part": [1, 0, 48, 32]}, {"ground": 3},
        {"classified": ["CURVE", 1, 2, ""]}, {"classified": ["LINEAR", float("nan"), 2, ""]}, {"size": [48]},
    ):  # fmt: skip
        with pytest.raises(ValueError):  # noqa: PT011 - any
            of_wire(said | wrong, data)


def test_a_profile_of_greys_is_no_window(tmp_path: Path) -> None:
    profile = grey_profile(1.0)
    grey = (RAMP % 256).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "a.png", icc_profile=profile)
    tifffile.imwrite(tmp_path / "a.tif", RAMP.astype(np.uint16), iccprofile=profile)
    for name in ("a.png", "a.tif"):
        found = values_of(tmp_path / name)
        assert found.classified is None
        assert found.values.max() == (255 if name == "a.png" else 1535)
