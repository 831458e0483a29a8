"""`fewshot classify --watch`: what comes into a folder is classified once, with commands for each image."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from model.images.known_content import KnownContent
from tests.model.cli_support import Run, one_line, rows_of

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM for itself")


@contextmanager
def _meanwhile(out: Path, *steps: Callable[[], object], ended_by: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    """Take each step when the table has one row more than before it; at the end, end this process's watch."""
    before_that = signal.getsignal(ended_by)

    def rows() -> int:
        text = out.read_bytes() if out.exists() else b""
        return text.count(b"\n")

    def work() -> None:
        deadline = time.monotonic() + 60
        while not rows() and time.monotonic() < deadline:
            time.sleep(0.02)
        for step in steps:
            before = rows()
            if step() is not False:
                while rows() == before and time.monotonic() < deadline:
                    time.sleep(0.02)
        while signal.getsignal(ended_by) is before_that and time.monotonic() < deadline:
            time.sleep(0.02)  # it does not listen yet
        time.sleep(0.3)
        os.kill(os.getpid(), ended_by)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def test_images_are_classified_as_they_come_each_with_one_row(
    run: Run, trained: Path, photos: Path, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    shutil.copy(photos / "disc.png", folder / "1.png")

    def partial() -> None:
        (folder / "3.png.part").write_bytes((photos / "cross.png").read_bytes())
        (folder / "3.png.part").rename(folder / "3.png")

    def changed() -> bool:
        with (folder / "1.png").open("ab") as file:
            file.write(b"more")
        time.sleep(0.5)
        return False

    steps = (lambda: (folder / "2.png").write_bytes(b"broken"), partial, changed)
    watch = ("classify", trained, folder, "--watch", "--settle", "0.05", "--out", out)
    with _meanwhile(out, lambda: None, *steps):
        done = run(*watch, "--json")
    assert done.status == 0
    assert (done.result["images"], done.result["error"]) == (3, 1)
    assert "has changed since it was classified" in done.err
    rows = rows_of(out)
    assert [Path(row["path"]).name for row in rows] == ["1.png", "2.png", "3.png"]
    assert [row["status"] for row in rows] == ["ok", "error", "ok"]
    with _meanwhile(out, ended_by=signal.SIGINT):
        done = run(*watch)
    assert done.status == 130
    assert "0 images were classified; the same command goes on" in one_line(done.err)
    assert rows_of(out) == rows


def test_a_changed_file_gets_another_row_where_it_is_asked_for(
    run: Run, trained: Path, photos: Path, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.jsonl"
    shutil.copy(photos / "disc.png", folder / "1.png")
    with _meanwhile(out, lambda: False, lambda: shutil.copy(photos / "cross.png", folder / "1.png")):
        # The first row is there before the table is looked at only where it was fast.
        done = run(
            "classify", trained, folder, "--watch", "--settle", "0.05", "--out", out, "--again-if-changed", "--json"
        )
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert (done.status, [row["predicted"] for row in rows]) == (0, ["диск, red", "十字\ncross"])


def test_commands_get_their_arguments_as_they_are_and_their_trouble_is_a_warning(
    run: Run, trained: Path, photos: Path, folder: Path, tmp_path: Path
) -> None:
    out, notes = tmp_path / "r.csv", tmp_path / "notes.txt"
    shutil.copy(photos / "disc.png", folder / "a b; touch $(x) {class}.png")
    note = [sys.executable, "-c", "import sys; print(sys.argv[2:], file=open(sys.argv[1], 'a'))", str(notes)]
    commands = (
        ("--on-image", json.dumps([*note, "{path}", "{class}", "{status}"])),
        ("--on-class", "диск, red", json.dumps([*note, "disc {confidence}"])),
        ("--on-class", "十字\ncross", json.dumps([*note, "never"])),
        ("--on-image", f"{sys.executable} -c 'import time; time.sleep(60)'"),
        ("--on-image", f"{sys.executable} -c 'import sys; sys.exit(\"no such place\")'"),
        ("--on-image", str(tmp_path / "no such program").replace(" ", "\\ ")),
    )
    with _meanwhile(out, lambda: None):
        options = [word for command in commands for word in command]
        done = run(
            "classify", trained, folder, "--watch", "--settle", "0.05", "--out", out, "--json",
            "--command-seconds", "2", *options,
        )  # fmt: skip
    assert (done.status, done.result["images"], done.result["commands_failed"]) == (0, 1, 3)
    assert "took longer than 2 s and was ended" in done.err
    assert "failed with status 1: no such place" in done.err
    assert "cannot be run: No such file or directory" in done.err
    (row,) = rows_of(out)
    assert notes.read_text().splitlines() == [
        str([row["path"], "диск, red", "ok"]),
        str([f"disc {row['confidence']}"]),
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--on-image", "true"), "--on-image needs --watch"),
        (("--watch", "--transductive"), "does not go together with --transductive"),
        (("--watch", "--overlays", "o"), "does not go together with --overlays"),
        (("--watch", "--on-class", "nothing", "true"), "--on-class: nothing is not a class"),
        (("--watch", "--on-image", "'open"), "cannot be taken apart"),
        (("--watch", "--on-image", "[1]"), "is empty or no list of texts"),
        (("--watch", "--leave-out-hashes", "none.txt"), "The list of hashes none.txt cannot be read"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    run: Run, trained: Path, folder: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = run("classify", trained, folder, "--out", tmp_path / "r.csv", *options)
    assert done.status == 2
    assert said in one_line(done.err)


def test_a_file_cannot_be_watched_and_a_foreign_table_is_kept(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    done = run("classify", trained, photos / "disc.png", "--watch", "--out", tmp_path / "r.csv")
    assert (done.status, "is not a folder that can be watched" in one_line(done.err)) == (2, True)
    (tmp_path / "r.csv").write_text("mine")
    done = run("classify", trained, photos, "--watch", "--out", tmp_path / "r.csv")
    assert (done.status, (tmp_path / "r.csv").read_text()) == (2, "mine")


def test_files_on_a_list_are_left_out_undecoded(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out, listed = tmp_path / "r.csv", tmp_path / "list.txt"
    first = hashlib.sha256((photos / "disc.png").read_bytes()).hexdigest()
    second = hashlib.md5((photos / "white.png").read_bytes()).hexdigest()
    listed.write_text(f"\ufeff# known\n\n{first.upper()}  name.png\n{second}\n", encoding="utf-8")
    done = run("classify", trained, photos, "--out", out, "--leave-out-hashes", listed, "--json")
    assert (done.status, done.result["left_out"], done.result["images"]) == (0, 2, 4)
    rows = {Path(row["path"]).name: row for row in rows_of(out)}
    for name in ("disc.png", "white.png"):
        assert rows[name]["status"] == "left_out"
        assert "on the list" in rows[name]["message"]
        assert rows[name]["predicted"] == rows[name]["classifier"] == ""
    assert rows["cross.png"]["status"] == "ok"
    before = out.read_bytes()
    assert run("classify", trained, photos, "--out", out, "--leave-out-hashes", listed, "--resume").status == 0
    assert out.read_bytes() == before
    with _meanwhile(tmp_path / "other.csv", lambda: None):
        watched = run(
            "classify", trained, photos, "--watch", "--settle", "0", "--leave-out-hashes", listed,
            "--out", tmp_path / "other.csv", "--json",
        )  # fmt: skip
    assert (watched.status, watched.result["left_out"]) == (0, 2)


def test_a_list_that_is_not_understood_is_refused_with_its_line(tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("# fine\n" + "0" * 64 + "\n" + "0" * 63 + "\n")
    with pytest.raises(Exception, match=r"list\.txt, line 3: this is no SHA-256"):
        KnownContent.read(listed)
