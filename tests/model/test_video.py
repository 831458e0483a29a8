"""Frames of videos as items: the right one by its number, in any order, at the rate that is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.errors import ImageReadError
from model.images.cutting import Cutting
from model.images.items import Item
from model.images.reading import image_size, parts, read_image
from model.images.scan import iter_images

cv2 = pytest.importorskip("cv2")
FRAMES, RATE = 60, 10.0


CLIPS = [
    ("clip.avi", "MJPG"), ("clip.mp4", "mp4v"), ("clip.mkv", "mp4v"), ("clip.webm", "VP80"), ("clip.ts", "mp4v"),
    ("clip.m2ts", "mp4v"), ("clip.mts", "mpg2"), ("clip.flv", "FLV1"), ("clip.mjpeg", "MJPG"), ("clip.mjpg", "MJPG"),
    ("clip.3gp", "mp4v"), ("clip.3g2", "mp4v"), ("clip.asf", "WMV2"), ("clip.wmv", "WMV2"), ("clip.mpeg", "mpg2"),
    ("clip.vob", "mpg2"), ("clip.m4v", "mp4v"), ("clip.mov", "mp4v"), ("clip.y4m", "I420"),
]  # fmt: skip


@pytest.fixture(params=CLIPS, ids=lambda one: one[0])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_clip(tmp_path / request.param[0], request.param[1])


def write_clip(path: Path, codec: str) -> Path:
    """Sixty frames of 64 x 48: red on the left; on the right the frame's number, from 1, as bars of six bits."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*codec), RATE, (64, 48))
    if not writer.isOpened():
        pytest.skip(f"{codec} cannot be written here")
    for number in range(1, FRAMES + 1):
        frame = np.zeros((48, 64, 3), np.uint8)
        frame[:, :32] = (0, 0, 255)
        for bit in range(6):
            frame[8 * bit : 8 * bit + 8, 32:] = 255 * (number >> bit & 1)
        writer.write(frame)
    writer.release()
    return path


def _number(path: Path) -> int:
    """Which frame a picture shows, from 1."""
    bars = np.asarray(read_image(path))[4::8, 48].mean(axis=1) > 127
    return int(bars @ (1 << np.arange(6)))


def test_frames_are_taken_at_the_rate_asked_for(clip: Path) -> None:
    assert parts(clip, Cutting(1.0)) == [Item(clip, number).path for number in (1, 11, 21, 31, 41, 51)]
    assert len(parts(clip, Cutting(2.5))) == 15
    assert len(parts(clip, Cutting(1000))) == FRAMES


def test_every_item_is_its_frame_in_any_order(clip: Path) -> None:
    numbers = [1, 2, 3, 11, 51, 21, 60, 1, 37]
    assert [_number(Item(clip, number).path) for number in numbers] == numbers
    assert image_size(clip) == image_size(Item(clip, 60).path) == (64, 48)


def test_colours_are_not_swapped(clip: Path) -> None:
    red, _, blue = read_image(clip).getpixel((8, 20))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


def test_frames_beyond_the_end_are_refused(clip: Path) -> None:
    with pytest.raises(ImageReadError, match=r"no frame 99|damaged"):
        read_image(Item(clip, 99).path)


def test_every_kind_is_found_by_a_search(clip: Path) -> None:
    assert next(iter_images([clip.parent])) == Item(clip, 1).path


def _without_duration(path: Path) -> None:
    """Make a Matroska file what a live recording leaves: no duration, no index, an end without a close."""
    data = bytearray(path.read_bytes())
    at = data.index(b"\x44\x89\x88")
    data[at : at + 3] = b"\xec\x89\x00"  # the duration becomes an element without meaning
    del data[data.rindex(b"\x1c\x53\xbb\x6b") :]  # the index at the end
    path.write_bytes(data)


@pytest.mark.parametrize(("name", "codec"), [("live.webm", "VP80"), ("live.mkv", "mp4v")])
def test_frames_are_counted_where_a_recording_has_no_duration(tmp_path: Path, name: str, codec: str) -> None:
    path = write_clip(tmp_path / name, codec)
    _without_duration(path)
    assert cv2.VideoCapture(str(path), cv2.CAP_FFMPEG).get(cv2.CAP_PROP_FRAME_COUNT) < FRAMES
    assert parts(path) == [Item(path, number).path for number in (1, 11, 21, 31, 41, 51)]
    numbers = [1, 11, 51, 21, 60, 2]
    assert [_number(Item(path, number).path) for number in numbers] == numbers
    with pytest.raises(ImageReadError, match="has no frame 61: there are 60"):
        read_image(Item(path, 61).path)


@pytest.mark.parametrize("count", [0, 1, 7, 59, 61, 1_000_000, 2**32 - 1])
def test_the_frame_count_of_an_avi_is_not_believed(tmp_path: Path, count: int) -> None:
    path = write_clip(tmp_path / "clip.avi", "MJPG")
    data = bytearray(path.read_bytes())
    number = count.to_bytes(4, "little")
    data[48:52] = number  # avih: dwTotalFrames
    at = data.index(b"strh") + 8 + 32
    data[at : at + 4] = number  # strh: dwLength
    path.write_bytes(data)
    assert parts(path) == [Item(path, number).path for number in (1, 11, 21, 31, 41, 51)]
    assert [_number(Item(path, number).path) for number in (60, 1, 37)] == [60, 1, 37]


def test_a_cut_off_video_is_refused(clip: Path) -> None:
    if clip.suffix in (".mjpeg", ".mjpg", ".mpeg", ".vob"):
        pytest.skip("a stream that has begun is shown as far as it goes")
    clip.write_bytes(clip.read_bytes()[:200])
    with pytest.raises(ImageReadError):
        read_image(clip)
    assert parts(clip) == [clip]
