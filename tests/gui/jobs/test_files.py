"""Finding, hashing and expanding run in the background and can be stopped."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.files import DroppedImages, FileJobs
from model.errors import FewShotError
from model.progress import CancelToken

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def files(qapp: object) -> Iterator[FileJobs]:
    files = FileJobs()
    yield files
    assert files.shutdown()


def test_a_scan_streams_every_image(files: FileJobs, tmp_path: Path, qtbot: QtBot) -> None:
    for number in range(4500):
        (tmp_path / f"{number}.jpg").touch()
    batches: list[tuple[Path, ...]] = []
    files.images_found.connect(lambda found: batches.append(found.paths))
    with qtbot.waitSignal(files.scan_finished) as blocker:
        scan_id = files.scan([tmp_path])
    assert blocker.args == [scan_id, 4500]
    found = [path for batch in batches for path in batch]
    assert len(found) == len(set(found)) == 4500
    assert len(batches) >= 3
    assert found[:3] == [tmp_path / "0.jpg", tmp_path / "1.jpg", tmp_path / "2.jpg"]


def test_a_new_scan_cancels_the_one_before(files: FileJobs, make_images: MakeImages, qtbot: QtBot) -> None:
    first, second = make_images("a", 3), make_images("b", 2)
    with qtbot.waitSignal(files.scan_finished, check_params_cb=lambda scan_id, _count: scan_id == 2) as blocker:
        files.scan([first[0].parent])
        files.scan([second[0].parent])
    assert blocker.args == [2, 2]


def test_a_drop_is_expanded_and_other_files_are_refused(
    files: FileJobs, make_images: MakeImages, tmp_path: Path, qtbot: QtBot
) -> None:
    images = make_images("folder", 3)
    nameless = tmp_path / "picture-without-ending"
    nameless.write_bytes(images[0].read_bytes())
    notes = tmp_path / "notes.txt"
    notes.write_text("no image")
    with qtbot.waitSignal(files.drop_expanded) as blocker:
        files.expand_drop("bin", [nameless, images[0].parent, notes])
    assert blocker.args == [DroppedImages("bin", (nameless, *images), (notes,))]


def test_a_folder_of_folders_becomes_groups(
    files: FileJobs, make_images: MakeImages, tmp_path: Path, qtbot: QtBot
) -> None:
    cats, dogs = make_images("pets/cat", 2), make_images("pets/dog", 1)
    (tmp_path / "pets" / "empty").mkdir()
    (single,) = make_images("single", 1)
    with qtbot.waitSignal(files.drop_expanded) as blocker:
        files.expand_drop("board", [tmp_path / "pets", single.parent, cats[0]], by_folder=True)
    (dropped,) = blocker.args
    assert dropped.groups == (("cat", tuple(cats)), ("dog", tuple(dogs)), ("single", (single,)))
    assert dropped.images == (cats[0],)


def test_hashes_leave_out_what_cannot_be_read(
    files: FileJobs, make_images: MakeImages, tmp_path: Path, qtbot: QtBot
) -> None:
    (path,) = make_images("a", 1)
    with qtbot.waitSignal(files.files_hashed) as blocker:
        files.hash_files([path, tmp_path / "gone.png"])
    ((hashed,),) = blocker.args
    assert hashed.path == path
    assert hashed.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert hashed.size == path.stat().st_size


def test_cancelled_jobs_have_no_result(files: FileJobs, qtbot: QtBot) -> None:
    entered, gate = threading.Event(), threading.Event()

    def function(token: CancelToken) -> str:
        entered.set()
        gate.wait(10)
        token.raise_if_cancelled()
        return "late"

    files.call("key", function)
    assert entered.wait(5)
    with qtbot.assertNotEmitted(files.call_returned, wait=100):
        files.cancel()
        gate.set()
    with qtbot.waitSignal(files.call_returned) as blocker:
        files.call("key", lambda _token: "fresh")
    assert blocker.args == ["key", "fresh"]


@pytest.mark.expected_log("failed unexpectedly")
def test_a_job_that_fails_is_logged_and_harms_no_other(files: FileJobs, qtbot: QtBot) -> None:
    def fail(_token: CancelToken) -> None:
        raise ZeroDivisionError

    with qtbot.waitSignal(files.call_failed) as failed:
        files.call("bad", fail)
    assert failed.args == ["bad", "Unexpected error: ZeroDivisionError"]
    with qtbot.waitSignal(files.call_returned) as blocker:
        files.call("good", lambda _token: 1)
    assert blocker.args == ["good", 1]


def test_whoever_waits_for_a_job_is_told_why_it_has_no_result(files: FileJobs, qtbot: QtBot) -> None:
    def refuse(_token: CancelToken) -> None:
        raise FewShotError("The disk is full.")

    with qtbot.waitSignal(files.call_failed) as failed:
        files.call("refused", refuse)
    assert failed.args == ["refused", "The disk is full."]
    entered, gate = threading.Event(), threading.Event()

    def wait(token: CancelToken) -> None:
        entered.set()
        gate.wait(10)
        token.raise_if_cancelled()

    files.call("cancelled", wait)
    assert entered.wait(5)
    with qtbot.waitSignal(files.call_failed) as cancelled:
        files.cancel()
        gate.set()
    assert cancelled.args == ["cancelled", ""]
