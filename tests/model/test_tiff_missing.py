"""What is told of a TIFF file that lacks some of the images of which it speaks, or has more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from model.errors import ImageReadError
from model.images.items import Item
from model.images.reading import parts, read_image

STACK = np.random.default_rng(8).integers(100, 2000, (4, 20, 30)).astype(np.uint16)


def _found(path: Path) -> tuple[list[Path], list[str]]:
    said: list[str] = []
    return parts(path, passed_over=lambda _, reason: said.append(reason)), said


def _assert_planes(items: list[Path], planes: np.ndarray) -> None:
    low, high = int(planes.min()), int(planes.max())
    for item, plane in zip(items, planes, strict=True):
        expected = np.round((plane.astype(float) - low) * 255 / (high - low))
        assert np.array_equal(np.asarray(read_image(item))[..., 0], expected)


def _missing(held: int, promised: int) -> list[str]:
    return [f"is cut off: {held} of the {promised} planes that it promises are there. Export it again from its source."]


def _write_ome(path: Path, compression: str | None = None) -> bytes:
    options = {"compression": compression} if compression else {}
    tifffile.imwrite(path, STACK, ome=True, photometric="minisblack", metadata={"axes": "ZYX"}, **options)
    assert _found(path) == ([Item(path, number).path for number in range(1, 5)], [])
    return path.read_bytes()


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize(("size", "said"), [(2, []), (3, []), (9, _missing(4, 9))])
def test_ome_that_speaks_of_fewer_or_more_planes_than_there_are(
    tmp_path: Path, compression: str | None, size: int, said: list[str]
) -> None:
    path = tmp_path / "stack.ome.tif"
    data = _write_ome(path, compression)
    assert data.count(b'SizeZ="4"') == 1
    path.write_bytes(data.replace(b'SizeZ="4"', f'SizeZ="{size}"'.encode()))
    items, told = _found(path)
    assert told == said
    _assert_planes(items, STACK)


def test_ome_that_places_some_of_its_planes_alone(tmp_path: Path) -> None:
    path = tmp_path / "stack.ome.tif"
    data = _write_ome(path)
    path.write_bytes(data.replace(b'PlaneCount="4"', b'PlaneCount="2"'))
    items, told = _found(path)
    assert told == []
    _assert_planes(items, STACK)


@pytest.mark.parametrize("held", [1, 2, 3])
def test_ome_that_is_cut_off_gives_the_planes_that_are_there(tmp_path: Path, held: int) -> None:
    path = tmp_path / "stack.ome.tif"
    data = _write_ome(path)
    path.write_bytes(data[: data.index(STACK[0].tobytes()) + held * STACK[0].nbytes + 100])
    items, told = _found(path)
    assert told == _missing(held, 4)
    _assert_planes(items, STACK[:held])


def test_ome_whose_pages_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "stack.ome.tif"
    data = _write_ome(path, "zlib")
    with tifffile.TiffFile(path) as file:
        last = file.pages[3].offset
    path.write_bytes(data[:last])
    items, told = _found(path)
    assert told == ["is cut off: the list of its pages breaks off after page 3. Export it again from its source."]
    _assert_planes(items, STACK[:3])


def test_a_page_of_another_kind_beside_a_described_stack_is_no_plane_of_it(tmp_path: Path) -> None:
    path = tmp_path / "stack.ome.tif"
    _write_ome(path)
    with tifffile.TiffFile(path) as file:
        text = file.pages[0].description  # type: ignore[union-attr]
    with tifffile.TiffWriter(path) as writer:
        for number, plane in enumerate(STACK):
            about = text if number == 0 else None
            writer.write(plane, photometric="minisblack", metadata=None, description=about)
        writer.write(np.zeros((9, 9, 3), np.uint8), photometric="rgb", metadata=None)
    items, told = _found(path)
    assert told == []
    _assert_planes(items, STACK)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_a_file_of_pages_that_is_cut_off_says_where_it_ends(tmp_path: Path, share: float) -> None:
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        for _ in range(3):
            for plane in STACK:
                writer.write(plane, photometric="minisblack", metadata=None)
    data = path.read_bytes()
    assert _found(path)[1] == []
    path.write_bytes(data[: int(len(data) * share)])
    items, told = _found(path)
    assert told == [
        f"is cut off: the list of its pages breaks off after page {len(items)}. Export it again from its source."
    ]
    assert 2 < len(items) < 12
    for item in items[:-1]:
        read_image(item)
    with pytest.raises(ImageReadError, match="damaged or cut off"):
        read_image(items[-1])


@pytest.mark.parametrize("options", [{"imagej": True, "metadata": {"axes": "ZYX"}}, {"truncate": True}, {}], ids=str)
def test_whole_stacks_say_nothing(tmp_path: Path, options: dict) -> None:
    path = tmp_path / "stack.tif"
    for compression in ({}, {"compression": "zlib"}) if not options else ({},):
        tifffile.imwrite(path, STACK, photometric="minisblack", **options, **compression)
        items, told = _found(path)
        assert told == []
        _assert_planes(items, STACK)


def test_bands_are_no_planes_too_many(tmp_path: Path) -> None:
    path = tmp_path / "bands.ome.tif"
    stored = np.ascontiguousarray(STACK.transpose(1, 2, 0))
    tifffile.imwrite(path, np.stack([stored, stored]), photometric="minisblack", planarconfig="contig")
    items, told = _found(path)
    assert (len(items), told) == (8, [])
