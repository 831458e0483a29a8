"""What a search of folders leaves aside is counted, and what can be read is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from model.images.left_aside import LeftAside
from model.images.scan import begins_as_image, class_folders, is_image_name, iter_files, iter_images, may_be_image
from tests.model.dicom_support import write_dicom
from tests.model.images_support import touch


def test_files_of_other_kinds_are_counted_by_their_endings(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "sub/b.TXT", "c.docx", "README", "Thumbs.db", ".hidden", ".git/x.py", "DICOMDIR", "e.png")
    tally = LeftAside()
    assert [path.name for path in iter_images([tmp_path], left_aside=tally)] == ["e.png"]
    assert tally.endings == {".txt": 2, ".docx": 1, ".db": 1, "": 2}
    assert tally.count == len(tally.files) == 6
    assert tmp_path / "sub" / "b.TXT" in tally.files
    assert str(tally) == "6 files of other kinds left aside: without an ending (2), .txt (2), .db (1), .docx (1)."


def test_nothing_is_said_where_nothing_was_left_aside_and_little_of_many(tmp_path: Path) -> None:
    tally = LeftAside()
    touch(tmp_path, "a.png")
    assert list(iter_files([tmp_path, tmp_path / "named.txt"], left_aside=tally))
    assert (tally.count, str(tally)) == (0, "")
    tally.add(Path("x.log"))
    assert str(tally) == "1 file of another kind left aside: .log (1)."
    for number in range(7):
        tally.add(Path(f"x.e{number}"))
    assert str(tally).endswith(", and 3 more endings.")


def test_folders_of_classes_count_too(tmp_path: Path) -> None:
    touch(tmp_path, "cats/a.png", "cats/notes.txt", "dogs/list.csv")
    tally = LeftAside()
    class_folders(tmp_path, left_aside=tally)
    assert tally.endings == {".txt": 1, ".csv": 1}


def test_every_ending_that_is_read_by_name_is_found_by_a_search(tmp_path: Path) -> None:
    names = [
        f"image.{ending}"
        for ending in (
            [
                "svs",
                "ndpi",
                "mpo",
                "3gp",
                "asf",
                "flv",
                "mjpeg",
                "m2ts",
                "mts",
                "jxl",
                "jls",
                "webm",
                "psd",
                "pcx",
                "ico",
                "sgi",
                "jpf",
                "pnm",
                "tga",
                "avif",
                "heic",
                "dng",
                "tiff",
                "dcm",
            ]
        )
    ]
    assert all(is_image_name(name) for name in names)


def test_the_first_bytes_tell_where_the_ending_does_not(tmp_path: Path) -> None:
    packet = (b"G" + b"\xff" * 187) * 4
    (tmp_path / "clip.ts").write_bytes(packet)
    (tmp_path / "program.ts").write_text("export const a = 1;\n" * 40, encoding="utf-8")
    (tmp_path / "dialog_de.ts").write_text("<?xml version='1.0'?>" * 40, encoding="utf-8")
    write_dicom(tmp_path / "IM0001", np.zeros((8, 8), np.uint8))
    tally = LeftAside()
    assert [path.name for path in iter_files([tmp_path], left_aside=tally)] == ["clip.ts", "IM0001"]
    assert tally.endings == {".ts": 2}
    assert may_be_image("clip.ts")
    assert not may_be_image("DICOMDIR")
    assert begins_as_image(tmp_path / "clip.ts")
    assert not begins_as_image(tmp_path / "program.ts")


def test_what_is_missing_of_a_file_is_said_in_a_search(tmp_path: Path) -> None:
    write_dicom(tmp_path / "cine.dcm", np.zeros((2, 8, 8), np.uint8), NumberOfFrames=5)
    Image.new("RGB", (4, 4)).save(tmp_path / "whole.png")
    said: list[tuple[str, str]] = []
    found = list(iter_images([tmp_path], passed_over=lambda path, reason: said.append((path.name, reason))))
    assert [path.name for path in found] == ["cine.dcm#1", "cine.dcm#2", "whole.png"]
    ((name, reason),) = said
    assert name == "cine.dcm"
    assert reason.startswith("is cut off: 2 of the 5 frames that it promises are there.")
