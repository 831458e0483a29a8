"""Which reader a file needs: told by its first bytes, and by its ending only where those say nothing."""

from __future__ import annotations

import struct
from enum import StrEnum

HEADER_BYTES = 132
"""How much of a file's start `kind_of` wants to see."""


class Kind(StrEnum):
    """The readers. The first is trusted with files from anywhere, the others run in a process of their own."""

    PLAIN = "plain"  # JPEG, PNG, GIF, BMP, PPM: by Pillow, whose decoders for them are fuzzed every day
    PILLOW = "pillow"  # what else Pillow knows
    WIDE_PNG = "wide-png"  # 16 bits and more than one channel, of which Pillow keeps 8
    TIFF = "tiff"
    DICOM = "dicom"
    HEIF = "heif"
    RAW = "raw"
    VIDEO = "video"


PLAIN_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".dib", ".ppm", ".pgm", ".pbm"})
PILLOW_SUFFIXES = frozenset({".webp", ".avif", ".jp2", ".j2k", ".tga"})
TIFF_SUFFIXES = frozenset({".tif", ".tiff"})
DICOM_SUFFIXES = frozenset({".dcm", ".dicom", ".dic", ".ima"})
HEIF_SUFFIXES = frozenset({".heic", ".heif", ".hif"})
RAW_SUFFIXES = frozenset(
    {".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw", ".x3f"}
)
VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv"})

IMAGE_SUFFIXES = (
    PLAIN_SUFFIXES | PILLOW_SUFFIXES | TIFF_SUFFIXES | DICOM_SUFFIXES | HEIF_SUFFIXES | RAW_SUFFIXES | VIDEO_SUFFIXES
)
"""The endings by which folders are searched. DICOM files have none as often as not: see `looks_like_dicom`."""

_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DICOM_MARK = b"DICM"
_RAW_STARTS = (b"IIRO", b"IIRS", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb")
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_VIDEO_STARTS = (
    b"\x1a\x45\xdf\xa3",  # Matroska and WebM
    b"\0\0\x01\xba",  # MPEG
    b"\0\0\x01\xb3",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # Windows Media
)
_VIDEO_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})  # QuickTime before there was "ftyp"


def kind_of(header: bytes, suffix: str) -> Kind:
    """Return the reader for a file that starts with `header` and whose name ends in `suffix`."""
    if header.startswith((b"\xff\xd8\xff", b"GIF8", b"BM")) or (header[:1] == b"P" and header[1:2] in b"123456"):
        return Kind.PLAIN
    if header.startswith(b"\x89PNG\r\n\x1a\n"):
        return (
            Kind.WIDE_PNG if header[24:25] == b"\x10" and header[25:26] in (b"\x02", b"\x04", b"\x06") else Kind.PLAIN
        )
    suffix = suffix.lower()
    if header[128:132] == _DICOM_MARK:  # its preamble may be that of a TIFF file
        return Kind.DICOM
    if header.startswith(_TIFF_STARTS):
        return Kind.RAW if suffix in RAW_SUFFIXES else Kind.TIFF
    if header.startswith(_RAW_STARTS) or suffix in RAW_SUFFIXES:
        return Kind.RAW
    if header[4:8] == b"ftyp":
        return _by_brand(header[8:12])
    if header.startswith(_VIDEO_STARTS) or header[4:8] in _VIDEO_BOXES or header[:4] + header[8:11] == b"RIFFAVI":
        return Kind.VIDEO
    if looks_like_dicom(header):
        return Kind.DICOM
    return Kind.DICOM if suffix in DICOM_SUFFIXES else Kind.PILLOW


def _by_brand(brand: bytes) -> Kind:
    if brand in _HEIF_BRANDS:
        return Kind.HEIF
    if brand in _AVIF_BRANDS:
        return Kind.PILLOW
    return Kind.RAW if brand == b"crx " else Kind.VIDEO


def looks_like_dicom(header: bytes) -> bool:
    """Whether a file that starts so is DICOM: with its preamble, or without, from its first element on."""
    if header[128:132] == _DICOM_MARK:
        return True
    if len(header) < 12:
        return False
    for order in "<>":
        group, element = struct.unpack_from(order + "HH", header)
        if group in (0x0002, 0x0008) and element <= 0x0020:
            explicit = header[4:6].isalpha() and header[4:6].isupper()
            return explicit or struct.unpack_from(order + "I", header, 4)[0] <= 64
    return False
