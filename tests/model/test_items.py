"""Pages and frames by their names, and everything that is asked of an image by its name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from model.embedding.embedder import Embedder
from model.errors import ImageReadError
from model.features.sizes import Looks
from model.images.content_hash import content_and_bytes, content_hash
from model.images.cutting import Cutting, tiles
from model.images.items import Item, source_file, split_item
from model.images.reading import image_size, read_image
from model.images.scan import class_folders, iter_images
from model.types import Region
from tests.model.conftest import paint


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Three pages: a disc, a cross and the disc again."""
    path = tmp_path / "scan.tif"
    with tifffile.TiffWriter(path) as writer:
        for shape, seed in (("disc", 1), ("cross", 2), ("disc", 1)):
            writer.write(np.asarray(paint(shape, seed)), photometric="rgb")
    return path


def test_a_name_is_split_into_file_and_number(tmp_path: Path) -> None:
    assert split_item(tmp_path / "scan.tif#3") == Item(tmp_path / "scan.tif", 3)
    assert split_item(Item(tmp_path / "IM0001", 12).path) == Item(tmp_path / "IM0001", 12)
    assert Item(tmp_path / "a#1.tif", 2).path.name == "a#1.tif#2"
    assert split_item(tmp_path / "a#1.tif#2") == Item(tmp_path / "a#1.tif", 2)


@pytest.mark.parametrize(
    "name", ["scan.tif", "#3", "scan.tif#0", "scan.tif#03", "scan.tif#x", "scan #3.tif", "a#" + "9" * 12]
)
def test_other_names_are_files(tmp_path: Path, name: str) -> None:
    assert split_item(tmp_path / name) == Item(tmp_path / name)


def test_a_file_that_is_really_called_so_is_itself(tmp_path: Path) -> None:
    (tmp_path / "scan.tif#3").write_bytes(b"x")
    assert split_item(tmp_path / "scan.tif#3") == Item(tmp_path / "scan.tif#3")
    assert source_file(tmp_path / "scan.tif#4") == tmp_path / "scan.tif"


def test_folders_give_items_in_order(tmp_path: Path, scan: Path) -> None:
    paint("disc", 3).save(tmp_path / "b.png")
    assert [path.name for path in iter_images([tmp_path])] == ["b.png", "scan.tif#1", "scan.tif#2", "scan.tif#3"]
    assert list(iter_images([Item(scan, 2).path])) == [Item(scan, 2).path]
    (tmp_path / "bins" / "pages").mkdir(parents=True)
    scan.rename(tmp_path / "bins" / "pages" / "scan.tif")
    ((_, images),) = class_folders(tmp_path / "bins")
    assert len(images) == 3


def test_every_item_has_a_hash_of_its_own(scan: Path) -> None:
    hashes = {content_hash(path) for path in (scan, *(Item(scan, number).path for number in (1, 2, 3)))}
    assert len(hashes) == 4
    whole = hashlib.sha256(scan.read_bytes()).digest()
    assert content_hash(Item(scan, 2).path) == hashlib.sha256(whole + b"#2").hexdigest()
    assert content_and_bytes(Item(scan, 2).path) == (hashlib.sha256(whole + b"#2").digest(), None)


def test_a_file_that_changed_has_new_hashes(scan: Path) -> None:
    before = content_hash(Item(scan, 1).path)
    scan.write_bytes(scan.read_bytes() + b"more")
    assert content_hash(Item(scan, 1).path) != before
    scan.unlink()
    with pytest.raises(ImageReadError, match="there is no such file"):
        content_hash(Item(scan, 1).path)


def test_items_are_embedded_once_and_found_again(scan: Path, embedder: Embedder) -> None:
    fresh = Embedder(embedder.backbone, "cpu")
    items = list(iter_images([scan]))
    (first,) = fresh.embed(items, Looks(224))
    assert fresh.work.decoded == 3
    assert first[0].data != first[1].data
    assert first[0].data[8:] == first[2].data[8:]
    again = Embedder(embedder.backbone, "cpu")
    list(again.embed(items, Looks(224)))
    assert again.work.decoded == again.work.forwarded == 0


def test_large_images_are_cut_into_tiles_that_cover_them_once(tmp_path: Path) -> None:
    for size, side in (((1000, 700), 300), ((5000, 100), 512), ((451, 300), 300), ((640, 640), 200)):
        covered = np.zeros(size[::-1], int)
        for box in tiles(size, side):
            covered[box.y : box.y + box.height, box.x : box.x + box.width] += 1
            assert max(box.width, box.height) <= side + 1
        assert (covered == 1).all()
    assert tiles((450, 300), 300) == []


@pytest.mark.parametrize("ending", [".png", ".tif", ".webp"])
def test_tiles_are_images_of_their_own(tmp_path: Path, ending: str) -> None:
    values = np.random.default_rng(3).integers(0, 255, (90, 130, 3), np.uint8)
    path = tmp_path / f"slide{ending}"
    Image.fromarray(values).save(path, **({"lossless": True} if ending == ".webp" else {}))
    items = list(iter_images([path], Cutting(tile_side=50)))
    assert len(items) == 6
    assert items[0].name == f"slide{ending}#xywh=0,0,43,45"
    for item in items:
        box = split_item(item).box
        assert box is not None
        expected = values[box.y : box.y + box.height, box.x : box.x + box.width]
        assert np.array_equal(np.asarray(read_image(item)), expected)
        assert image_size(item) == (box.width, box.height)
    assert len({content_hash(item) for item in items}) == 6
    assert list(iter_images(items, Cutting(tile_side=10))) == items  # what is a tile is not cut again


def test_tiles_lie_in_the_picture_as_it_is_displayed(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    paint("disc", 5, (160, 120)).save(path, exif=exif, quality=95)
    whole = np.asarray(read_image(path))
    assert whole.shape[:2] == (160, 120)
    item = Item(path, box=Region(20, 100, 60, 50)).path
    assert np.array_equal(np.asarray(read_image(item)), whole[100:150, 20:80])
    assert read_image(item, max_side=30).size == (30, 25)


def test_tiles_outside_the_picture_are_refused(scan: Path) -> None:
    item = Item(scan, 2, Region(100, 100, 100, 100))
    assert split_item(item.path) == item
    for read in (read_image, image_size):
        with pytest.raises(ImageReadError, match="the picture has 160 x 120 pixels"):
            read(item.path)


def test_pages_are_cut_too(scan: Path) -> None:
    items = list(iter_images([scan], Cutting(tile_side=80)))
    assert len(items) == 3 * 4
    assert items[5].name == "scan.tif#2&xywh=80,0,80,60"
