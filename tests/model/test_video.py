"""Frames of videos as items: the right one by its number, in any order, at the rate that is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.errors import ImageReadError
from model.images.cutting import Cutting
from model.images.items import Item
from model.images.reading import image_size, parts, read_image

cv2 = pytest.importorskip("cv2")
FRAMES, RATE = 60, 10.0


@pytest.fixture(params=[("clip.avi", "MJPG"), ("clip.mp4", "mp4v"), ("clip.mkv", "mp4v")], ids=lambda one: one[0])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Sixty frames of 64 x 48: red on the left; on the right the frame's number, from 1, as bars of six bits."""
    name, codec = request.param
    writer = cv2.VideoWriter(str(tmp_path / name), cv2.VideoWriter_fourcc(*codec), RATE, (64, 48))
    for number in range(1, FRAMES + 1):
        frame = np.zeros((48, 64, 3), np.uint8)
        frame[:, :32] = (0, 0, 255)
        for bit in range(6):
            frame[8 * bit : 8 * bit + 8, 32:] = 255 * (number >> bit & 1)
        writer.write(frame)
    writer.release()
    return tmp_path / name


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


def test_a_cut_off_video_is_refused(clip: Path) -> None:
    clip.write_bytes(clip.read_bytes()[:200])
    with pytest.raises(ImageReadError):
        read_image(clip)
    assert parts(clip) == [clip]
