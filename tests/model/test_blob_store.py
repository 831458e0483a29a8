"""The store on disk: bounded, shared by processes, and without errors whatever happens to its files."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from model.cache import database as blob_database
from model.cache import store as blob_store
from model.cache.database import transaction
from model.cache.files import FOLDER_NAME, BlobFiles
from model.cache.store import FILE_NAME, BlobStore

_OTHER_PROCESS = """
import sys
from pathlib import Path
from model.cache.store import BlobStore
store = BlobStore(Path(sys.argv[1]))
for k in range(40):
    store.put_many({b"%s %d %d" % (sys.argv[2].encode(), k, j): bytes([k]) * 20_000 for j in range(5)})
    store.put_notes({b"%s %d" % (sys.argv[2].encode(), k): b"note"})
    assert store.get(b"%s %d 3" % (sys.argv[2].encode(), k)) == bytes([k]) * 20_000
store.close()
"""


def test_what_was_put_is_found_by_a_new_store(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "deep" / "folder")
    assert store.get(b"a") is None
    store.put_many({b"a": b"1" * 200_001, b"b": b""})
    store.put(b"b", b"new")
    store.put_notes({b"n": b"note"})
    store.close()
    again = BlobStore(tmp_path / "deep" / "folder")
    assert again.get(b"a") == b"1" * 200_001
    assert again.get(b"b") == b"new"
    assert again.notes([b"n", b"m"]) == {b"n": b"note"}
    assert again.size() == 200_004


def test_nothing_is_kept_without_a_folder() -> None:
    store = BlobStore(None)
    store.put(b"a", b"1")
    store.put_notes({b"n": b"1"})
    assert store.get(b"a") is None
    assert store.notes([b"n"]) == {}
    assert store.size() == 0
    store.clear()


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, now = BlobStore(tmp_path, max_bytes=10_000), [100.0 * 86_400]
    monkeypatch.setattr(blob_store.time, "time", lambda: now[0])
    for k in range(10):
        store.put(b"%d" % k, bytes(1_000))
    now[0] += 86_400
    assert store.get(b"0") is not None
    store.put(b"10", bytes(1_000))
    kept = [k for k in range(11) if store.get(b"%d" % k) is not None]
    assert kept == [0, *range(3, 11)]
    assert store.size() == 9_000


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_what_is_on_disk_stays_bounded(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, max_bytes=2_000_000)
    for k in range(60):
        store.put(b"%d" % k, bytes(200_000))
    store.close()
    assert 1_500_000 < _bytes_in(tmp_path) < 2_500_000


def test_what_was_put_together_goes_together(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, max_bytes=10_000)
    for k in range(4):
        store.put_many({b"%d %d" % (k, j): bytes(1_000) for j in range(3)})
    kept = [(k, j) for k in range(4) for j in range(3) if store.get(b"%d %d" % (k, j)) is not None]
    assert kept == [(k, j) for k in range(1, 4) for j in range(3)]
    assert len(list((tmp_path / FOLDER_NAME).iterdir())) == 3


@pytest.mark.parametrize(("room", "bound"), [(2_000, 1_000), (30_000, 10_000), (90_000, 20_000)])
def test_the_bound_follows_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, bound: int) -> None:
    store, usage = BlobStore(tmp_path), shutil.disk_usage(tmp_path)
    monkeypatch.setattr(blob_store, "LEAST_BOUND", 1_000)
    monkeypatch.setattr(blob_store, "MOST_BOUND", 20_000)
    monkeypatch.setattr(blob_store, "KEEP_FREE", 0)
    monkeypatch.setattr(blob_store.shutil, "disk_usage", lambda _: usage._replace(free=room - store.size()))
    for k in range(300):
        store.put(b"%d" % k, bytes(100))
    assert 0.85 * bound <= store.size() <= bound


def test_entries_are_not_all_counted_at_every_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts, total = [0], blob_store._total

    def counted(database: sqlite3.Connection) -> int:
        counts[0] += 1
        return total(database)

    monkeypatch.setattr(blob_store, "_total", counted)
    store = BlobStore(tmp_path, max_bytes=1_000_000)
    for k in range(500):
        store.put(b"%d" % k, bytes(1_000))
    assert counts[0] <= 2
    assert store.size() == 500_000


def test_two_processes_together_keep_the_bound(tmp_path: Path) -> None:
    stores = [BlobStore(tmp_path, max_bytes=1_000_000) for _ in range(2)]
    for k in range(2_000):
        stores[k % 2].put(b"%d" % k, bytes(1_000))
        assert stores[0].size() <= 1_002_000
    assert stores[0].size() > 800_000


def test_clearing_gives_the_space_back(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put(b"a", bytes(5_000_000))
    store.put_notes({b"n": b"1"})
    store.clear()
    assert store.get(b"a") is None
    assert store.notes([b"n"]) == {}
    assert store.size() == 0
    assert _bytes_in(tmp_path) < 100_000


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put(b"a", b"1")
    found: list[bytes | None] = []
    reader = threading.Thread(target=lambda: found.append(store.get(b"a")))
    with store._guarded(store._writing) as database:
        assert database is not None
        with transaction(database):
            database.execute("DELETE FROM entries")
            reader.start()
            reader.join(timeout=30)
            assert found == [b"1"]
    assert store.get(b"a") is None


def test_two_processes_share_it(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", _OTHER_PROCESS, str(tmp_path)]
    running = [subprocess.Popen([*command, name], cwd=root, stderr=subprocess.PIPE) for name in ("x", "y")]
    for process in running:
        assert process.communicate()[1] == b""
        assert process.returncode == 0
    store = BlobStore(tmp_path)
    for name in (b"x", b"y"):
        assert all(store.get(b"%s %d 4" % (name, k)) == bytes([k]) * 20_000 for k in range(40))


def test_a_killed_process_damages_nothing(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    endless = _OTHER_PROCESS.replace("range(40)", "__import__('itertools').count()").replace("bytes([k])", "b'z'")
    process = subprocess.Popen([sys.executable, "-c", endless, str(tmp_path), "x"], cwd=root)
    store = BlobStore(tmp_path)
    while store.get(b"x 5 4") is None:
        assert process.poll() is None
    process.kill()
    process.wait()
    assert store.get(b"x 5 4") == b"z" * 20_000
    store.put(b"mine", b"1")
    assert store.get(b"mine") == b"1"


def _garbage(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)


def _cut_off(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _scribbled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for start in range(4_096, len(data), 4_096):
        data[start : start + 500] = bytes(range(250)) * 2
    path.write_bytes(data)


@pytest.mark.expected_log("The cache in .* was made anew: ")
@pytest.mark.parametrize("damage", [_garbage, _cut_off, _scribbled])
def test_a_damaged_database_is_made_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    store = BlobStore(tmp_path)
    store.put_many({b"%d" % k: bytes([k]) * 150_000 for k in range(20)})
    store.close()
    damage(tmp_path / FILE_NAME)
    store = BlobStore(tmp_path)
    for k in range(20):
        assert store.get(b"%d" % k) in {None, bytes([k]) * 150_000}
    store.put(b"a", b"1")
    store.put(b"a", b"1")
    assert store.get(b"a") == b"1"


@pytest.mark.parametrize("damage", [_garbage, _cut_off, _scribbled, Path.unlink])
def test_what_a_damaged_file_held_is_not_given_out(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    store = BlobStore(tmp_path)
    for group in (range(20), range(20, 30)):
        store.put_many({b"%d" % k: bytes([k]) * 5_000 for k in group})
    damage(tmp_path / FOLDER_NAME / "1.bin")
    for k in range(30):
        assert store.get(b"%d" % k) in ({None, bytes([k]) * 5_000} if k < 20 else {bytes([k]) * 5_000})
    assert store.size() == 50_000
    store.put(b"0", b"new")
    assert store.get(b"0") == b"new"


def test_a_blob_whose_bytes_changed_is_not_given_out(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    for number, value in enumerate((b"0123456789abcdeF-", b"0123456789abcdef", b"0123456789abcdef+")):
        store.put(b"a", b"0123456789abcdef-")
        (tmp_path / FOLDER_NAME / f"{number + 1}.bin").write_bytes(value)
        assert store.get(b"a") is None
        assert store.size() == 0
        assert not list((tmp_path / FOLDER_NAME).iterdir())


def test_what_a_crash_left_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = BlobStore(tmp_path)

    def crash(*_: object) -> None:
        raise sqlite3.OperationalError("as if the process had ended here")

    with monkeypatch.context() as patch:
        patch.setattr(store, "_evict", crash)
        patch.setattr(store, "_deal_with", lambda *_: None)
        store.put(b"a", bytes(1_000))
    (left,) = (tmp_path / FOLDER_NAME).iterdir()
    assert store.get(b"a") is None
    store.put(b"a", b"1")
    assert store.get(b"a") == b"1"
    assert list((tmp_path / FOLDER_NAME).iterdir()) == [left]


@pytest.mark.expected_log("The cache in .* was made anew: it is of another version")
@pytest.mark.parametrize("version", [1, 2, 4])
def test_another_version_s_database_is_made_anew_with_its_files(
    tmp_path: Path, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It is made anew by the first look into it: its disk space is not taken until something else is stored."""
    store = BlobStore(tmp_path)
    store.put_many({b"a": bytes(500_000)})
    store.put_many({b"b": bytes(500_000)})
    store.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as database:
        database.execute(f"PRAGMA user_version = {version}")
    store = BlobStore(tmp_path)
    assert store.get(b"a") is None
    assert store.get(b"b") is None
    assert _bytes_in(tmp_path) < 200_000
    assert len(caplog.records) == 1
    store.put(b"c", b"1")
    assert store.get(b"c") == b"1"
    assert [path.name for path in (tmp_path / FOLDER_NAME).iterdir()] == ["1.bin"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are a matter of rights there")
def test_links_and_pipes_in_the_place_of_files_are_not_opened(tmp_path: Path) -> None:
    store, elsewhere = BlobStore(tmp_path / "cache"), tmp_path / "mine.bin"
    elsewhere.write_bytes(b"1")
    for number, make in enumerate((lambda path: path.symlink_to(elsewhere), os.mkfifo, Path.mkdir)):
        store.put(b"%d" % number, b"1")
        path = tmp_path / "cache" / FOLDER_NAME / f"{number + 1}.bin"
        path.unlink()
        make(path)
        assert store.get(b"%d" % number) is None
    assert elsewhere.read_bytes() == b"1"


@pytest.mark.skipif(sys.platform == "win32", reason="links are a matter of rights there")
@pytest.mark.expected_log("cannot be used")
def test_a_link_in_the_place_of_their_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "1.bin").write_bytes(b"mine")
    (tmp_path / "cache" / FOLDER_NAME).symlink_to(tmp_path / "mine")
    store = BlobStore(tmp_path / "cache")
    store.clear()
    store.put(b"a", b"1")
    assert store.get(b"a") is None
    assert [path.read_bytes() for path in (tmp_path / "mine").iterdir()] == [b"mine"]


@pytest.mark.expected_log("is no longer written to: the disk is nearly full")
def test_a_nearly_full_disk_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = BlobStore(tmp_path)
    store.put(b"a", b"1")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(blob_store.shutil, "disk_usage", lambda _: usage._replace(free=10**6))
    store.put(b"b", b"2")
    store.put(b"c", b"3")
    assert store.get(b"a") == b"1"
    assert store.get(b"b") is None
    assert len(caplog.records) == 1


@pytest.mark.expected_log("is no longer written to: database or disk is full")
def test_a_full_disk_stops_the_writing_only(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put(b"a", b"1")
    assert store._writing.connection is not None
    store._writing.connection.execute("PRAGMA max_page_count = 10")
    store.put_many({b"%d" % k: b"2" for k in range(2_000)})
    store.put(b"c", b"3")
    assert store.get(b"a") == b"1"
    assert store.get(b"7") is None


@pytest.mark.expected_log("is no longer written to: No space left on device")
def test_a_disk_that_gets_full_with_a_file_stops_the_writing_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = BlobStore(tmp_path)
    store.put(b"a", b"1")

    def half() -> Iterator[bytes]:
        yield b"2" * 100_000
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write = BlobFiles.write
    monkeypatch.setattr(BlobFiles, "write", lambda files, number, _: write(files, number, half()))
    store.put(b"b", b"2" * 200_000)
    assert store.get(b"a") == b"1"
    assert store.get(b"b") is None
    assert [path.name for path in (tmp_path / FOLDER_NAME).iterdir()] == ["1.bin"]


@pytest.mark.expected_log("cannot be used")
def test_without_a_folder_that_can_be_made_nothing_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = BlobStore(tmp_path / "file" / "folder")
    for _ in range(3):
        store.put(b"a", b"1")
        assert store.get(b"a") is None
    assert len(caplog.records) == 1


def test_what_another_process_holds_locked_is_not_waited_for_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blob_database, "_BUSY_SECONDS", 0.01)
    store = BlobStore(tmp_path)
    store.put(b"a", b"1")
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store.put(b"b", b"2")
    assert store.get(b"a") == b"1"
    other.execute("ROLLBACK")
    other.close()
    store.put(b"c", b"3")
    assert store.get(b"c") == b"3"
    assert store.get(b"b") is None


def test_threads_may_share_a_store(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, max_bytes=2_000_000)

    def work(number: int) -> None:
        for k in range(50):
            store.put(b"%d %d" % (number, k), bytes([k]) * 10_000)
            assert store.get(b"%d %d" % (number, k)) == bytes([k]) * 10_000

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.size() == 3 * 50 * 10_000
