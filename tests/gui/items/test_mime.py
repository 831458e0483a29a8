"""What drags carry."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QMimeData, QUrl

from fewshot_gui.items.mime import (
    IMAGES_TYPE,
    DraggedImages,
    decode_bin,
    decode_images,
    encode_bin,
    encode_images,
    path_to_url,
    url_to_path,
)

ODD = [
    Path("/a b/100 %/#1?.png"),
    Path("/图像/고양이/قطة.png"),
    Path(os.fsdecode(b"/latin/caf\xe9.png")),
    Path("/weird/C:\\x.png"),
    Path("//double/slash.png"),
]


@given(st.binary(min_size=1, max_size=60).filter(lambda raw: b"\0" not in raw and b"/" not in raw))
def test_any_file_name_survives_a_drag(raw: bytes) -> None:
    path = Path("/folder") / os.fsdecode(raw)
    own = decode_images(encode_images("library", [path]))
    assert own == DraggedImages("library", (path,))
    if raw not in (b".", b".."):
        assert url_to_path(path_to_url(path)) == path


@pytest.mark.parametrize("path", ODD)
def test_files_of_other_programs_are_read(path: Path) -> None:
    data = QMimeData()
    data.setUrls([path_to_url(path)])
    assert decode_images(data) == DraggedImages("files", (path,))


def test_folders_may_end_in_a_slash() -> None:
    assert url_to_path(QUrl("file:///images/cats/")) == Path("/images/cats")


def test_web_addresses_are_no_files() -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/cat.png")])
    assert decode_images(data) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"null",
        b"3",
        b'{"source": "library"}',
        b'{"source": "library", "bin": 3, "paths": ["/a"]}',
        b'{"source": "library", "bin": null, "paths": []}',
        b'{"source": "library", "bin": null, "paths": [1]}',
        b'{"source": "library", "bin": null, "paths": [""]}',
        b'{"source": ["library"], "bin": null, "paths": ["/a"]}',
    ],
)
def test_damaged_data_is_refused(raw: bytes) -> None:
    data = QMimeData()
    data.setData(IMAGES_TYPE, QByteArray(raw))
    assert decode_images(data) is None


def test_a_bin_is_carried_by_its_id() -> None:
    assert decode_bin(encode_bin("abc")) == "abc"
    assert decode_bin(QMimeData()) is None
    assert decode_images(encode_bin("abc")) is None
