"""Whole slides of formats that are no TIFF. OpenSlide reads a tiled TIFF as well, whatever its name: it stands in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from model.errors import ImageReadError
from model.images.decoder_process import DecoderPool
from model.images.formats import Wanted
from model.images.items import Item
from model.images.readers.slides import Slides
from model.images.reading import image_size, read_image
from model.types import Region

ROWS, COLUMNS = np.mgrid[:1536, :2048]
VALUES = np.stack([COLUMNS // 8, ROWS // 6, np.full_like(ROWS, 70)], axis=2).astype(np.uint8)


@pytest.fixture
def slide(tmp_path: Path) -> Path:
    path = tmp_path / "slide.mrxs"
    with tifffile.TiffWriter(path) as writer:
        for number in range(3):
            writer.write(
                np.ascontiguousarray(VALUES[:: 4**number, :: 4**number]), photometric="rgb", tile=(128, 128),
                compression="zlib", subfiletype=min(number, 1), metadata=None,
            )  # fmt: skip
    return path


def test_a_slide_is_read_whole_at_a_level_and_as_a_tile(slide: Path) -> None:
    assert image_size(slide) == (2048, 1536)
    assert np.array_equal(np.asarray(read_image(slide)), VALUES)
    assert np.array_equal(np.asarray(read_image(slide, 512)), VALUES[::4, ::4])
    assert read_image(slide, 100).size == (100, 75)
    tile = Item(slide, None, Region(700, 300, 64, 48)).path
    assert np.array_equal(np.asarray(read_image(tile)), VALUES[300:348, 700:764])


def test_no_more_is_read_than_is_wanted(slide: Path) -> None:
    assert Slides().read(slide, None, Wanted(500))[0].size == (512, 384)
    part = Slides().tile(slide, None, Region(1024, 768, 1024, 768), Wanted(60))
    assert part is not None
    assert part.size == (64, 48)
    assert np.array_equal(np.asarray(part.convert("RGB")), VALUES[768::16, 1024::16])


def test_a_tile_outside_and_a_slide_without_its_files_are_refused(slide: Path, tmp_path: Path) -> None:
    with pytest.raises(ImageReadError, match="no such tile"):
        read_image(Item(slide, None, Region(2000, 0, 64, 64)).path)
    alone = tmp_path / "alone.mrxs"
    Image.new("RGB", (40, 30)).save(alone, format="JPEG")
    with pytest.raises(ImageReadError, match="files beside it may be missing"):
        read_image(alone)


def test_a_slide_without_the_extra_says_what_to_install(
    slide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "openslide.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hidden"))
    pool = DecoderPool()
    with pytest.raises(ImageReadError, match=r"pip install 'fewshot\[slides\]'"):
        pool.read(Item(slide), Slides(), None)
    pool.close()
