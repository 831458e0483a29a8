"""What is left on the disk after a power cut opens with every whole edit, and never with half of one."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fewshot_gui.project.session import Session
from tests.e2e import any_step

_WAL_HEADER, _FRAME_HEADER, _PAGE = 32, 24, 4096
_FRAME = _FRAME_HEADER + _PAGE
_SECTOR = 512

State = dict[str, Any]


@dataclass(frozen=True)
class CutOff:
    """A project as it lies on the disk in the middle of work: the file, its log, and the states by commits in that."""

    main: bytes
    wal: bytes
    states: dict[int, State]
    main_after: bytes
    """The file after everything in the log was brought into it."""


def _state(session: Session) -> State:
    return any_step.everything(session.document, session.results, session.settings)


def _commits(wal: bytes) -> int:
    """Count the transactions whose last frame is whole in the log."""
    frames = range(_WAL_HEADER, len(wal) - _FRAME + 1, _FRAME)
    return sum(wal[at + 4 : at + 8] != bytes(4) for at in frames)


@pytest.fixture
def cut_off(make_session: Callable[[], Session], tmp_path: Path, request: pytest.FixtureRequest) -> CutOff:
    """60 random steps after the last checkpoint, of the seed that the test names."""
    seed, session, path = request.param, make_session(), tmp_path / "work" / "cut.fewshot"
    path.parent.mkdir()
    session.new()
    for _ in range(4):
        session.document.add_bin()
    session.save_as(path)
    main, wal, states = path.read_bytes(), path.with_name(path.name + "-wal"), {0: _state(session)}
    for number in range(60):
        any_step.step(seed, number, session.document, session.results, session.set_settings)
        states[_commits(wal.read_bytes())] = _state(session)
    log = wal.read_bytes()
    assert path.read_bytes() == main
    assert sorted(states) == list(range(_commits(log) + 1)), f"seed {seed}: a step was more than one transaction"
    session.close()
    return CutOff(main, log, states, path.read_bytes())


def _reopened(session: Session, folder: Path, main: bytes, wal: bytes) -> State:
    folder.mkdir()
    path = folder / "cut.fewshot"
    path.write_bytes(main)
    path.with_name(path.name + "-wal").write_bytes(wal)
    session.open(path)
    state = _state(session)
    session.document.add_bin()  # it can be worked with
    assert not session.document.has_unsaved_changes
    session.close()
    shutil.rmtree(folder)
    return state


def _check_cuts(session: Session, cut_off: CutOff, folder: Path, cuts: set[int]) -> None:
    for cut in sorted(cuts):
        wal = cut_off.wal[:cut]
        assert _reopened(session, folder, cut_off.main, wal) == cut_off.states[_commits(wal)], f"cut at {cut}"


@pytest.mark.parametrize("cut_off", [1], indirect=True)
def test_a_log_cut_at_its_frames_or_anywhere(
    make_session: Callable[[], Session], cut_off: CutOff, tmp_path: Path
) -> None:
    ends = range(_WAL_HEADER, len(cut_off.wal) + 1, _FRAME)
    choice = random.Random(1)
    cuts = {0, 1, _WAL_HEADER - 1, *choice.sample(ends, 30)} | {
        choice.choice(ends) + off for off in (-1, 1, 23, 24, 25)
    }
    cuts |= {choice.randrange(len(cut_off.wal)) for _ in range(40)}
    _check_cuts(make_session(), cut_off, tmp_path / "cut", {min(cut, len(cut_off.wal)) for cut in cuts})


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cut_off", [2, 3, 4], indirect=True)
def test_a_log_cut_at_every_frame_and_at_thousands_of_places(
    make_session: Callable[[], Session], cut_off: CutOff, tmp_path: Path
) -> None:
    ends = range(_WAL_HEADER, len(cut_off.wal) + 1, _FRAME)
    cuts = {end + off for end in ends for off in (-1, 0, 1, 24)}
    choice = random.Random(2)
    cuts |= {choice.randrange(len(cut_off.wal)) for _ in range(1000)}
    _check_cuts(make_session(), cut_off, tmp_path / "cut", {min(cut, len(cut_off.wal)) for cut in cuts})


@pytest.mark.parametrize("cut_off", [5], indirect=True)
def test_a_log_with_a_sector_that_never_reached_the_disk(
    make_session: Callable[[], Session], cut_off: CutOff, tmp_path: Path
) -> None:
    choice, session = random.Random(5), make_session()
    for _ in range(25):
        at = choice.randrange(_WAL_HEADER, len(cut_off.wal) - _SECTOR)
        wal = bytearray(cut_off.wal)
        wal[at : at + _SECTOR] = choice.randbytes(_SECTOR)
        whole = at - (at - _WAL_HEADER) % _FRAME
        expected = cut_off.states[_commits(cut_off.wal[:whole])]
        assert _reopened(session, tmp_path / "cut", cut_off.main, bytes(wal)) == expected, f"at {at}"


@pytest.mark.parametrize("cut_off", [6], indirect=True)
def test_a_file_that_was_half_brought_up_to_date(
    make_session: Callable[[], Session], cut_off: CutOff, tmp_path: Path
) -> None:
    before, after = cut_off.main, cut_off.main_after
    before = before + bytes(len(after) - len(before))
    sectors = range(0, len(after), _SECTOR)
    choice, session = random.Random(6), make_session()
    for _ in range(25):
        share = choice.random()
        mixed = b"".join((after if choice.random() < share else before)[at : at + _SECTOR] for at in sectors)
        length = choice.choice([len(after), len(cut_off.main), choice.choice(sectors) + _SECTOR])
        state = _reopened(session, tmp_path / "cut", mixed[: max(length, len(cut_off.main))], cut_off.wal)
        assert state == cut_off.states[max(cut_off.states)]
