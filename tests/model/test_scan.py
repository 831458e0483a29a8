"""Finding images: order, endings, links, folders that are no good, names in any script and of any bytes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import SupportSetError
from model.images.scan import class_folders, is_image_name, iter_images, natural_key, readable_text
from tests.model.images_support import touch


def test_files_come_before_sub_folders_both_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path, "img10.png", "img2.png", "IMG1.PNG", "b/2.jpg", "b/a/1.jpg", "a/3.tif", "b/1.jpg")
    found = [str(path.relative_to(tmp_path)) for path in iter_images([tmp_path])]
    assert found == ["IMG1.PNG", "img2.png", "img10.png", "a/3.tif", "b/1.jpg", "b/2.jpg", "b/a/1.jpg"]


def test_the_order_does_not_depend_on_the_order_of_creation(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(30)]
    for folder, seed in (("x", 1), ("y", 2)):
        shuffled = names.copy()
        random.Random(seed).shuffle(shuffled)
        touch(tmp_path / folder, *shuffled)
    assert [p.name for p in iter_images([tmp_path / "x"])] == names
    assert [p.name for p in iter_images([tmp_path / "y"])] == names


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.JPEG", "a.b.png", "a.WebP", "a.gif", "a.bmp", "a.TIF", "a.tiff", "日.png"]
)
def test_image_endings_in_any_case_are_images(name: str) -> None:
    assert is_image_name(name)


@pytest.mark.parametrize("name", ["a.txt", "jpg", ".png", ".hidden.png", "a.png.part", "a.", "a.svg"])
def test_other_and_hidden_names_are_not_images(name: str) -> None:
    assert not is_image_name(name)


def test_hidden_folders_and_files_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, ".git/a.png", ".b.png", "c.png", "notes.txt")
    assert [p.name for p in iter_images([tmp_path])] == ["c.png"]


def test_files_named_by_the_caller_are_yielded_whatever_they_are(tmp_path: Path) -> None:
    touch(tmp_path, "notes.txt")
    given_paths = [tmp_path / "notes.txt", tmp_path / "gone.png"]
    assert list(iter_images(given_paths)) == given_paths


def test_an_impossibly_long_name_is_yielded_and_stops_nothing(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 300 + ".png")
    assert list(iter_images([long])) == [long]


def test_each_image_is_yielded_once(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png", "a/2.png")
    found = list(iter_images([tmp_path / "a" / "2.png", tmp_path, tmp_path / "a", tmp_path / "a" / ".." / "a"]))
    assert [p.name for p in found] == ["2.png", "1.png"]


def test_links_that_lead_back_up_end(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "loop").symlink_to("loop")
    (tmp_path / "broken.png").symlink_to("nowhere.png")
    assert sorted(p.name for p in iter_images([tmp_path])) == ["1.png", "broken.png"]


def test_class_folders_are_named_after_the_folders_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path, "class 10/a.png", "class 2/sub/b.png", "loose.png", ".cache/c.png")
    (tmp_path / "empty").mkdir()
    found = [(name, [p.name for p in files]) for name, files in class_folders(tmp_path)]
    assert found == [("class 2", ["b.png"]), ("class 10", ["a.png"]), ("empty", [])]


def test_class_names_keep_any_script_and_lose_only_bytes_that_are_no_text(tmp_path: Path) -> None:
    touch(tmp_path, "тест/a.png", "日本/a.png", "a,b/a.png", "new\nline/a.png")
    os.makedirs(os.fsencode(tmp_path) + b"/caf\xe9")
    names = {name for name, _ in class_folders(tmp_path)}
    assert names == {"тест", "日本", "a,b", "new\nline", "caf\\xe9"}
    assert all(name.encode() for name in names)


@pytest.mark.parametrize(("make", "words"), [(lambda p: None, "no sub-folders"), (Path.rmdir, "not a folder")])
def test_what_has_no_classes_is_refused_with_what_to_do(tmp_path: Path, make: object, words: str) -> None:
    folder = tmp_path / "bins"
    folder.mkdir()
    make(folder)  # type: ignore[operator]
    with pytest.raises(SupportSetError, match=words) as caught:
        class_folders(folder)
    assert "one sub-folder of images per class" in str(caught.value)


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_can_be_sorted_the_same_way_from_any_order(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(names, key=natural_key) == sorted(backwards, key=natural_key)


@given(st.binary(min_size=1, max_size=20))
def test_readable_text_fits_into_utf8_and_leaves_proper_text_alone(raw: bytes) -> None:
    text = readable_text(os.fsdecode(raw))
    assert text.encode()
    try:
        assert text == raw.decode()
    except UnicodeDecodeError:
        assert "\\x" in text


def test_dicom_files_without_an_ending_are_found(tmp_path: Path) -> None:
    dicom = b"\0" * 128 + b"DICM" + b"\0" * 20
    for name in ("IM0001", "1.2.840.10008.7", "DICOMDIR", "README", ".hidden"):
        (tmp_path / name).write_bytes(b"words" if name == "README" else dicom)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    assert [path.name for path in iter_images([tmp_path])] == ["1.2.840.10008.7", "IM0001"]
