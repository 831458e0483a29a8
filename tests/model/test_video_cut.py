"""Videos that end before their end: what is there is read, and it is said how much that is."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from model.errors import ImageReadError
from model.images.cutting import Cutting
from model.images.reading import parts, read_image
from tests.model.test_video import CLIPS, FRAMES, write_clip

EVERY = Cutting(1000)


def _found(path: Path) -> tuple[list[Path], list[str]]:
    said: list[str] = []
    return parts(path, EVERY, passed_over=lambda _, reason: said.append(reason)), said


def _cut(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


@pytest.mark.parametrize(("name", "codec"), CLIPS)
def test_whole_files_say_nothing(tmp_path: Path, name: str, codec: str) -> None:
    items, said = _found(write_clip(tmp_path / name, codec))
    assert (len(items), said) == (FRAMES, [])


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("clip.avi", "MJPG"), ("clip.mkv", "mp4v"), ("clip.webm", "VP80"), ("clip.wmv", "WMV2"), ("clip.asf", "WMV2"),
        ("clip.flv", "FLV1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.5, 0.7])
def test_what_is_there_is_read_and_the_rest_is_named(tmp_path: Path, name: str, codec: str, share: float) -> None:
    path = write_clip(tmp_path / name, codec)
    _cut(path, share)
    items, said = _found(path)
    count = len(items)
    assert 5 < count < FRAMES
    end = "Export it again from its source."
    assert said in (
        [f"is cut off: {count} of the {FRAMES} frames that it promises are there. {end}"],
        [f"is cut off: {count} frames are there. {end}"],
    )
    for item in (items[0], items[-1]):
        read_image(item)


@pytest.mark.parametrize("number", [1000, 70])
def test_an_avi_that_counts_more_frames_than_it_has(tmp_path: Path, number: int) -> None:
    path = write_clip(tmp_path / "clip.avi", "MJPG")
    data = bytearray(path.read_bytes())
    for at in (data.index(b"avih") + 24, data.index(b"strh") + 40):
        assert struct.unpack_from("<I", data, at) == (FRAMES,)
        struct.pack_into("<I", data, at, number)
    path.write_bytes(data)
    items, said = _found(path)
    assert len(items) == FRAMES
    assert said == [
        f"is cut off: {FRAMES} of the {number} frames that it promises are there. Export it again from its source."
    ]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.m4v", "clip.3gp", "clip.3g2"])
@pytest.mark.parametrize("share", [0.1, 0.6, 0.9])
def test_a_file_whose_list_of_frames_is_cut_off_is_called_so(tmp_path: Path, name: str, share: float) -> None:
    path = write_clip(tmp_path / name, "mp4v")
    _cut(path, share)
    with pytest.raises(
        ImageReadError, match=r"is damaged or cut off \(the list of its frames, at its end, is missing\)"
    ):
        read_image(path)


def test_an_mp4_whose_list_of_frames_comes_first(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", "mp4v")
    data = path.read_bytes()
    at = data.index(b"moov") - 4
    head, media, index = data[: data.index(b"mdat") - 4], data[data.index(b"mdat") - 4 : at], bytearray(data[at:])
    place = index.index(b"stco") + 8
    (count,) = struct.unpack_from(">I", index, place)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", index, place + 4 + 4 * number)
        struct.pack_into(">I", index, place + 4 + 4 * number, offset + len(index))
    path.write_bytes(head + index + media)
    assert _found(path)[1] == []
    path.write_bytes((head + index + media)[: -len(media) // 2])
    items, said = _found(path)
    assert 5 < len(items) < FRAMES
    assert said == [
        f"is cut off: {len(items)} of the {FRAMES} frames that it promises are there. Export it again from its source."
    ]


@pytest.mark.parametrize("start", [b"\x1a\x45\xdf\xa3", b"FLV\x01", b"RIFF\xff\xff\xff\x7fAVI ", b"\0\0\0\x18ftypisom"])
@pytest.mark.parametrize("rest", [b"", b"\0" * 40, b"\xff" * 40, bytes(range(200))])
def test_a_few_bytes_of_a_video_are_refused(tmp_path: Path, start: bytes, rest: bytes) -> None:
    path = tmp_path / "clip.avi"
    path.write_bytes(start + rest)
    with pytest.raises(ImageReadError, match=r"known format|damaged or cut off"):
        read_image(path)
    assert _found(path) == ([path], [])
