"""A killed app loses nothing that it had saved, whatever it was doing and whenever the kill comes."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fewshot_gui.project.derived import StoredResults
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore
from model.project_file.record import check_project
from tests.e2e import any_step

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

SEED = 20
Starter = subprocess.Popen[str]


class Replay:
    """The same steps, done here in memory, as the measure of what the file must hold."""

    def __init__(self, seed: int) -> None:
        self._seed, self.done = seed, 0
        self._store = ProjectStore.in_memory()
        self.document = Document()
        self._results = Results(self.document)
        self.document.show(self._store.load(), self._store, None)
        self._results.show(StoredResults(), self._store)
        self.kinds: Counter[str] = Counter()

    def go_on_to(self, number: int) -> None:
        while self.done < number:
            kind = any_step.step(self._seed, self.done, self.document, self._results, self._store.save_settings)
            self.kinds[kind] += 1
            self.done += 1

    def reopen(self) -> None:
        """As a project that was closed: there is nothing to undo."""
        self.document.undo_stack.clear()

    def everything(self) -> dict[str, object]:
        return any_step.everything(self.document, self._results, self._store.settings())


@contextmanager
def starter() -> Iterator[Starter]:
    """A process that starts those to be killed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, any_step.__file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        process.communicate()


def work_until_killed(process: Starter, seed: int, first: int, project: Path, seconds: float) -> int:
    """Kill what works on `project` from step `first` on, `seconds` after its first; return the last it told of."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{seed} {first} {project}\n")
    process.stdin.flush()
    told = [process.stdout.readline() for _ in range(2)]
    time.sleep(seconds)
    (pid,) = (int(line.split()[1]) for line in told if line.startswith("pid"))
    os.kill(pid, signal.SIGKILL)
    while told[-1] != "end\n":
        told.append(process.stdout.readline())
        assert told[-1], "the process that starts others is gone"
    return max(int(line.split()[1]) for line in told if line.startswith("done"))


def kill_and_compare(tmp_path: Path, rounds: int, seed: int) -> Counter[str]:
    project = tmp_path / "killed.fewshot"
    session = Session(tmp_path / "data")
    ProjectStore.create(project).close()
    moments, replay = random.Random(seed), Replay(seed)
    with starter() as process:
        for turn in range(rounds):
            last = work_until_killed(process, seed, replay.done, project, moments.uniform(0.0, 0.1))
            session.open(project)
            found = any_step.everything(session.document, session.results, session.settings)
            replay.go_on_to(last + 1)
            if found != replay.everything():  # the step it did not come to tell of
                replay.go_on_to(last + 2)
            assert found == replay.everything(), f"seed {seed}, round {turn}, step {last}"
            replay.reopen()
            session_revision = session.document.revision
            session.close()
            check = check_project(project)
            assert check.is_whole, f"seed {seed}, round {turn}: {check.reason}"
            edits = sum(check.kinds.get(kind, 0) for kind in ("edit", "undo", "redo"))
            assert edits == session_revision
            with closing(sqlite3.connect(project)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return replay.kinds


def test_everything_that_was_saved_survives_a_kill_at_any_moment(qapp: object, tmp_path: Path) -> None:
    assert kill_and_compare(tmp_path, 20, SEED).total() > 100


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(4))
def test_everything_that_was_saved_survives_hundreds_of_kills(qapp: object, tmp_path: Path, seed: int) -> None:
    done = kill_and_compare(tmp_path, 75, seed)
    assert done.keys() == any_step.KINDS.keys()
