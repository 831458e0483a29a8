"""Formats: each is found by its file's first bytes or its ending, ours and those of plug-ins."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from model.images.formats import Sure, format_of, formats, image_endings, single_endings
from tests.model.plugins import install

ROOT = Path(__file__).resolve().parents[2]
BOX = b"\0\0\0\x18"

TOY = '''
from model.images.formats import Format, Sure, register


@register
class Toy(Format):
    """A width, a height and a grey."""

    name = "toy"
    endings = frozenset({".toy"})

    def matches(self, header, ending):
        return Sure.MARK if header.startswith(b"TOY1") else Sure.NO

    def read(self, path, frame, wanted):
        from PIL import Image

        width, height, grey = path.read_bytes()[4:7]
        return Image.new("RGB", (width, height), (grey, grey, grey)), (width, height)
'''

READ_A_FOLDER = """
import sys
from pathlib import Path
from model.images.scan import iter_images
from model.images.reading import image_size, read_image
if __name__ == "__main__":
    for path in iter_images([Path(sys.argv[1])]):
        print(path.name, image_size(path), read_image(path).getpixel((0, 0)))
"""


def test_a_format_from_elsewhere_is_found_in_folders_and_read(tmp_path: Path) -> None:
    plugins = install(tmp_path / "plugins", "fewshot.formats", "toy_format", TOY)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.toy").write_bytes(b"TOY1" + bytes([9, 7, 99]))
    (tmp_path / "images" / "b.txt").write_bytes(b"TOY1" + bytes([9, 7, 99]))
    Image.new("RGB", (3, 2), (1, 2, 3)).save(tmp_path / "images" / "c.png")
    done = subprocess.run(
        [sys.executable, "-c", READ_A_FOLDER, str(tmp_path / "images")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(plugins)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["a.toy (9, 7) (99, 99, 99)", "c.png (3, 2) (1, 2, 3)"]


@pytest.mark.parametrize(
    ("header", "ending", "name"),
    [
        (b"\xff\xd8\xff\xe0", ".tif", "plain"), (b"GIF89a", "", "plain"), (b"BM", ".dcm", "plain"),
        (b"P6", "", "plain"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 16 + b"\x08\x02", ".png", "plain"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 16 + b"\x10\x00", ".png", "plain"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 16 + b"\x10\x02", ".png", "deep-png"),
        (b"II*\0" + b"\0" * 124 + b"DICM", ".nef", "dicom"), (b"II*\0", ".jpg", "tiff"), (b"MM\0+", "", "tiff"),
        (b"II*\0", ".NEF", "raw"), (b"IIU\0", "", "raw"), (b"whatever", ".cr2", "raw"), (BOX + b"ftypcrx ", "", "raw"),
        (BOX + b"ftypheic", ".jpg", "heif"), (BOX + b"ftypmif1", ".avif", "heif"), (BOX + b"ftypavif", "", "pillow"),
        (BOX + b"ftypisom", "", "video"), (BOX + b"moov", "", "video"), (b"RIFF\0\0\0\0AVI ", "", "video"),
        (b"RIFF\0\0\0\0WEBP", ".avi", "pillow"), (b"\x1a\x45\xdf\xa3", ".dcm", "video"),
        (b"\x08\0\x05\0CS\x0a\0ISO_IR", "", "dicom"), (b"\x08\0\0\0\x04\0\0\0\xe8\x01\0\0", "", "dicom"),
        (b"words", ".dcm", "dicom"), (b"words", ".png", "pillow"), (b"", "", "pillow"),
    ],
)  # fmt: skip
def test_the_first_bytes_tell_the_format_and_the_ending_where_they_say_nothing(
    header: bytes, ending: str, name: str
) -> None:
    assert format_of(header, ending).name == name


def test_endings_of_files_that_may_hold_several_images_are_not_single() -> None:
    assert {".jpg", ".webp", ".dng", ".tiff", ".dcm", ".heic", ".webm"} <= image_endings()
    assert {".jpg", ".webp", ".dng"} <= single_endings()
    assert single_endings().isdisjoint({".tiff", ".dcm", ".heic", ".webm"})


def test_only_plain_files_are_trusted_and_any_format_can_be_asked_about_nothing() -> None:
    assert [one.name for one in formats if one.trusted] == ["plain"]
    for one in formats:
        assert one.matches(b"", "") <= Sure.FALLBACK
