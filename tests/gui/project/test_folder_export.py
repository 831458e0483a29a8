from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.folder_export import Exported, Transfer, export_into_folders, sort_into
from fewshot_gui.project.folder_names import folder_names
from fewshot_gui.project.moves import last_journal, moves_made, undo_moves
from model.images.reading import read_image
from tests.model.dicom_support import write_dicom


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones left out, by its place."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with two sub-folders that have files of the same name: those called `same` are alike."""
    source = tmp_path / "source"
    for part in ("one", "two"):
        (source / part).mkdir(parents=True)
        for number in range(3):
            (source / part / f"{number}.jpg").write_text(f"{part} {number}")
        (source / part / "same.jpg").write_text("same")
    return source


def export(source: Path, target: Path, transfer: Transfer, **options: Any) -> Exported:
    files = sorted(source.rglob("*.jpg"))
    cats, dogs = [path for path in files if path.stem != "2"], [path for path in files if path.stem == "2"]
    return export_into_folders(sort_into([("Cats", cats), ("Dogs?", dogs)]), target, transfer, **options)


EXPECTED = {
    "Cats/0.jpg": b"one 0",
    "Cats/0 (2).jpg": b"two 0",
    "Cats/1.jpg": b"one 1",
    "Cats/1 (2).jpg": b"two 1",
    "Cats/same.jpg": b"same",
    "Dogs_/2.jpg": b"one 2",
    "Dogs_/2 (2).jpg": b"two 2",
}


@pytest.mark.parametrize("transfer", [Transfer.COPY, Transfer.LINK, Transfer.MOVE])
def test_images_come_into_the_folder_of_their_class(source: Path, tmp_path: Path, transfer: Transfer) -> None:
    before, target = tree(source), tmp_path / "target"
    done = export(source, target, transfer)
    assert tree(target) == EXPECTED
    assert (done.put, done.there_already, done.renamed, done.failed) == (7, 1, 3, [])
    if transfer is Transfer.MOVE:
        assert tree(source) == {"two/same.jpg": b"same"}  # its content was there already
        assert {new.read_bytes() for new in done.moved.values()} == set(EXPECTED.values())
    else:
        assert tree(source) == before
        assert done.moved == {}
    assert all(path.is_symlink() == (transfer is Transfer.LINK) for path in target.rglob("*.jpg"))
    assert not list(target.rglob("*.fewshot-partial"))


def test_doing_it_again_changes_nothing(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    export(source, target, Transfer.COPY)
    (source / "three").mkdir()
    again = export(source, target, Transfer.COPY)
    assert tree(target) == EXPECTED
    assert (again.put, again.there_already) == (0, 8)


@pytest.mark.parametrize("transfer", [Transfer.COPY, Transfer.LINK, Transfer.MOVE])
def test_no_file_is_written_over(source: Path, tmp_path: Path, transfer: Transfer) -> None:
    target = tmp_path / "target"
    (target / "Cats").mkdir(parents=True)
    (target / "Cats" / "0.jpg").write_text("of the user")
    (target / "Dogs_").write_text("a file where the folder should be")
    (target / "Cats" / "1.jpg").symlink_to(tmp_path / "nowhere")
    done = export(source, target, transfer)
    assert (target / "Cats" / "0.jpg").read_text() == "of the user"
    assert (target / "Dogs_").read_text() == "a file where the folder should be"
    assert (target / "Cats" / "0 (2).jpg").read_bytes() == b"one 0"
    assert os.readlink(target / "Cats" / "1.jpg") == str(tmp_path / "nowhere")
    assert [path.name for path, _ in done.failed] == ["2.jpg", "2.jpg"]
    assert (source / "one" / "2.jpg").read_text() == "one 2"


def test_times_go_with_a_copy(source: Path, tmp_path: Path) -> None:
    os.utime(source / "one" / "0.jpg", (1_000_000, 2_000_000))
    export(source, tmp_path / "target", Transfer.COPY)
    assert (tmp_path / "target" / "Cats" / "0.jpg").stat().st_mtime == 2_000_000


def test_pictures_are_what_is_seen_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    greys = np.arange(64, dtype=np.uint16).reshape(8, 8) * 64
    scan = write_dicom(
        folder / "scan.dcm",
        greys,
        PatientName="Doe^Jane",
        BurnedInAnnotation="YES",
        WindowCenter=2048,
        WindowWidth=4096,
    )
    pages = folder / "pages.tif"
    tifffile.imwrite(pages, np.stack([np.full((8, 8, 3), value, np.uint8) for value in (20, 200)]), photometric="rgb")
    photograph = folder / "photograph.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x013B] = "Doe, Jane"
    Image.new("RGB", (12, 8), (10, 120, 240)).save(photograph, exif=exif, comment=b"Doe, Jane", quality=100)
    images = [("Any", [scan, pages.with_name("pages.tif#2"), photograph, folder / "gone.png"])]
    done = export_into_folders(sort_into(images), tmp_path / "out", Transfer.PICTURE)
    found = tree(tmp_path / "out")
    assert set(found) == {"Any/scan.png", "Any/pages.tif#2.png", "Any/photograph.png"}
    assert not any(b"Doe" in content for content in found.values())
    pictures = {Path(name).stem: Image.open(BytesIO(content)) for name, content in found.items()}
    assert all(picture.info == {} for picture in pictures.values())
    np.testing.assert_array_equal(np.asarray(pictures["scan"]), np.asarray(read_image(scan)))
    assert np.asarray(pictures["scan"]).max() > 200
    assert pictures["pages.tif#2"].getpixel((0, 0)) == (200, 200, 200)
    assert pictures["photograph"].size == (8, 12)
    assert (done.put, done.renamed, len(done.failed)) == (3, 0, 1)
    ((remarked, said),) = done.remarked
    assert remarked.name == "scan.png"
    assert "burned into the picture" in said
    again = export_into_folders(sort_into(images), tmp_path / "out", Transfer.PICTURE)
    assert (again.put, again.there_already) == (0, 3)
    hidden = export_into_folders(
        sort_into([("Any", [scan])]), tmp_path / "hidden", Transfer.PICTURE, name_of=lambda _path: "A/1"
    )
    assert hidden.put == 1
    assert set(tree(tmp_path / "hidden")) == {"Any/A_1.png"}


def test_files_that_are_gone_are_named_and_the_others_go_on(source: Path, tmp_path: Path) -> None:
    gone = source / "gone.jpg"
    page = source / "one" / "1.jpg#3"
    images = sort_into([("Cats", [gone, source / "one", page, source / "one" / "0.jpg", source / "one" / "0.jpg"])])
    done = export_into_folders(images, tmp_path / "target", Transfer.COPY)
    assert (done.put, [path for path, _ in done.failed]) == (1, [gone, source / "one", page])
    assert "is a part of a file" in done.failed[-1][1]


def test_it_stops_between_two_images_when_it_is_cancelled(source: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    done = export(
        source,
        tmp_path / "target",
        Transfer.MOVE,
        is_cancelled=lambda: len(seen) == 3,
        progress=lambda done, _total: seen.append(done),
    )
    assert (done.is_cancelled, done.put, len(done.moved)) == (True, 3, 3)


def test_a_target_that_cannot_be_written_to_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "target").write_text("a file")
    with pytest.raises(ProjectError, match="“target” cannot be written to"):
        export(source, tmp_path / "target", Transfer.MOVE)


def test_a_move_is_undone(source: Path, tmp_path: Path) -> None:
    before, target = tree(source), tmp_path / "target"
    done = export(source, target, Transfer.MOVE)
    journal = last_journal(target)
    assert journal is not None
    assert moves_made(journal) == done.moved
    undone = undo_moves(journal)
    assert tree(source) == before
    assert undone.restored == {new: old for old, new in done.moved.items()}
    assert list(target.iterdir()) == []
    assert last_journal(target) is None


def test_undoing_writes_over_nothing_and_can_be_done_again(source: Path, tmp_path: Path) -> None:
    before, target = tree(source), tmp_path / "target"
    export(source, target, Transfer.MOVE)
    (source / "one" / "0.jpg").write_text("another file")
    (target / "Cats" / "1.jpg").write_text("edited since")
    journal = last_journal(target)
    assert journal is not None
    undone = undo_moves(journal)
    assert sorted(path.name for path, _ in undone.failed) == ["0.jpg", "1.jpg"]
    assert (source / "one" / "0.jpg").read_text() == "another file"
    (source / "one" / "0.jpg").unlink()
    (target / "Cats" / "1.jpg").write_text("one 1")
    undo_moves(journal)
    assert tree(source) == before
    assert not journal.exists()


def test_only_the_last_of_two_moves_is_undone(source: Path, tmp_path: Path) -> None:
    target, files = tmp_path / "target", sorted(source.rglob("0.jpg"))
    for path in files:
        export_into_folders(sort_into([("Cats", [path])]), target, Transfer.MOVE)
    journal = last_journal(target)
    assert journal is not None
    undo_moves(journal)
    assert [path.exists() for path in files] == [False, True]


@pytest.mark.skipif(sys.platform != "linux", reason="needs two file systems")
def test_a_move_to_another_drive_is_undone(source: Path, tmp_path: Path) -> None:
    import tempfile

    if os.stat("/dev/shm").st_dev == tmp_path.stat().st_dev:
        pytest.skip("one file system")
    before = tree(source)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as target:
        done = export(source, Path(target), Transfer.MOVE)
        assert tree(Path(target)) == EXPECTED
        assert len(done.moved) == 7
        journal = last_journal(Path(target))
        assert journal is not None
        undo_moves(journal)
        assert tree(source) == before


MOVE = """
import sys
from pathlib import Path
from typing import Any
from fewshot_gui.project.folder_export import Transfer, export_into_folders, sort_into
source, target = map(Path, sys.argv[1:])
files = sorted(source.rglob("*.jpg"))
print("begins", flush=True)
export_into_folders(sort_into([("Cats", files[::2]), ("Dogs", files[1::2])]), target, Transfer.MOVE)
"""


def _kill_and_undo(tmp_path: Path, rounds: int, other_drive: Path | None = None) -> int:
    source, choice, in_the_middle = tmp_path / "many", random.Random(rounds), 0
    for number in range(120):
        path = source / str(number % 3) / f"{number // 6}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(choice.randbytes(2000) if number % 6 else b"the same")
    before = tree(source)
    for turn in range(rounds):
        target = (other_drive or tmp_path) / f"target {turn}"
        command = [sys.executable, "-c", MOVE, str(source), str(target)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            wanted = choice.randrange(len(before))  # by files and not by the clock, as machines differ
            while process.poll() is None and len(before) - len(list(source.glob("*/*.jpg"))) < wanted:
                pass
            process.send_signal(signal.SIGKILL)
        after = tree(source)
        in_the_middle += 0 < len(after) < len(before)
        journal = last_journal(target)
        if journal is not None:
            undone = undo_moves(journal)
            assert undone.failed == [], f"round {turn}"
        assert tree(source) == before, f"round {turn}"
        assert not target.exists() or list(target.rglob("*")) == []
    return in_the_middle


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_move_that_was_killed_is_undone(tmp_path: Path) -> None:
    assert _kill_and_undo(tmp_path, 8) > 0


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="needs two file systems")
def test_a_move_that_was_killed_is_undone_every_time(tmp_path: Path) -> None:
    import tempfile

    assert _kill_and_undo(tmp_path / "a", 100) > 20
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        _kill_and_undo(tmp_path / "b", 100, Path(other))


def test_class_names_become_names_that_every_system_takes() -> None:
    names = [
        "Cat",
        "cat",
        "a/b",
        "a\\b",
        "CON",
        "nul.txt",
        "end. ",
        "..",
        "",
        "猫",
        "é",
        "e\u0301",
        ".hidden",
        "x" * 300,
    ]
    assert folder_names(names) == [
        "Cat",
        "cat (2)",
        "a_b",
        "a_b (2)",
        "_CON",
        "_nul.txt",
        "end",
        "_",
        "_ (2)",
        "猫",
        "é",
        "é (2)",
        "_hidden",
        "x" * 120,
    ]


@given(st.lists(st.text(), max_size=6))
def test_any_names_become_different_names_of_one_part(names: list[str]) -> None:
    found = folder_names(names)
    assert len({name.casefold() for name in found}) == len(names)
    for name in found:
        assert Path(name).name == name
        assert name.strip(". ") == name.strip() or name.startswith("_")
        assert not set('<>:"/\\|?*') & set(name)


def test_a_journal_from_a_stranger_moves_nothing_out_of_place(tmp_path: Path) -> None:
    target, home = tmp_path / "target", tmp_path / "home"
    (target / "a").mkdir(parents=True)
    home.mkdir()
    (target / "a" / "evil.png").write_bytes(b"run me")
    (home / "letter.png").write_bytes(b"mine")
    lines = [
        {"from": str(home / ".profile"), "to": str(target / "a" / "evil.png"), "size": 6},
        {"from": str(target / "stolen.png"), "to": str(home / "letter.png"), "size": 4},
        {"from": str(target / "stolen.png"), "to": str(target / ".." / "home" / "letter.png"), "size": 4},
        {"made": str(home)},
    ]
    journal = target / ".fewshot-move-20260101-000000-000000.jsonl"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="ascii")
    undone = undo_moves(journal)
    assert not undone.restored
    assert len(undone.failed) == 3
    assert sorted(path.name for path in home.iterdir()) == ["letter.png"]
    assert not moves_made(journal)
