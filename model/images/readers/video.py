"""Videos: decoded in `_video`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

_STARTS = (
    b"\x1a\x45\xdf\xa3",  # Matroska and WebM
    b"\0\0\x01\xba",  # MPEG
    b"\0\0\x01\xb3",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # Windows Media
    b"FLV\x01",
    b"OggS",
    b"YUV4MPEG2",
)
_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})  # QuickTime before there was "ftyp"
_BARE_MOTION_JPEG = frozenset({".mjpeg", ".mjpg"})
_SYNC = 0x47  # the first byte of each packet of an MPEG transport stream
_PACKETS = ((0, 188), (4, 192))  # bytes before the first one's, and of a packet


@register
class Video(Format):
    """Some frames a second are images."""

    name = "video"
    endings = _BARE_MOTION_JPEG | {
        ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".asf", ".flv", ".f4v", ".3gp",
        ".3g2", ".m2ts", ".mts", ".m2t", ".m2v", ".vob", ".ogv", ".y4m",
    }  # fmt: skip
    doubtful_endings = frozenset({".ts"})  # programs in TypeScript, and texts of translators
    several = True

    def matches(self, header: bytes, ending: str) -> Sure:
        """See `Format.matches`."""
        if ending in _BARE_MOTION_JPEG and header.startswith(b"\xff\xd8\xff"):
            return Sure.PLAIN_BUT
        if header[4:8] == b"ftyp":
            return Sure.CONTAINER
        is_avi = header[:4] + header[8:11] == b"RIFFAVI"
        if header.startswith(_STARTS) or header[4:8] in _BOXES or is_avi or _is_transport_stream(header):
            return Sure.MARK
        return Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:  # noqa: ARG002
        """See `Format.read`."""
        from model.images.readers import _video

        return _video.read(path, frame)

    def size(self, path: Path, frame: int | None) -> Size:  # noqa: ARG002 - all frames are alike
        """See `Format.size`."""
        from model.images.readers import _video

        return _video.size(path)

    def parts(self, path: Path, rate: float) -> list[int]:
        """See `Format.parts`; every frame where the video has not more than `rate` a second."""
        from model.images.readers import _video

        return _video.parts(path, rate)

    def note(self, path: Path) -> str:
        """See `Format.note`."""
        from model.images.readers import _video

        return _video.note(path)


def _is_transport_stream(header: bytes) -> bool:
    return any(
        len(header) > first + 2 * step and all(header[first + k * step] == _SYNC for k in range(3))
        for first, step in _PACKETS
    )
