"""DICOM: decoded in `_dicom`."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

    from model.images.facts import Fact
    from model.images.grey_values import GreyValues
    from model.images.series import Place
    from model.types import Region


@register
class Dicom(Format):
    """Frames are images. What a decoder says of a damaged file may quote the patient's name."""

    name = "dicom"
    endings = frozenset({".dcm", ".dicom", ".dic", ".ima"})
    may_lack_ending = True
    several = True
    names_subject = True
    in_series = True
    quotable = False

    def matches(self, header: bytes, ending: str) -> Sure:
        """See `Format.matches`."""
        if header[128:132] == b"DICM":  # its preamble may be that of a TIFF file
            return Sure.LONG_MARK
        if _begins_with_an_element(header):
            return Sure.LIKELY
        return Sure.ENDING if ending in self.endings else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _dicom

        return _dicom.read(path, frame, wanted)

    def values(self, path: Path, frame: int | None, wanted: Wanted, box: Region | None) -> GreyValues | None:
        """See `Format.values`."""
        from model.images.readers import _dicom

        return _dicom.values(path, frame, wanted, box)

    def facts(self, path: Path, frame: int | None) -> tuple[Fact, ...]:
        """See `Format.facts`."""
        from model.images.readers import _dicom_facts

        return _dicom_facts.facts(path, frame)

    def place(self, path: Path) -> Place | None:
        """See `Format.place`."""
        from model.images.readers import _dicom_facts

        return _dicom_facts.place(path)

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _dicom

        return _dicom.size(path, frame)

    def parts(self, path: Path, rate: float) -> list[int]:  # noqa: ARG002 - every frame counts
        """See `Format.parts`."""
        from model.images.readers import _dicom

        return _dicom.parts(path)

    def note(self, path: Path) -> str:
        """See `Format.note`."""
        from model.images.readers import _dicom

        return _dicom.note(path)

    def remark(self, path: Path) -> str:
        """See `Format.remark`."""
        from model.images.readers import _dicom_file

        return _dicom_file.remark(path)

    def subject(self, path: Path) -> tuple[str, str]:
        """See `Format.subject`."""
        from model.images.readers import _dicom_file

        return _dicom_file.subject(path)


def _begins_with_an_element(header: bytes) -> bool:
    """Whether a file may be DICOM without its preamble: one that starts with its first element."""
    if len(header) < 12:
        return False
    for order in "<>":
        group, element = struct.unpack_from(order + "HH", header)
        if group in (0x0002, 0x0008) and element <= 0x0020:
            explicit = header[4:6].isalpha() and header[4:6].isupper()
            return explicit or struct.unpack_from(order + "I", header, 4)[0] <= 64
    return False
