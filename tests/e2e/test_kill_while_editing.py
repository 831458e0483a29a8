"""A killed app loses no edit that it had made, whenever the kill comes."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from fewshot_gui.project.document import Document
from fewshot_gui.project.session import Session
from model.types import Prediction, Status

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

ROUNDS = 20
SEED = 20
PICTURES = [Path(f"/pictures/{number}.jpg") for number in range(40)]


def edit(document: Document) -> None:
    """Make the one edit that follows from the document's revision, so that it can be made again."""
    revision = document.revision
    ids = [bin_.id for bin_ in document.bins]
    if len(ids) < 3:
        document.add_bin(f"bin {revision}")
        return
    chosen = ids[revision % 3]
    match revision % 7:
        case 0 if len(ids) > 4:
            document.merge_bins(ids[1], ids[0])
        case 0:
            document.add_bin(f"bin {revision}")
        case 1:
            document.rename_bin(chosen, f"name {revision}")
        case 2:
            document.move_bin(ids[0], len(ids) - 1)
        case 3 if document.bins[2].examples:
            document.remove_bin(ids[2])
        case _:
            document.add_examples(chosen, [Path(f"/pictures/new/{revision}.jpg"), *PICTURES[revision % 30 :]])


def content(document: Document) -> list[tuple[str, str, list[Path]]]:
    """All that `edit` decides: not the ids of bins, which are random."""
    return [(bin_.name, bin_.color, [known.path for known in bin_.examples]) for bin_ in document.bins]


def main(project: Path) -> None:
    """Edit without end; print the revision each edit led to once it has been made."""
    session = Session(project.parent / "data")
    session.open(project)
    document = session.document
    while True:
        before = document.revision
        edit(document)
        path = Path(f"/results/{document.revision}.jpg")
        session.results.add_predictions(document.revision, ("a",), [Prediction(path, Status.OK, 0, (1.0,))])
        if document.revision == before + 1:
            print(document.revision, flush=True)  # noqa: T201 - this is how the parent hears of it


def test_every_acknowledged_edit_survives_a_kill_at_any_moment(qapp: object, tmp_path: Path) -> None:
    project = tmp_path / "killed.fewshot"
    session = Session(tmp_path / "data")
    session.new()
    session.save_as(project)
    session.close()
    moments = random.Random(SEED)
    replayed = Document()
    for _ in range(ROUNDS):
        acknowledged = _edit_until_killed(project, moments.uniform(0.0, 0.2))

        session.open(project)
        document = session.document
        assert acknowledged <= document.revision <= acknowledged + 1
        while replayed.revision < document.revision:
            edit(replayed)
        assert content(document) == content(replayed)
        assert session.results.row_of(Path(f"/results/{acknowledged}.jpg")) is not None
        session.close()
        with closing(sqlite3.connect(project)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert replayed.revision > ROUNDS


def _edit_until_killed(project: Path, seconds: float) -> int:
    """Kill a process that edits `project` some `seconds` after its first edit; return the last it told."""
    command = [sys.executable, "-c", f"from {__name__} import main, Path; main(Path({str(project)!r}))"]
    search_path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = {**os.environ, "PYTHONPATH": search_path}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        told = [process.stdout.readline()]
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return int([line for line in told if line.endswith("\n")][-1])
