"""Pages and frames by their names, and everything that is asked of an image by its name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from conftest import paint

from model.embedding import Embedder
from model.errors import ImageReadError
from model.images.content_hash import content_and_bytes, content_hash
from model.images.items import item_path, source_file, split_item
from model.images.scan import class_folders, iter_images


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Three pages: a disc, a cross and the disc again."""
    path = tmp_path / "scan.tif"
    with tifffile.TiffWriter(path) as writer:
        for shape, seed in (("disc", 1), ("cross", 2), ("disc", 1)):
            writer.write(np.asarray(paint(shape, seed)), photometric="rgb")
    return path


def test_a_name_is_split_into_file_and_number(tmp_path: Path) -> None:
    assert split_item(tmp_path / "scan.tif#3") == (tmp_path / "scan.tif", 3)
    assert split_item(item_path(tmp_path / "IM0001", 12)) == (tmp_path / "IM0001", 12)
    assert item_path(tmp_path / "a#1.tif", 2).name == "a#1.tif#2"
    assert split_item(tmp_path / "a#1.tif#2") == (tmp_path / "a#1.tif", 2)


@pytest.mark.parametrize(
    "name", ["scan.tif", "#3", "scan.tif#0", "scan.tif#03", "scan.tif#x", "scan #3.tif", "a#" + "9" * 12]
)
def test_other_names_are_files(tmp_path: Path, name: str) -> None:
    assert split_item(tmp_path / name) == (tmp_path / name, None)


def test_a_file_that_is_really_called_so_is_itself(tmp_path: Path) -> None:
    (tmp_path / "scan.tif#3").write_bytes(b"x")
    assert split_item(tmp_path / "scan.tif#3") == (tmp_path / "scan.tif#3", None)
    assert source_file(tmp_path / "scan.tif#4") == tmp_path / "scan.tif"


def test_folders_give_items_in_order(tmp_path: Path, scan: Path) -> None:
    paint("disc", 3).save(tmp_path / "b.png")
    assert [path.name for path in iter_images([tmp_path])] == ["b.png", "scan.tif#1", "scan.tif#2", "scan.tif#3"]
    assert list(iter_images([item_path(scan, 2)])) == [item_path(scan, 2)]
    (tmp_path / "bins" / "pages").mkdir(parents=True)
    scan.rename(tmp_path / "bins" / "pages" / "scan.tif")
    ((_, images),) = class_folders(tmp_path / "bins")
    assert len(images) == 3


def test_every_item_has_a_hash_of_its_own(scan: Path) -> None:
    hashes = {content_hash(path) for path in (scan, *(item_path(scan, number) for number in (1, 2, 3)))}
    assert len(hashes) == 4
    whole = hashlib.sha256(scan.read_bytes()).digest()
    assert content_hash(item_path(scan, 2)) == hashlib.sha256(whole + b"#2").hexdigest()
    assert content_and_bytes(item_path(scan, 2)) == (hashlib.sha256(whole + b"#2").digest(), None)


def test_a_file_that_changed_has_new_hashes(scan: Path) -> None:
    before = content_hash(item_path(scan, 1))
    scan.write_bytes(scan.read_bytes() + b"more")
    assert content_hash(item_path(scan, 1)) != before
    scan.unlink()
    with pytest.raises(ImageReadError, match="no longer there"):
        content_hash(item_path(scan, 1))


def test_items_are_embedded_once_and_found_again(scan: Path, embedder: Embedder) -> None:
    fresh = Embedder(embedder.backbone, "cpu")
    items = list(iter_images([scan]))
    (first,) = fresh.embed(items)
    assert fresh.work.decoded == 3
    assert not np.array_equal(first[0].maps.coarse, first[1].maps.coarse)
    assert np.array_equal(first[0].maps.coarse, first[2].maps.coarse)
    again = Embedder(embedder.backbone, "cpu")
    list(again.embed(items))
    assert again.work.decoded == again.work.forwarded == 0
