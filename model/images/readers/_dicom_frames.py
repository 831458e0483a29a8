"""Frames of DICOM files decoded: colour and sign are those of the compressed stream, whatever the header calls them."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any, NamedTuple

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
from PIL import Image
from pydicom import uid
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import convert_color_space
from pydicom.pixels.utils import pixel_array

from model.images.readers import _dicom_codecs
from model.images.readers._dicom_bits import Sample, sample_of, samples
from model.images.readers._dicom_file import first_number
from model.images.readers._jpeg_2000 import stream_of
from model.messages import message

Values = npt.NDArray[Any]

_JPEG_2000 = frozenset(
    {uid.JPEG2000Lossless, uid.JPEG2000, uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K}
)  # fmt: skip
_JPEG_LS = frozenset({uid.JPEGLSLossless, uid.JPEGLSNearLossless})
_JPEG_LOSSLESS = frozenset({uid.JPEGLossless, uid.JPEGLosslessSV1})
_JPEG = frozenset({uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit})
_OF_JPEG = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422"})  # labels that pydicom weighs against the stream
_OF_JPEG_2000 = frozenset({"YBR_ICT", "YBR_RCT"})
_NOT_READ = frozenset({"ARGB", "CMYK", "HSV"})
_JP2 = b"\0\0\0\x0cjP  "
_SRGB, _SYCC = 16, 18  # of the colour box of JP2

_dicom_codecs.register()


class UnsupportedError(Exception):
    """A file is whole, but of a kind that is not read; says which."""


class Stream(NamedTuple):
    """What a compressed frame says of itself; None where it does not say."""

    bits: int | None = None
    signed: bool | None = None
    colour: str | None = None  # of what a decoder gives: "RGB" or "YBR"
    is_told: bool = False  # Pillow makes RGB of it: by Adobe's marker, or as its components are called R, G and B


def is_decodable(dataset: pydicom.FileDataset) -> bool:
    """Whether a file's compression is known here."""
    try:
        return bool(get_decoder(dataset.file_meta.TransferSyntaxUID).is_available)
    except NotImplementedError:  # not of pictures, or unheard of
        return False


def frame_values(dataset: pydicom.FileDataset, index: int, sample: Sample | None = None) -> Values:
    """Return the values of a frame, greys (H, W) as stored or colours (H, W, 3) in RGB. May raise anything.

    `sample`: where values lie in their words; None where the words of the frame tell.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    label = str(dataset.get("PhotometricInterpretation") or "")
    if label in _NOT_READ:
        raise UnsupportedError(message("colours called {label}", label=label))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if syntax.is_compressed and syntax.is_encapsulated:
            found = _by_stream(dataset, index, syntax, label)
            if found is not None:
                return found
        return _by_pydicom(dataset, index, label, sample)


def _by_pydicom(dataset: pydicom.FileDataset, index: int, label: str, sample: Sample | None = None) -> Values:
    options: dict[str, Any] = {"correct_unused_bits": label.startswith("YBR")}
    if first_number(dataset, "SamplesPerPixel") == 3 and not label.startswith(("RGB", "YBR")):
        options["photometric_interpretation"] = "RGB"
    if label == "YBR_PARTIAL_422":
        options |= {"photometric_interpretation": "YBR_FULL_422", "raw": True}
    elif label.startswith("YBR_PARTIAL") or (label in _OF_JPEG_2000 and not _is_compressed(dataset)):
        options |= {"photometric_interpretation": "YBR_FULL" if "PARTIAL" in label else "RGB", "raw": True}
    try:
        values = pixel_array(dataset, index=index, **options)
    except NotImplementedError as problem:
        raise UnsupportedError(" ".join(str(problem).split())[:80]) from problem
    if "PARTIAL" in label:
        return _from_partial(values)
    return values if label.startswith("YBR") else _sampled(values, dataset, sample)


def _sampled(values: Values, dataset: pydicom.FileDataset, sample: Sample | None = None) -> Values:
    return values if values.dtype.kind == "f" else samples(values, sample or sample_of(dataset, values))


def _is_compressed(dataset: pydicom.FileDataset) -> bool:
    return bool(dataset.file_meta.TransferSyntaxUID.is_compressed)


def _by_stream(dataset: pydicom.FileDataset, index: int, syntax: uid.UID, label: str) -> Values | None:
    """Decode a frame by imagecodecs where the header may not be believed; None where pydicom does as well."""
    signed_header = first_number(dataset, "PixelRepresentation") == 1
    channels = int(first_number(dataset, "SamplesPerPixel") or 1)
    data = get_frame(
        dataset.PixelData, index, number_of_frames=max(1, int(first_number(dataset, "NumberOfFrames") or 1))
    )
    stream = _stream(data, syntax)
    if syntax in _JPEG:
        return _jpeg_colours(dataset, index, data, stream, label) if channels == 3 and stream.bits == 8 else None
    if syntax not in _JPEG_2000 | _JPEG_LS | _JPEG_LOSSLESS:
        return None
    is_boxed = data.startswith(_JP2)  # in which pydicom may look for the codestream for ever
    if channels == 1 and not signed_header and not stream.signed and not is_boxed and syntax not in _JPEG_LS:
        return None
    try:
        values = _decoded(data, syntax)
    except Exception:
        if is_boxed or syntax in _JPEG_LS:
            raise
        return None  # pydicom has other decoders
    if values.ndim == 3:
        colour = stream.colour or ("YBR" if label.startswith("YBR_FULL") else "RGB")
        return values if colour == "RGB" else _from_ybr(values)
    if values.dtype.kind == "u" and signed_header:
        return _with_sign(values, stream.bits or 8 * values.itemsize, int(first_number(dataset, "BitsStored") or 0))
    return values if values.dtype.kind == "i" else _sampled(values, dataset)


def _jpeg_colours(dataset: pydicom.FileDataset, index: int, data: bytes, stream: Stream, label: str) -> Values | None:
    """Decode colours of 8 bits where the label may not be believed; None where pydicom does as well."""
    if stream.is_told:
        return _by_pillow(data)  # of which pydicom would make RGB once more, or YCbCr before
    if label in _OF_JPEG:
        return None
    if stream.colour == "RGB":
        return _by_pydicom(dataset, index, "RGB")
    is_ycc = stream.colour == "YBR" or label in _OF_JPEG_2000
    return _by_pillow(data) if is_ycc else None


def _decoded(data: bytes, syntax: uid.UID) -> Values:
    if syntax in _JPEG_2000:
        return np.asarray(imagecodecs.jpeg2k_decode(data))
    if syntax in _JPEG_LS:
        if b"\xff\xd9" not in data:  # it would look for its end for seconds
            raise ValueError(message("no end of the frame"))
        return np.asarray(imagecodecs.jpegls_decode(data))
    return np.asarray(imagecodecs.jpeg_decode(data))


def _by_pillow(data: bytes) -> Values:
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGB"))


def _with_sign(values: Values, bits: int, stored: int) -> Values:
    """Return codes in two's complement of so many bits as the numbers that they mean.

    A stream of more bits than are stored may hold either the sign in all its bits, or codes of the bits stored.
    """
    if 0 < stored < bits and int(values.max(initial=0)) < 2**stored:
        bits = stored
    wide = values.astype(np.int64)
    return np.where(wide >= 2 ** (bits - 1), wide - 2**bits, wide).astype(np.int32)


def _from_ybr(values: Values) -> Values:
    if values.dtype == np.uint8:
        return np.asarray(convert_color_space(values, "YBR_FULL", "RGB"))
    half = 2.0 ** (8 * values.itemsize - 1)
    luma, blue, red = (values[..., channel].astype(np.float64) for channel in range(3))
    rgb = np.stack([luma + 1.402 * (red - half), luma - 0.344136 * (blue - half) - 0.714136 * (red - half),
                    luma + 1.772 * (blue - half)], axis=2)  # fmt: skip
    return rgb.round().clip(0, 2 * half - 1).astype(values.dtype)


def _from_partial(values: Values) -> Values:
    """Convert Y in 16..235, Cb and Cr in 16..240 (ITU-R BT.601) to RGB of 8 bits."""
    luma = (values[..., 0].astype(np.float64) - 16) * 255 / 219
    blue, red = ((values[..., channel].astype(np.float64) - 128) * 255 / 224 for channel in (1, 2))
    rgb = np.stack([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], axis=2)
    return rgb.round().clip(0, 255).astype(np.uint8)


def _stream(data: bytes, syntax: uid.UID) -> Stream:
    try:
        return _jpeg_2000(data) if syntax in _JPEG_2000 else _jpeg(data)
    except (struct.error, IndexError, ValueError):
        return Stream()


def _jpeg_2000(data: bytes) -> Stream:
    """Read the first markers of a codestream, alone or in JP2 boxes."""
    found = stream_of(data)
    if found is None:
        raise ValueError(message("no JPEG 2000 codestream"))
    colour = {_SRGB: "RGB", _SYCC: "YBR"}.get(found.colours) if found.colours is not None else None
    coding = data.find(b"\xff\x52", found.start)
    if coding >= 0 and data[coding + 8] == 1:  # its own transform was used, and is undone by its decoder
        colour = "RGB"
    return Stream(found.bits[0], found.signed, colour)


def _jpeg(data: bytes) -> Stream:
    """Read the markers of JPEG, lossless JPEG and JPEG-LS up to the frame's."""
    at, colour, bits, is_told = 2, None, None, False
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        content = data[at + 4 : at + 2 + length]
        if marker == 0xEE and content.startswith(b"Adobe") and len(content) >= 12:
            colour, is_told = "RGB", True  # decoders undo the transforms that this and the next speak of
        elif marker == 0xE8 and content.startswith(b"mrfx"):
            colour = "RGB"
        elif marker == 0xE0 and content.startswith(b"JFIF"):
            colour = colour or "YBR"
        elif (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)) or marker == 0xF7:
            bits = content[0]
            if content[5] == 3 and bytes(content[6::3][:3]) in (b"RGB", b"rgb"):
                colour, is_told = "RGB", is_told or content[6] == ord("R")
            break
        at += 2 + length
    return Stream(bits, None, colour, is_told)
