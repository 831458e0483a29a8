"""Decoders that pydicom asks where its own fail: lossless and 12-bit JPEG, JPEG-LS, JPEG 2000."""

from __future__ import annotations

import imagecodecs
from pydicom import uid
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder

_DECODERS = {
    uid.JPEGExtended12Bit: imagecodecs.jpeg_decode,
    uid.JPEGLossless: imagecodecs.jpeg_decode,
    uid.JPEGLosslessSV1: imagecodecs.jpeg_decode,
    uid.JPEGLSLossless: imagecodecs.jpegls_decode,
    uid.JPEGLSNearLossless: imagecodecs.jpegls_decode,
    uid.JPEG2000Lossless: imagecodecs.jpeg2k_decode,
    uid.JPEG2000: imagecodecs.jpeg2k_decode,
    uid.HTJ2KLossless: imagecodecs.jpeg2k_decode,
    uid.HTJ2KLosslessRPCL: imagecodecs.jpeg2k_decode,
    uid.HTJ2K: imagecodecs.jpeg2k_decode,
}

DECODER_DEPENDENCIES = dict.fromkeys(_DECODERS, ("imagecodecs",))
"""What pydicom names in its messages."""


def is_available(syntax: str) -> bool:
    """Whether frames of a transfer syntax can be decoded here."""
    return syntax in _DECODERS


def decode_frame(data: bytes, runner: DecodeRunner) -> bytes:
    """Return a frame's pixels, colour by pixel, and tell `runner` how wide they are."""
    values = _DECODERS[runner.transfer_syntax](data)
    runner.set_option("bits_allocated", 8 * values.itemsize)
    if values.ndim == 3:
        runner.set_option("planar_configuration", 0)
    pixels: bytes = values.tobytes()
    return pixels


def register() -> None:
    """Have pydicom use these decoders."""
    for syntax in _DECODERS:
        get_decoder(syntax).add_plugin("imagecodecs", (__name__, decode_frame.__name__))
