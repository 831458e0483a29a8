"""Which images lie in a TIFF: planes of stacks, and pyramids that are one image, read at the level that is wanted."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile

from model.errors import ImageReadError
from model.images.cutting import Cutting
from model.images.items import Item
from model.images.reading import image_size, parts, read_image
from model.types import Region

STACK = np.random.default_rng(3).integers(100, 2000, (5, 20, 30)).astype(np.uint16)
STACK *= np.arange(1, 6, dtype=np.uint16)[:, None, None]  # each brighter than the one before
COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 220))


def _slide(scale: int) -> np.ndarray:
    """Four colours, (40 * scale, 60 * scale, 3)."""
    values = np.zeros((40, 60, 3), np.uint8)
    values[:20, :30], values[:20, 30:], values[20:, :30], values[20:, 30:] = COLOURS
    return np.kron(values, np.ones((scale, scale, 1), np.uint8))


def _assert_colours(path: Path, max_side: int | None = None, tolerance: int = 3) -> None:
    image = read_image(path, max_side)
    width, height = image.size
    places = ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8))
    for (across, down), colour in zip(places, COLOURS, strict=True):
        seen = image.getpixel((int(across * width), int(down * height)))
        assert np.abs(np.subtract(seen, colour)).max() <= tolerance


@pytest.mark.parametrize(
    "options",
    [
        {"imagej": True, "metadata": {"axes": "ZYX"}}, {"imagej": True, "metadata": {"axes": "TYX"}},
        {"truncate": True}, {"volumetric": True}, {"volumetric": True, "tile": (16, 16, 16)}, {"metadata": None}, {},
        {"ome": True, "metadata": {"axes": "ZYX"}}, {"compression": "zlib"}, {"bigtiff": True, "byteorder": ">"},
    ],
    ids=str,
)  # fmt: skip
def test_planes_are_images_of_one_range(tmp_path: Path, options: dict) -> None:
    path = tmp_path / ("stack.ome.tif" if "ome" in options else "stack.tif")
    tifffile.imwrite(path, STACK, photometric="minisblack", **options)
    items = parts(path)
    assert items == [Item(path, number).path for number in range(1, 6)]
    low, high = int(STACK.min()), int(STACK.max())
    for item, plane in zip(items, STACK, strict=True):
        assert image_size(item) == (30, 20)
        assert np.array_equal(
            np.asarray(read_image(item))[..., 0], np.round((plane.astype(float) - low) * 255 / (high - low))
        )
    assert np.array_equal(np.asarray(read_image(path)), np.asarray(read_image(items[0])))
    with pytest.raises(ImageReadError, match="has no page 6: there are 5"):
        read_image(Item(path, 6).path)


def test_a_stack_whose_first_page_alone_is_left_gives_the_planes_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.tif"
    tifffile.imwrite(path, STACK, photometric="minisblack", truncate=True)
    path.write_bytes(path.read_bytes()[: -STACK[0].nbytes - 10])
    said: list[str] = []
    items = parts(path, passed_over=lambda _, reason: said.append(reason))
    assert 3 <= len(items) <= 4
    assert said == [
        f"is cut off: {len(items)} of the 5 planes that it promises are there. Export it again from its source."
    ]
    for item in items:
        read_image(item)


def test_channels_have_ranges_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "channels.tif"
    dim = np.random.default_rng(4).integers(0, 50, (3, 20, 30)).astype(np.uint16)
    bright = dim * 900
    tifffile.imwrite(path, np.stack([dim, bright], axis=1), imagej=True, metadata={"axes": "ZCYX"})
    seen = [np.asarray(read_image(item)) for item in parts(path)]
    assert len(seen) == 6
    for of_dim, of_bright in zip(seen[::2], seen[1::2], strict=True):
        assert np.array_equal(of_dim, of_bright)


@pytest.mark.parametrize("form", ["separate", "contig"])
@pytest.mark.parametrize(
    "options", [{}, {"tile": (16, 16)}, {"compression": "zlib"}, {"photometric": "miniswhite"}], ids=str
)
def test_bands_of_greys_are_images_in_planes_or_side_by_side(tmp_path: Path, form: str, options: dict) -> None:
    path = tmp_path / "bands.tif"
    stored = STACK if form == "separate" else np.ascontiguousarray(STACK.transpose(1, 2, 0))
    tifffile.imwrite(path, stored, planarconfig=form, **{"photometric": "minisblack"} | options)
    assert len(parts(path)) == 5
    for item, plane in zip(parts(path), STACK, strict=True):
        low, high = int(plane.min()), int(plane.max())
        expected = np.round((plane.astype(float) - low) * 255 / (high - low))
        seen = np.asarray(read_image(item))[..., 0]
        assert np.array_equal(255 - seen if "photometric" in options else seen, expected)


@pytest.mark.parametrize("form", ["separate", "contig"])
def test_bands_of_bytes_tiles_of_bands_and_grey_with_alpha(tmp_path: Path, form: str) -> None:
    path = tmp_path / "bands.tif"
    bytes_ = (STACK[:3] // 40).astype(np.uint8)
    stored = bytes_ if form == "separate" else np.ascontiguousarray(bytes_.transpose(1, 2, 0))
    tifffile.imwrite(path, stored, planarconfig=form, photometric="minisblack")
    for item, plane in zip(parts(path), bytes_, strict=True):
        assert np.array_equal(np.asarray(read_image(item))[..., 0], plane)
    large = np.tile(np.arange(4100, dtype=np.uint16), (4100, 1))
    both = np.stack([large, large * 3])
    stored = both if form == "separate" else np.ascontiguousarray(both.transpose(1, 2, 0))
    tifffile.imwrite(path, stored, planarconfig=form, photometric="minisblack", tile=(512, 512), compression="zlib")
    for number, high in ((1, 4099), (2, 3 * 4099)):
        tile = np.asarray(read_image(Item(path, number, Region(2000, 2000, 300, 300)).path))[..., 0]
        assert np.abs(tile[5] - np.round(np.arange(2000, 2300) * (number * 2 - 1) * 255 / high)).max() <= 1
    alpha = np.stack([bytes_[0], np.full_like(bytes_[0], 255)])
    stored = alpha if form == "separate" else np.ascontiguousarray(alpha.transpose(1, 2, 0))
    tifffile.imwrite(path, stored, planarconfig=form, photometric="minisblack", extrasamples=["unassalpha"])
    assert parts(path) == [path]


def test_stacks_of_colours(tmp_path: Path) -> None:
    path = tmp_path / "colours.tif"
    films = np.stack([_slide(1), 255 - _slide(1)])
    for options in ({"imagej": True, "metadata": {"axes": "TYXS"}}, {"truncate": True}):
        tifffile.imwrite(path, films, photometric="rgb", **options)
        assert [
            np.array_equal(np.asarray(read_image(item)), film) for item, film in zip(parts(path), films, strict=True)
        ]


@pytest.mark.parametrize("kind", ["flagged", "plain", "subifds", "ome", "svs"])
def test_a_pyramid_is_one_image(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("slide.svs" if kind == "svs" else "slide.ome.tif" if kind == "ome" else "slide.tif")
    _write_pyramid(path, kind, _slide(16))
    assert parts(path) == [path]
    assert image_size(path) == (960, 640)
    assert read_image(path).size == (960, 640)
    assert read_image(path, 100).size == (100, 67)
    _assert_colours(path)
    _assert_colours(path, 100)


def _write_pyramid(path: Path, kind: str, slide: np.ndarray) -> None:
    levels = [np.ascontiguousarray(slide[:: 4**k, :: 4**k]) for k in range(3)]
    with tifffile.TiffWriter(path, ome=kind == "ome") as writer:
        if kind in ("subifds", "ome"):
            writer.write(levels[0], photometric="rgb", tile=(64, 64), subifds=2)
            for level in levels[1:]:
                writer.write(level, photometric="rgb", tile=(64, 64), subfiletype=1)
            return
        for number, level in enumerate(levels):
            about = f"Aperio Image Library v12\n{slide.shape[1]}x{slide.shape[0]} -> {level.shape[1]}x{level.shape[0]}"
            writer.write(
                level, photometric="rgb", tile=(64, 64), compression="jpeg", metadata=None,
                subfiletype=int(kind == "flagged" and number > 0), description=about if kind == "svs" else None,
            )  # fmt: skip
            if kind == "svs" and number == 0:
                writer.write(
                    levels[2], photometric="rgb", metadata=None, description="Aperio Image Library v12\nthumbnail"
                )
        for name, flag in (("label", 1), ("macro", 9)) if kind == "svs" else ():
            writer.write(np.full((50, 60, 3), 99, np.uint8), photometric="rgb", metadata=None, subfiletype=flag,
                         description=f"Aperio Image Library v12\n{name} 60x50")  # fmt: skip


def test_the_smaller_level_is_what_is_read(tmp_path: Path) -> None:
    """The levels differ here, so that it can be told."""
    path = tmp_path / "slide.tif"
    with tifffile.TiffWriter(path) as writer:
        for number, grey in enumerate((10, 20, 30)):
            values = np.full((800 >> 2 * number, 1200 >> 2 * number, 3), grey, np.uint8)
            writer.write(values, photometric="rgb", tile=(64, 64), subfiletype=min(number, 1), metadata=None)
    seen = {side: read_image(path, side).getpixel((5, 5)) for side in (None, 1200, 301, 300, 76, 75, 20)}
    assert [seen[side][0] for side in (None, 1200, 301)] == [10, 10, 10]  # type: ignore[index]
    assert [seen[side][0] for side in (300, 76)] == [20, 20]  # type: ignore[index]
    assert [seen[side][0] for side in (75, 20)] == [30, 30]  # type: ignore[index]


@pytest.mark.parametrize("kind", ["svs", "flagged"])
def test_tiles_of_a_large_slide_are_where_they_should_be(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("slide.svs" if kind == "svs" else "slide.tif")
    _write_pyramid(path, kind, _slide(110))
    items = parts(path, Cutting(tile_side=1100))
    assert len(items) == 24
    assert image_size(items[7]) == (1100, 1100)
    middle = Item(path, box=Region(3000, 2000, 600, 400)).path
    _assert_colours(middle)
    _assert_colours(middle, 60)
    _assert_colours(Item(path, box=Region(100, 100, 6000, 4000)).path, 120)
    with pytest.raises(ImageReadError, match="the picture has 6600 x 4400 pixels"):
        read_image(Item(path, box=Region(6500, 4000, 200, 200)).path)


def test_tiles_of_deep_greys_share_the_range_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep.tif"
    values = np.add.outer(np.arange(4400), np.arange(4400)).astype(np.uint16)
    with tifffile.TiffWriter(path) as writer:
        for number in range(3):
            level = np.ascontiguousarray(values[:: 4**number, :: 4**number])
            writer.write(level, tile=(256, 256), subfiletype=min(number, 1), metadata=None, compression="zlib")
    whole = np.asarray(read_image(path, 1100))[..., 0].astype(int)
    for x, y in ((0, 0), (2200, 1100), (4000, 4000)):
        tile = np.asarray(read_image(Item(path, box=Region(x, y, 400, 400)).path))[..., 0]
        assert np.abs(tile[::4, ::4].astype(int) - whole[y // 4 : y // 4 + 100, x // 4 : x // 4 + 100]).max() <= 2


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_tiles_of_deep_colours_share_the_range_of_the_whole(tmp_path: Path, dtype: type) -> None:
    path = tmp_path / "deep.tif"
    values = np.zeros((4200, 4200, 3), dtype)
    values[:, :2100], values[:, 2100:] = (200, 100, 50), (4000, 2000, 1000)
    tifffile.imwrite(path, values, photometric="rgb", tile=(512, 512), compression="zstd")
    expected = {0: [12, 6, 3], 2356: [249, 125, 62]}  # of 4095
    for left, colour in expected.items():
        tile = np.asarray(read_image(Item(path, box=Region(left, 0, 512, 512)).path))
        assert tile[10, 10].tolist() == colour
    whole = np.asarray(read_image(path, 1050))
    assert [whole[2, (left + 10) // 4].tolist() for left in expected] == list(expected.values())
    tile = np.asarray(read_image(Item(path, box=Region(0, 0, 512, 512)).path))
    assert tile[10, 10].tolist() == expected[0]


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
@pytest.mark.parametrize("options", [{}, {"metadata": None}, {"truncate": True}, {"planarconfig": "separate"}], ids=str)
def test_planes_of_deep_colours_are_images_of_one_range(tmp_path: Path, dtype: type, options: dict) -> None:
    path = tmp_path / "films.tif"
    film = _slide(1).astype(dtype)
    films = np.stack([film * 2, film * 16])
    stored = films.transpose(0, 3, 1, 2) if "planarconfig" in options else films
    tifffile.imwrite(path, stored, photometric="rgb", **options)
    for item, values in zip(parts(path), films, strict=True):
        seen = np.asarray(read_image(item)).astype(int)
        assert np.abs(seen - values * 255.0 / 4095).max() <= 1


MEASURE = """
import sys
from pathlib import Path
from model.images.formats import Wanted
from model.images.readers import _tiff
from model.types import Region
path = Path(sys.argv[1])
image = _tiff.tile(path, None, Region(90_000, 70_000, 512, 512), Wanted())
assert image.size == (512, 512), image.size
assert _tiff.size(path, None) == (100_000, 80_000)
small, size = _tiff.read(path, None, Wanted(500))
assert max(small.size) == 781 and size == (100_000, 80_000), small.size
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(image.getpixel((5, 5)), int(peak.split()[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures as Linux does")
def test_a_slide_of_100_000_by_80_000_pixels_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.tif"
    tile = zlib.compress(np.full((1024, 1024, 3), (30, 200, 30), np.uint8).tobytes())
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        for number, (height, width) in enumerate(((80_000, 100_000), (5000, 6250), (625, 781))):
            count = -(-height // 1024) * -(-width // 1024)
            writer.write(
                iter([tile] * count), shape=(height, width, 3), dtype=np.uint8, photometric="rgb", tile=(1024, 1024),
                compression="zlib", subfiletype=min(number, 1), metadata=None, maxworkers=1,
            )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    *colour, megabytes = done.stdout.replace("(", "").replace(")", "").replace(",", "").split()
    assert colour == ["30", "200", "30"]
    assert 20 < int(megabytes) < 300


def test_an_imagej_stack_that_speaks_of_more_planes_than_there_are(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, STACK, imagej=True, metadata={"axes": "ZYX"})
    with tifffile.TiffFile(path) as file:
        at, order = file.pages[0].offset, {"<": "little", ">": "big"}[file.byteorder]
    data = path.read_bytes()
    end = at + 2 + 12 * int.from_bytes(data[at : at + 2], order)  # type: ignore[arg-type]
    data = data[:end] + b"\0\0\0\0" + data[end + 4 :]  # no other page, as ImageJ writes large stacks
    path.write_bytes(data)
    assert len(parts(path)) == 5
    assert data.count(b"images=5\n") == data.count(b"slices=5\n") == 1
    path.write_bytes(data.replace(b"images=5\n", b"images=9\n").replace(b"slices=5\n", b"slices=9\n"))
    said: list[str] = []
    items = parts(path, passed_over=lambda _, reason: said.append(reason))
    assert len(items) == 5
    assert said == ["is cut off: 5 of the 9 planes that it promises are there. Export it again from its source."]
    low, high = int(STACK.min()), int(STACK.max())
    expected = np.round((STACK[4].astype(float) - low) * 255 / (high - low))
    assert np.array_equal(np.asarray(read_image(items[4]))[..., 0], expected)
