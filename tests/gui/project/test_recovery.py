"""Damaged files: what is on whole pages comes back, in a new file, and the damaged one is not touched."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fewshot_gui.project.errors import DamagedError, ProjectError
from fewshot_gui.project.labels import Label, LabelSource, now
from fewshot_gui.project.recovery import Recovered, survey, write_recovered
from fewshot_gui.project.session import Session
from fewshot_gui.project.values import FileIdentity, ProjectSettings
from model.images.roi import Roi

from .helpers import prediction, state, training_report

_PAGE = 4096
BINS, PER_BIN = 4, 150


@pytest.fixture
def project(session: Session, tmp_path: Path) -> Path:
    """A closed project with four bins of 150 examples, 200 predictions and a classifier."""
    document, path = session.document, tmp_path / "birds" / "birds.fewshot"
    path.parent.mkdir()
    ids = [document.add_bin(f"Class {number}") for number in range(BINS)]
    everything = [[Path(f"/pictures/study/{bin_id}/{at:04}.jpg") for at in range(PER_BIN)] for bin_id in ids]
    for bin_id, paths in zip(ids, everything, strict=True):
        document.add_examples(bin_id, paths)
        document.set_identities({known: FileIdentity(f"{at:064x}", at) for at, known in enumerate(paths)})
    document.add_folders([Path("/pictures/study")])
    scores = (0.7, 0.1, 0.1, 0.1)
    new = [prediction(Path(f"/pictures/new/{at}.jpg"), 0, scores) for at in range(200)]
    session.results.add_predictions(document.revision, ids, new)
    report = training_report([everything[0], everything[1]])
    session.results.set_training(document.revision, ids[:2], report, {"weights": bytes(30_000)})
    said = Label("ana", LabelSource.CORRECTED, ids[1], "blurred", now(), ids[0], 0.7, document.revision)
    document.give_labels({made.path: said for made in new[:150]})
    session.set_settings(ProjectSettings("patent-cnn", 5, Roi(0.25, 0.0, 0.5, 1.0)))
    session.save_as(path)
    session.close()
    return path


def recover(path: Path, session: Session) -> Recovered:
    """Recover into a new file and open that in `session`."""
    target = path.with_name("recovered.fewshot")
    before = path.read_bytes()
    found = survey(path)
    write_recovered(found, target)
    assert path.read_bytes() == before
    session.open(target)
    session.document.add_bin("One more")
    assert not session.document.has_unsaved_changes
    session.document.undo_stack.undo()
    return found


def damage(path: Path, pages: list[int], choice: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for page in pages:
        content[page * _PAGE : (page + 1) * _PAGE] = choice.randbytes(_PAGE)
    path.write_bytes(content)


def pages_of(path: Path, name: str) -> list[int]:
    """The pages of a table or index, from 0."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        try:
            rows = connection.execute("SELECT pageno FROM dbstat WHERE name = ? ORDER BY pageno", (name,)).fetchall()
        except sqlite3.OperationalError:
            rows = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchall()
    return [page - 1 for (page,) in rows]


def test_a_whole_project_is_recovered_as_it_is(
    project: Path, session: Session, make_session: Callable[[], Session]
) -> None:
    session.open(project)
    board, results = state(session.document), list(session.results)
    again = make_session()
    session.close()
    found = recover(project, again)
    assert (state(again.document), list(again.results)) == (board, results)
    assert again.settings == ProjectSettings("patent-cnn", 5, Roi(0.25, 0.0, 0.5, 1.0))
    assert again.results.classifier_files() == {"weights": bytes(30_000)}
    assert (len(found.examples), found.examples_known, found.bins_unnamed) == (600, 600, 0)


def test_what_a_crash_left_in_the_log_is_recovered_as_well(project: Path, session: Session, tmp_path: Path) -> None:
    session.open(project)
    session.document.add_bin("In the log")
    copy = tmp_path / "crashed.fewshot"
    for ending in ("", "-wal"):
        copy.with_name(copy.name + ending).write_bytes(project.with_name(project.name + ending).read_bytes())
    session.close()
    damage(copy, pages_of(copy, "folders"), random.Random(1))
    names = [name for _, name, _ in survey(copy).bins]
    assert names[-1] == "In the log"
    assert copy.with_name(copy.name + "-wal").stat().st_size > 0


def test_examples_are_found_in_their_indexes(project: Path, session: Session) -> None:
    session.open(project)
    board = state(session.document)
    session.close()
    damage(project, pages_of(project, "examples"), random.Random(2))
    with pytest.raises(DamagedError, match="is damaged"):
        session.open(project)
    found = recover(project, session)
    assert len(found.examples) == found.examples_known == BINS * PER_BIN
    assert state(session.document) == board


def test_bins_whose_table_is_gone_keep_their_examples_and_the_names_that_training_knew(
    project: Path, session: Session
) -> None:
    damage(project, pages_of(project, "bins"), random.Random(3))
    found = recover(project, session)
    assert found.bins_unnamed == BINS
    assert [len(bin_.examples) for bin_ in session.document.bins] == [PER_BIN] * BINS
    names = {bin_.name for bin_ in session.document.bins}
    assert {"Cat", "Dog"} < names  # the report's names
    assert sum(name.startswith("Recovered") for name in names) == 2


def test_a_project_without_its_first_page_is_recovered(project: Path, session: Session) -> None:
    session.open(project)
    board = state(session.document)
    session.close()
    damage(project, [0], random.Random(4))
    with pytest.raises(DamagedError):
        session.open(project)
    recover(project, session)
    assert state(session.document) == board


def test_damaged_pages_cost_little_more_than_lay_on_them(project: Path, session: Session) -> None:
    shares = _damage_and_recover(project, session, range(12))
    assert sum(shares) / len(shares) > 0.9


@pytest.mark.long
@pytest.mark.timeout(900)
def test_hundreds_of_damaged_projects_are_recovered(project: Path, session: Session) -> None:
    shares = _damage_and_recover(project, session, range(100, 300))
    assert sum(shares) / len(shares) > 0.95
    assert sum(share < 0.9 for share in shares) <= 10  # where the roots of a table and of its index were hit


def _damage_and_recover(project: Path, session: Session, seeds: range) -> list[float]:
    """Damage 1 to 5 pages of about 120 at random, for each seed; return the shares of examples that came back."""
    session.open(project)
    bin_of = {known.path: bin_.id for bin_ in session.document.bins for known in bin_.examples}
    predictions = {made.path: made for made in session.results}
    session.close()
    whole, shares = project.read_bytes(), []
    for seed in seeds:
        choice = random.Random(seed)
        project.write_bytes(whole)
        damage(project, sorted(choice.sample(range(1, len(whole) // _PAGE), 1 + seed % 5)), choice)
        found = recover(project, session)
        known = {one.path: bin_.id for bin_ in session.document.bins for one in bin_.examples}
        assert known.items() <= bin_of.items(), f"seed {seed}: made up"
        assert {made.path: made for made in session.results}.items() <= predictions.items(), f"seed {seed}"
        assert len(known) == len(found.examples) <= found.examples_known <= len(bin_of), f"seed {seed}"
        shares.append(len(known) / len(bin_of))
        session.close()
    return shares


def test_flipped_bits_are_survived(project: Path, session: Session) -> None:
    whole, choice = project.read_bytes(), random.Random(8)
    for _ in range(15):
        content = bytearray(whole)
        for _flip in range(30):
            content[choice.randrange(len(content))] ^= 1 << choice.randrange(8)
        project.write_bytes(content)
        recover(project, session)
        session.close()


@pytest.mark.parametrize("length", [0, 50, 4096, 9000])
def test_where_nothing_can_be_read_it_says_so(project: Path, length: int) -> None:
    project.write_bytes(project.read_bytes()[:length])
    with pytest.raises(DamagedError, match="Nothing of “birds"):
        survey(project)
    project.unlink()
    with pytest.raises(ProjectError, match="cannot be read"):
        survey(project)
