"""Contents of a drag: our own JSON between views, file URLs for other programs."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QByteArray, QMimeData, QUrl

from model.images.items import source_file

IMAGES_TYPE = "application/x-fewshot-images+json"
BIN_TYPE = "application/x-fewshot-bin"

Source = Literal["library", "bin", "results", "files"]


@dataclass(frozen=True)
class DraggedImages:
    """Image files (or folders, where `source` is "files") and the view they come from."""

    source: Source
    paths: tuple[Path, ...]
    bin_id: str | None = None


def encode_images(source: Source, paths: Sequence[Path], bin_id: str | None = None) -> QMimeData:
    """The mime data of a drag that starts in one of our views."""
    payload = {"source": source, "bin": bin_id, "paths": [str(path) for path in paths]}
    data = QMimeData()
    data.setData(IMAGES_TYPE, QByteArray(json.dumps(payload).encode("ascii")))
    data.setUrls([path_to_url(file) for file in dict.fromkeys(map(source_file, paths))])
    return data


def decode_images(data: QMimeData) -> DraggedImages | None:
    """The images in `data`; None where it holds none, or our own type but damaged."""
    if data.hasFormat(IMAGES_TYPE):
        return _decode_own(bytes(data.data(IMAGES_TYPE).data()))
    paths = tuple(url_to_path(url) for url in data.urls() if url.isLocalFile())
    return DraggedImages("files", paths) if paths else None


def may_carry_images(data: QMimeData) -> bool:
    """Whether a drag over us is worth decoding, without looking at thousands of paths."""
    return data.hasFormat(IMAGES_TYPE) or data.hasUrls()


def encode_bin(bin_id: str) -> QMimeData:
    """The mime data of a bin that is being moved on the board."""
    data = QMimeData()
    data.setData(BIN_TYPE, QByteArray(bin_id.encode("utf-8")))
    return data


def decode_bin(data: QMimeData) -> str | None:
    """The id of the bin that is being moved, or None."""
    if not data.hasFormat(BIN_TYPE):
        return None
    return bytes(data.data(BIN_TYPE).data()).decode("utf-8", "replace")


def path_to_url(path: Path) -> QUrl:
    """A file URL that keeps names which are not valid UTF-8."""
    return QUrl.fromEncoded(QByteArray(path.absolute().as_uri().encode("ascii")))


def url_to_path(url: QUrl) -> Path:
    """The inverse of `path_to_url`; a trailing slash is dropped."""
    if os.name == "nt":
        return Path(url.toLocalFile())
    encoded = bytes(url.toEncoded(QUrl.ComponentFormattingOption.FullyEncoded).data())
    return Path(os.fsdecode(unquote_to_bytes(encoded.removeprefix(b"file://"))))


def _decode_own(raw: bytes) -> DraggedImages | None:
    try:
        payload = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(payload, dict):
        return None
    source, bin_id, paths = payload.get("source"), payload.get("bin"), payload.get("paths")
    if source not in ("library", "bin", "results") or not isinstance(bin_id, str | None):
        return None
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) and path for path in paths):
        return None
    return DraggedImages(source, tuple(Path(path) for path in paths), bin_id)
