"""DICOM as a viewer shows it: files that pydicom ships in every compression, and written ones with known values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_color_lut, pixel_array
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from model.errors import ImageReadError
from model.images.items import Item
from model.images.reading import image_size, parts, read_image

VALUES = np.array([[0, 1000, 2000], [3000, 4000, 4095]], np.uint16)


def _file(name: str) -> Path:
    found = get_testdata_file(name, download=False)
    assert found is not None
    return Path(found)


def _grey(path: Path) -> np.ndarray:
    image = np.asarray(read_image(path))
    assert (image[..., 0] == image[..., 1]).all()
    assert (image[..., 0] == image[..., 2]).all()
    assert image_size(path) == (image.shape[1], image.shape[0])
    return image[..., 0]


def _write(path: Path, values: np.ndarray = VALUES, **header: object) -> Path:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = pydicom.uid.generate_uid()
    dataset.PatientName = "Marker^Mary"
    dataset.Rows, dataset.Columns = values.shape[-2:]
    if values.ndim == 3:
        dataset.NumberOfFrames = len(values)
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    dataset.PixelData = values.astype(values.dtype.newbyteorder("<")).tobytes()
    for name, value in header.items():
        setattr(dataset, name, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_without_a_window_the_own_range_is_shown(tmp_path: Path) -> None:
    expected = np.round(VALUES * 255.0 / 4095)
    assert np.array_equal(_grey(_write(tmp_path / "plain.dcm")), expected)


def test_the_rescale_comes_before_the_window(tmp_path: Path) -> None:
    # Stored 1000 means 1000 * 2 - 1000 = 1000, the window's middle; PS3.3 C.11.2.1.2 gives its ends.
    path = _write(tmp_path / "ct.dcm", RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=1000.5, WindowWidth=4001)
    meant = VALUES * 2.0 - 1000
    expected = np.round((((meant - 1000) / 4000 + 0.5) * 255).clip(0, 255))
    assert np.abs(_grey(path) - expected).max() <= 1
    assert _grey(path)[0, 1] in (127, 128)
    assert _grey(path)[0, 0] == 0
    assert _grey(path)[1, 2] == 255


def test_of_several_windows_the_first_counts(tmp_path: Path) -> None:
    both = _write(tmp_path / "both.dcm", WindowCenter=[1000, 40], WindowWidth=[500, 4000])
    first = _write(tmp_path / "first.dcm", WindowCenter=1000, WindowWidth=500)
    assert np.array_equal(_grey(both), _grey(first))


def test_monochrome1_is_inverted_after_the_window(tmp_path: Path) -> None:
    window = {"WindowCenter": 2000, "WindowWidth": 3000}
    light = _grey(_write(tmp_path / "light.dcm", **window))
    dark = _grey(_write(tmp_path / "dark.dcm", PhotometricInterpretation="MONOCHROME1", **window))
    assert np.array_equal(dark, 255 - light)
    shape = _grey(_write(tmp_path / "shape.dcm", PresentationLUTShape="INVERSE", **window))
    assert np.array_equal(shape, 255 - light)


def test_a_voi_table_is_looked_up(tmp_path: Path) -> None:
    table = Dataset()
    table.LUTDescriptor = [3, 2000, 8]  # three entries, from value 2000 on, of 8 bits
    table.add_new("LUTData", "US", [10, 20, 30])
    values = np.array([[1999, 2000], [2001, 2500]], np.uint16)
    assert _grey(_write(tmp_path / "voi.dcm", values, VOILUTSequence=[table])).tolist() == [[10, 10], [20, 30]]


def test_padding_does_not_stretch_the_range(tmp_path: Path) -> None:
    values = np.array([[-2000, 0], [50, 100]], np.int16)
    seen = _grey(_write(tmp_path / "padded.dcm", values, PixelPaddingValue=-2000, BitsStored=16, HighBit=15))
    assert seen.tolist() == [[0, 0], [127, 255]]


def test_signed_values_and_both_ways_to_write_them(tmp_path: Path) -> None:
    values = np.array([[-1000, 0], [500, 1000]], np.int16)
    path = _write(tmp_path / "signed.dcm", values, BitsStored=16, HighBit=15)
    assert _grey(path).tolist() == [[0, 128], [191, 255]]
    implicit = pydicom.dcmread(path)
    implicit.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    implicit.save_as(tmp_path / "implicit.dcm", implicit_vr=True, little_endian=True)
    assert np.array_equal(_grey(path), _grey(tmp_path / "implicit.dcm"))


def test_files_without_preamble_are_read_under_any_name(tmp_path: Path) -> None:
    whole = _write(tmp_path / "whole.dcm").read_bytes()
    for name, data in {"IM0001": whole, "bare.dcm": whole[132:], "1.2.840.10008.5": whole[132:]}.items():
        (tmp_path / name).write_bytes(data)
        assert np.array_equal(_grey(tmp_path / name), _grey(tmp_path / "whole.dcm"))


def test_a_preamble_that_looks_like_tiff_changes_nothing(tmp_path: Path) -> None:
    data = _write(tmp_path / "one.dcm").read_bytes()
    (tmp_path / "two.dcm").write_bytes(b"II*\0" + data[4:])
    assert np.array_equal(_grey(tmp_path / "one.dcm"), _grey(tmp_path / "two.dcm"))


def test_frames_are_items_of_their_own(tmp_path: Path) -> None:
    frames = np.stack([VALUES, VALUES // 2, VALUES[::-1]])
    path = _write(tmp_path / "cine.dcm", frames)
    items = parts(path)
    assert items == [Item(path, number).path for number in (1, 2, 3)]
    for item, frame in zip(items, frames, strict=True):  # one range for all
        assert np.array_equal(_grey(item), np.round(frame.astype(float) * 255 / 4095))
    with pytest.raises(ImageReadError, match="no frame 4"):
        read_image(Item(path, 4).path)


def test_frames_of_enhanced_files_have_windows_of_their_own(tmp_path: Path) -> None:
    def group(slope: float, centre: float, width: float) -> Dataset:
        values, window, item = Dataset(), Dataset(), Dataset()
        values.RescaleSlope, values.RescaleIntercept = slope, 0
        window.WindowCenter, window.WindowWidth = centre, width
        item.PixelValueTransformationSequence, item.FrameVOILUTSequence = [values], [window]
        return item

    frames = np.stack([VALUES, VALUES])
    enhanced = _write(
        tmp_path / "enhanced.dcm", frames, PerFrameFunctionalGroupsSequence=[group(1, 2000, 1000), group(0.5, 300, 900)]
    )
    for number, (slope, centre, width) in enumerate([(1, 2000, 1000), (0.5, 300, 900)], 1):
        plain = _write(tmp_path / "plain.dcm", RescaleSlope=slope, RescaleIntercept=0,
                       WindowCenter=centre, WindowWidth=width)  # fmt: skip
        assert np.array_equal(_grey(Item(enhanced, number).path), _grey(plain))


@pytest.mark.parametrize(
    "name",
    ["MR_small_implicit", "MR_small_bigendian", "MR_small_expb", "MR_small_RLE", "MR_small_jp2klossless",
     "MR_small_jpeg_ls_lossless", "MR_small_padded"],
)  # fmt: skip
def test_every_compression_of_a_slice_gives_the_same_pixels(name: str) -> None:
    assert np.array_equal(_grey(_file(f"{name}.dcm")), _grey(_file("MR_small.dcm")))


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [("SC_rgb_rle", 0), ("SC_rgb_jpeg_gdcm", 0), ("SC_rgb_jpeg_dcmtk", 6), ("SC_rgb_dcmtk_+eb+cr", 2),
     ("SC_rgb_jpeg_lossy_gdcm", 3), ("SC_ybr_full_422_uncompressed", 6), ("SC_rgb_jls_lossy_line", 6),
     ("SC_rgb_rle_16bit", 1), ("SC_rgb_rle_32bit", 1)],
)  # fmt: skip
def test_colours_are_the_same_however_they_are_stored(name: str, tolerance: int) -> None:
    """Rows of pydicom's test pattern: red, light red, green, light green, blue, light blue, three greys, white."""
    image = np.asarray(read_image(_file(f"{name}.dcm"))).astype(int)
    pattern = [(255, 0, 0), (255, 128, 128), (0, 255, 0), (128, 255, 128), (0, 0, 255), (128, 128, 255),
               (0, 0, 0), (64, 64, 64), (192, 192, 192), (255, 255, 255)]  # fmt: skip
    for number, colour in enumerate(pattern):
        assert np.abs(image[10 * number + 5, 50] - colour).max() <= tolerance


def test_palettes_give_their_colours() -> None:
    path = _file("examples_palette.dcm")
    dataset = pydicom.dcmread(path)
    expected = apply_color_lut(dataset.pixel_array, dataset)
    assert np.abs(np.asarray(read_image(path)).astype(int) - np.round(expected / 257)).max() <= 1


@pytest.mark.parametrize("name", ["JPEG-lossy", "JPGExtended", "JPEG2000", "JPEGLSNearLossless_16", "GDCMJ2K_TextGBR"])
def test_medical_compressions_are_decoded(name: str) -> None:
    image = np.asarray(read_image(_file(f"{name}.dcm")))
    assert image.std() > 5


def test_ultrasound_frames_are_those_of_pydicom() -> None:
    path = _file("examples_ybr_color.dcm")
    items = parts(path)
    assert len(items) == 30
    dataset = pydicom.dcmread(path)
    for number in (1, 17, 30):
        expected = pixel_array(dataset, index=number - 1)
        assert np.array_equal(np.asarray(read_image(items[number - 1])), expected)


@pytest.mark.parametrize("name", ["rtplan.dcm", "test-SR.dcm", "reportsi.dcm", "waveform_ecg.dcm"])
def test_files_without_a_picture_say_so(name: str) -> None:
    with pytest.raises(ImageReadError, match="without a picture"):
        read_image(_file(name))


def test_what_is_wrong_is_said_without_what_the_header_says(tmp_path: Path) -> None:
    data = _write(tmp_path / "whole.dcm").read_bytes()
    for length in range(140, len(data), 16):
        path = tmp_path / "cut.dcm"
        path.write_bytes(data[:length])
        with pytest.raises(ImageReadError) as caught:
            read_image(path)
        assert "Mary" not in str(caught.value)
        assert caught.value.path == path
