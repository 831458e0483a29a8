"""Files that come into watched folders are handed out once, when they are complete."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from model.errors import UsageError
from model.images.arrivals import PARTIAL_ENDINGS, Arrivals, State
from model.progress import CancelToken


class Watched:
    """A folder with a clock that is set by hand."""

    def __init__(self, folder: Path, most: int = 100) -> None:
        self.folder, self.now, self.known, self.told = folder, 0.0, set[Path](), list[Path]()
        self.arrivals = Arrivals(
            [folder], self._is_known, lambda path, _: self.told.append(path), settle=2.0, search=60.0, most=most,
            clock=lambda: self.now,
        )  # fmt: skip

    def _is_known(self, path: Path, _state: State) -> bool:
        return path in self.known

    def after(self, seconds: float, most: int = 100) -> list[str]:
        """Names of the files that are complete so much later; they are known from then on."""
        self.now += seconds
        found = self.arrivals.complete(most)
        self.known.update(found)
        return [path.name for path in found]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_file_is_complete_when_it_stays_as_it_is(watched: Watched) -> None:
    file = watched.folder / "a.png"
    file.write_bytes(b"half")
    assert watched.after(0) == []
    with file.open("ab") as stream:
        stream.write(b"whole")
    assert watched.after(3) == []  # it changed meanwhile
    assert watched.after(1.5) == []
    assert watched.after(1) == ["a.png"]
    assert watched.after(10) == []


def test_the_same_size_with_another_time_is_a_change(watched: Watched) -> None:
    file = watched.folder / "a.png"
    file.write_bytes(b"0000")
    watched.after(0)
    os.utime(file, (1, 1))
    assert watched.after(3) == []
    assert watched.after(3) == ["a.png"]


def test_an_empty_file_waits_for_its_content(watched: Watched) -> None:
    (watched.folder / "a.png").touch()
    watched.after(0)
    assert watched.after(100) == []
    (watched.folder / "a.png").write_bytes(b"there")
    watched.after(1)
    assert watched.after(3) == ["a.png"]


@pytest.mark.parametrize("ending", PARTIAL_ENDINGS)
def test_a_partial_file_counts_when_it_has_its_name(watched: Watched, ending: str) -> None:
    partial, final = watched.folder / f"a.png{ending}", watched.folder / "a.png"
    partial.write_bytes(b"so far")
    watched.arrivals.notice([str(partial)])
    watched.after(0)
    assert watched.after(10) == []
    partial.rename(final)
    watched.arrivals.notice([str(partial), str(final)])
    assert watched.after(1) == []
    assert watched.after(2) == ["a.png"]


def test_a_file_waits_while_a_browser_writes_beside_it(watched: Watched) -> None:
    (watched.folder / "a.png").write_bytes(b"a place kept")
    (watched.folder / "a.png.part").write_bytes(b"so far")
    watched.after(0)
    assert watched.after(10) == []
    (watched.folder / "a.png.part").replace(watched.folder / "a.png")
    watched.after(1)
    assert watched.after(3) == ["a.png"]


def test_a_folder_that_is_moved_in_and_files_without_an_ending_are_found(watched: Watched) -> None:
    watched.after(0)
    (watched.folder / "new" / ".hidden").mkdir(parents=True)
    for name in ("new/a.png", "new/.b.png", "new/.hidden/c.png", "new/notes.txt", "new/IM0001"):
        (watched.folder / name).write_bytes(b"\0" * 128 + b"DICM" if "IM" in name else b"x")
    watched.arrivals.notice([str(watched.folder / "new"), str(watched.folder / "new" / ".hidden" / "c.png")])
    assert sorted(watched.after(3)) == ["IM0001", "a.png"]


def test_what_was_not_said_is_found_by_the_next_search(watched: Watched) -> None:
    watched.after(0)
    (watched.folder / "a.png").write_bytes(b"x")
    assert watched.after(30) == []
    assert watched.after(31) == []
    assert watched.after(3) == ["a.png"]


def test_more_files_than_are_kept_in_mind_all_come(tmp_path: Path) -> None:
    watched = Watched(tmp_path, most=10)
    for number in range(35):
        (tmp_path / f"{number}.png").write_bytes(b"x")
    found: list[str] = []
    for _ in range(40):
        found += watched.after(1, most=4)
        assert watched.arrivals.waiting <= 10
    assert sorted(found) == sorted(f"{number}.png" for number in range(35))


def test_a_file_that_goes_away_is_forgotten(watched: Watched) -> None:
    (watched.folder / "a.png").write_bytes(b"x")
    watched.after(0)
    (watched.folder / "a.png").unlink()
    assert watched.after(3) == []
    assert watched.arrivals.waiting == 0


def test_a_folder_that_goes_away_is_told_once_and_looked_for_again(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    watched = Watched(folder)
    watched.after(0)
    folder.rename(tmp_path / "elsewhere")
    for _ in range(3):
        assert watched.after(61) == []
    assert watched.told == [folder]
    (tmp_path / "elsewhere").rename(folder)
    (folder / "a.png").write_bytes(b"x")
    watched.after(61)
    assert watched.after(3) == ["a.png"]


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder that can be watched"):
        Arrivals([tmp_path / "gone"], lambda *_: False)


@pytest.mark.parametrize("polling", [False, True])
def test_files_are_seen_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, polling: bool) -> None:
    """Told by the system, or found by comparing; named as the folder was given."""
    monkeypatch.chdir(tmp_path)
    folder, stop = Path("in"), CancelToken()
    folder.mkdir()
    arrivals = Arrivals([folder], lambda *_: False, settle=0.0, search=1e9, polling=polling)
    rounds = arrivals.ready(10, stop)
    assert next(rounds) == []

    def bring() -> None:
        time.sleep(0.3)
        (folder / "sub").mkdir()
        Path("elsewhere.png").write_bytes(b"x")
        Path("elsewhere.png").rename(folder / "sub" / "a.png")

    bringing = threading.Thread(target=bring)
    bringing.start()
    deadline, found = time.monotonic() + 20, list[Path]()
    while not found and time.monotonic() < deadline:
        found = next(rounds)
    bringing.join()
    stop.cancel()
    assert list(rounds) == []
    assert found == [folder / "sub" / "a.png"]
