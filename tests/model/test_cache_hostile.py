"""A cache file made by someone else: it gives no wrong data, runs nothing, and causes no error."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import torch

from model.backbones.registry import create_backbone
from model.cache.files import FOLDER_NAME
from model.cache.store import FILE_NAME, BlobStore, _checksum
from model.embedding.embedder import Embedder
from model.embedding.store import EmbeddingStore, FileState
from model.features.maps import ImageMaps, compact
from model.features.packing import packed
from model.features.texture_energies import CELLS, CHANNELS

CONTENT, OTHER = b"c" * 32, b"o" * 32
STATE = FileState(b"p" * 16, 5, 7)
SHAPES = ((2, 4, 4), (3, 2, 2), (CHANNELS, CELLS, CELLS))
RECORD = packed(compact(ImageMaps.of(*(torch.zeros(1, *shape) for shape in SHAPES))), (10, 20))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A cache that holds one record."""
    blobs = BlobStore(tmp_path)
    store = EmbeddingStore(blobs, "f", (2, 3))
    store.keep([(CONTENT, RECORD)], 64)
    store.note([(STATE, CONTENT)])
    store.write_notes()
    assert store.of_content(CONTENT, 64) is not None
    assert store.of_files([STATE], 64)[0] is not None
    blobs.close()
    return tmp_path / FILE_NAME


def change(file: Path, *statements: str | tuple[str, tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        for statement in statements:
            database.execute(*((statement,) if isinstance(statement, str) else statement))


def replace_blob(file: Path, data: bytes) -> None:
    """Replace the only blob by `data`, with a matching record."""
    (file.parent / FOLDER_NAME / "1.bin").write_bytes(data)
    change(file, ("UPDATE entries SET start = 0, bytes = ?, checksum = ?", (len(data), _checksum(data))))


def use(file: Path) -> list[bytes | None]:
    """Read and write as classifying does."""
    blobs = BlobStore(file.parent)
    store = EmbeddingStore(blobs, "f", (2, 3))
    found = [store.of_content(CONTENT, 64), *store.of_files([STATE, None], 64)]
    store.keep([(OTHER, RECORD)], 64)
    store.note([(STATE, OTHER)])
    store.write_notes()
    blobs.close()
    blobs = BlobStore(file.parent, max_bytes=1)  # everything must go
    EmbeddingStore(blobs, "f", (2, 3)).keep([(b"x" * 32, RECORD)], 64)
    assert blobs.size() >= 0
    blobs.clear()
    blobs.close()
    return found


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE entries SET checksum = 'no number'",), ("UPDATE entries SET checksum = x'00'",),
        ("UPDATE entries SET start = 'text'",), ("UPDATE entries SET start = 1",), ("UPDATE entries SET start = -1",),
        ("UPDATE entries SET start = 9223372036854775807",), ("UPDATE entries SET bytes = 9223372036854775807",),
        ("UPDATE entries SET bytes = -1",), ("UPDATE entries SET bytes = 'text'",),
        ("UPDATE entries SET bytes = 1e300",), ("UPDATE entries SET file = -1",),
        ("UPDATE entries SET file = '../1'",), ("UPDATE files SET id = -1",),
        ("UPDATE files SET id = -1", "UPDATE entries SET file = -1"),
        ("UPDATE notes SET data = 'text'",), ("UPDATE notes SET data = x'00'",),
    ],
)  # fmt: skip
def test_values_of_the_wrong_kind_are_passed_over(file: Path, statements: tuple[str, ...]) -> None:
    change(file, *statements)
    found = use(file)
    assert None in found[:2]


@pytest.mark.parametrize("value", ["'text'", "9223372036854775807", "-9223372036854775808", "1e300", "x'00'"])
def test_absurd_sizes_and_days_do_no_harm(file: Path, value: str) -> None:
    change(file, f"UPDATE files SET used = {value}, bytes = {value}")
    assert use(file)[0] is not None


@pytest.mark.parametrize(
    ("length", "header"),
    [
        (0, ()), (31, ()), (32, (10, 20, 2**31, 2**31, 1, 1, 1, 1)), (32, (0, 0, 0, 0, 0, 0, 0, 0)),
        (32, (10, 20, 2, 4, 4, 3, 2, 2)), (33, (10, 20, 2, 4, 4, 3, 2, 2)), (20_000, (1, 1, 7, 4, 4, 3, 2, 2)),
    ],
)  # fmt: skip
def test_records_whose_header_lies_are_passed_over(file: Path, length: int, header: tuple[int, ...]) -> None:
    data = b"".join(number.to_bytes(4, "little") for number in header).ljust(length, b"\0")
    replace_blob(file, data)
    assert use(file)[:2] == [None, None]


@pytest.mark.expected_log("The cache in .* was made anew: ")
@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE files", "CREATE VIEW files AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
         "SELECT i AS id, 1 AS bytes, 0 AS used FROM n"),
        ("DROP TABLE entries",
         "CREATE VIEW entries AS SELECT x'00' AS key, 1 AS file, 0 AS start, 1 AS bytes, 1 AS checksum"),
        ("CREATE TRIGGER t AFTER INSERT ON files BEGIN INSERT INTO files (bytes, used) "
         "SELECT a.bytes, a.used FROM files a, files b, files c; END",),
        ("CREATE TABLE more (a)",), ("ALTER TABLE entries ADD COLUMN more",), ("DROP TABLE notes",),
        ("DROP INDEX files_by_use",), ("PRAGMA user_version = 2",), ("PRAGMA user_version = 0",),
    ],
)  # fmt: skip
def test_views_triggers_and_other_tables_are_thrown_away(file: Path, statements: tuple[str, ...]) -> None:
    change(file, *statements)
    assert use(file)[0] is None
    with closing(sqlite3.connect(file)) as database:
        kinds = {kind for (kind,) in database.execute("SELECT type FROM sqlite_master")}
    assert kinds == {"table", "index"}


@pytest.mark.expected_log("The cache in .* was made anew: |cannot be used")
@pytest.mark.parametrize("name", [b"CREATE TABLE", b"files_by_use", b"notes", b"key BLOB"])
def test_a_schema_that_is_no_text_is_thrown_away(file: Path, name: bytes) -> None:
    """Found by fuzzing: Python cannot decode SQLite's message about it."""
    content = file.read_bytes()
    assert name in content
    file.write_bytes(content.replace(name, b"\x82" * len(name)))
    assert use(file)[0] is None


def test_a_graph_of_another_backbone_is_made_anew(tmp_path: Path) -> None:
    backbones = [create_backbone("patent-cnn"), create_backbone("patent-cnn-scratch")]
    pixels = torch.randint(256, (1, 64, 64, 3), dtype=torch.uint8)
    stores = [BlobStore(tmp_path / str(n)) for n in range(2)]
    pairs = zip(backbones, stores, strict=True)
    first, _ = (Embedder(one, "cpu", store=store).runtime.forward(pixels) for one, store in pairs)
    graphs = [path.read_bytes() for path in tmp_path.glob(f"1/{FOLDER_NAME}/*")]
    if not graphs:
        pytest.skip("OpenVINO does not run here")
    replace_blob(tmp_path / "0" / FILE_NAME, graphs[0])
    again = Embedder(backbones[0], "cpu", store=stores[0]).runtime.forward(pixels)
    assert torch.equal(first.fine, again.fine)
