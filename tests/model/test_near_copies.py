"""Near copies are found however they were made; different pictures of one kind are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from model.cache.store import BlobStore
from model.embedding import near_copies
from model.embedding.near_copies import USUAL_ALIKE, NearCopies
from model.images.fingerprint import CROPPED, NUMBERS, fingerprint
from model.progress import Cancelled, CancelToken


@pytest.fixture
def picture(shapes_folder: Path) -> Image.Image:
    return Image.open(sorted((shapes_folder / "cross").iterdir())[0]).convert("RGB")


def copies_of(picture: Image.Image, folder: Path) -> dict[str, Path]:
    """The picture as it is, and copies."""
    folder.mkdir(exist_ok=True)
    width, height = picture.size
    cut = [round(0.05 * width), round(0.05 * height)]
    made = {
        "itself.png": picture,
        "recompressed.jpg": picture,
        "brighter.png": ImageEnhance.Brightness(picture).enhance(1.2),
        "darker.png": ImageEnhance.Brightness(picture).enhance(0.7),
        "half the size.png": picture.resize((width // 2, height // 2)),
        "cropped.png": picture.crop((cut[0], cut[1], width - cut[0], height - cut[1])),
    }
    for name, one in made.items():
        one.save(folder / name, quality=40)
    return {name: folder / name for name in made}


def groups(found: near_copies.Copies, alike: float = USUAL_ALIKE) -> list[set[Path]]:
    sets: list[set[Path]] = []
    for (one, other), likeness in zip(found.links.tolist(), found.alike.tolist(), strict=True):
        if likeness >= alike:
            ends = {found.paths[one], found.paths[other]}
            touched = [group for group in sets if group & ends]
            sets = [group for group in sets if not group & ends] + [ends.union(*touched)]
    return sets


def test_every_kind_of_copy_is_found_and_nothing_else(
    picture: Image.Image, shapes_folder: Path, tmp_path: Path
) -> None:
    copies = copies_of(picture, tmp_path / "copies")
    others = [path for folder in shapes_folder.iterdir() for path in sorted(folder.iterdir())[1:8]]
    found = NearCopies(BlobStore(None)).find([*others, *copies.values()])
    assert groups(found) == [set(copies.values())]
    assert list(found.alike) == sorted(found.alike, reverse=True)


def test_what_comes_later_is_compared_with_all_and_nothing_twice(
    picture: Image.Image, shapes_folder: Path, tmp_path: Path
) -> None:
    copies = list(copies_of(picture, tmp_path / "copies").values())
    others = [path for folder in shapes_folder.iterdir() for path in sorted(folder.iterdir())[1:]]
    finder = NearCopies(BlobStore(None))
    finder.find([*others, *copies[:3]])
    before = finder.comparisons
    assert groups(finder.find([*others, *copies])) == [set(copies)]
    assert finder.comparisons - before == 3 * (len(others) + 6)
    finder.find([*others, *copies])
    assert finder.comparisons - before == 3 * (len(others) + 6)
    assert groups(finder.find([*others, *copies[1:3]])) == [set(copies[1:3])]


def test_links_are_a_tree_however_many_are_alike(picture: Image.Image, tmp_path: Path) -> None:
    paths = []
    for number in range(30):
        paths.append(tmp_path / f"{number}.png")
        picture.save(paths[-1])
    found = NearCopies(BlobStore(None)).find(paths)
    assert len(found.links) == 29
    assert groups(found) == [set(paths)]


def test_fingerprints_are_kept_on_disk(picture: Image.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = list(copies_of(picture, tmp_path / "copies").values())
    NearCopies(BlobStore(tmp_path / "cache")).find(copies)
    monkeypatch.setattr(near_copies, "read_image", lambda *_: pytest.fail("a picture was read"))
    assert groups(NearCopies(BlobStore(tmp_path / "cache")).find(copies)) == [set(copies)]


def test_what_cannot_be_read_is_told_and_flat_pictures_are_no_copies(picture: Image.Image, tmp_path: Path) -> None:
    broken, flat = tmp_path / "broken.png", [tmp_path / "a.png", tmp_path / "b.png"]
    broken.write_bytes(b"no image")
    for path in flat:
        Image.new("RGB", (64, 64), "grey").save(path)
    found = NearCopies(BlobStore(None)).find([broken, *flat, *flat])
    assert [error.path for error in found.unreadable] == [broken]
    assert found.paths == tuple(flat)
    assert len(found.links) == 0


def test_comparing_can_be_stopped(picture: Image.Image, tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        NearCopies(BlobStore(None)).find(list(copies_of(picture, tmp_path / "copies").values()), token=token)


def test_a_fingerprint_does_not_depend_on_brightness_and_contrast(picture: Image.Image) -> None:
    one = fingerprint(picture)
    other = fingerprint(Image.eval(picture, lambda value: 40 + value * 0.6))
    assert one.shape == (1 + len(CROPPED), NUMBERS)
    assert np.linalg.norm(one, axis=1) == pytest.approx(np.ones(len(one)), abs=1e-5)
    assert float(one[0] @ other[0]) > 0.98
