"""Files and folders made to do harm: one clear line each, and what is good beside them is found and read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.cli.text import printable
from model.errors import ImageReadError
from model.images import decoder_process
from model.images.reading import MODEST_PIXELS, image_size, read_image
from model.images.scan import iter_images


@pytest.mark.parametrize("size", [(1, 1), (1, 100_000), (100_000, 1), (2, 65_000)])
@pytest.mark.parametrize("ending", [".png", ".tif", ".bmp", ".webp", ".jpg"])
def test_slivers_are_images(tmp_path: Path, size: tuple[int, int], ending: str) -> None:
    limit = {".webp": 16_383, ".jpg": 65_500}.get(ending, 10**6)
    size = (min(size[0], limit), min(size[1], limit))
    path = tmp_path / f"sliver{ending}"
    Image.new("RGB", size, (10, 200, 30)).save(path)
    assert image_size(path) == size
    small = read_image(path, max_side=64)
    assert max(small.size) <= 64
    assert min(small.size) >= 1


def test_large_images_are_decoded_in_a_process_of_their_own(tmp_path: Path) -> None:
    """So that their gigabytes are not the program's; JPEG files shrink while they are decoded."""
    side = int(MODEST_PIXELS**0.5) + 100
    Image.new("L", (side, side), 77).save(tmp_path / "large.png")
    Image.new("L", (side, side), 77).save(tmp_path / "large.jpg")
    decoder_process.pool.close()
    assert read_image(tmp_path / "large.jpg", max_side=256).size == (256, 256)
    assert not decoder_process.pool._idle
    image = read_image(tmp_path / "large.png", max_side=256)
    assert image.size == (256, 256)
    assert image.getpixel((5, 5)) == (77, 77, 77)
    assert decoder_process.pool._idle
    decoder_process.pool.close()


@pytest.mark.skipif(sys.platform == "win32", reason="names and links of POSIX")
def test_folders_made_to_trap_a_search(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "good.png")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "nowhere.png").symlink_to("gone.png")
    for name in (b"line\nend.png", b"\xff\xfe.png", "\u202egnp.exe.png".encode(), b"\x1b[31mred.png"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:  # noqa: PTH123
            file.write((tmp_path / "good.png").read_bytes())
    found = list(iter_images([tmp_path]))
    assert len(found) == 6
    readable = [path for path in found if path.name != "nowhere.png"]
    assert all(read_image(path).size == (4, 4) for path in readable)
    with pytest.raises(ImageReadError, match="there is no such file"):
        read_image(tmp_path / "nowhere.png")
    for path in found:
        assert printable(path).isprintable()


@pytest.mark.skipif(not hasattr(os, "fchdir"), reason="needs folders by descriptor")
@pytest.mark.parametrize("levels", [3_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_folder_deeper_than_any_path_is_passed_over_in_words(tmp_path: Path, levels: int) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "good.png")
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(tmp_path)
        for _ in range(levels):
            os.mkdir("d")
            os.chdir("d")
        refused: list[str] = []
        found = list(iter_images([tmp_path], passed_over=lambda _, reason: refused.append(reason)))
        assert found == [tmp_path / "good.png"]
        assert refused == ["the folder cannot be listed: File name too long."]
        for _ in range(levels):
            os.chdir("..")
            os.rmdir("d")
    finally:
        os.fchdir(here)
        os.close(here)


def test_a_file_that_changes_while_it_is_read_harms_nobody(tmp_path: Path) -> None:
    path = tmp_path / "moving.png"
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(path)
    whole = path.read_bytes()
    for length in range(0, len(whole) * 9 // 10, len(whole) // 20):
        os.truncate(path, length)
        with pytest.raises(ImageReadError):
            read_image(path)
        path.write_bytes(whole)
        assert read_image(path).size == (200, 200)
    path.unlink()
    path.mkdir()
    with pytest.raises(ImageReadError, match="not a regular file"):
        read_image(path)
