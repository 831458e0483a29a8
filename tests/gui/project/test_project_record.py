"""What the record of a project says after edits, trainings, runs, copies and recoveries."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fewshot_gui.project import record
from fewshot_gui.project.document import Document, FileIdentity
from fewshot_gui.project.edits.going_back import go_back
from fewshot_gui.project.history import History
from fewshot_gui.project.labels import Label, LabelSource
from fewshot_gui.project.recovery import survey, write_recovered
from fewshot_gui.project.results import Results
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.values import Origin
from model.cli.command import main
from model.exports.project_contents import read_project
from model.project_file.record import check_project
from model.types import Prediction, Region, Status
from tests.gui.project.helpers import images, training_report

A, B, C = images("a", "b", "c")
HASH = "ab" * 32


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "p.fewshot"


@pytest.fixture
def session(make_session: Callable[[], Session], file: Path) -> Session:
    """A session with the saved project `file`."""
    session = make_session()
    session.new()
    session.set_who("ana")
    session.save_as(file)
    return session


def _entries(session: Session) -> list[tuple[str, str]]:
    connection = session._store.connection
    rows = connection.execute("SELECT entry FROM record ORDER BY number").fetchall()
    return [(entry["kind"], entry["what"].get("name", "")) for (text,) in rows if (entry := json.loads(text))]


def _train(session: Session, files: dict[str, bytes], revision: int | None = None) -> None:
    document = session.document
    bins = [bin_ for bin_ in document.bins if bin_.examples]
    report = training_report([[known.path for known in bin_.examples] for bin_ in bins])
    at = document.revision if revision is None else revision
    session.results.set_training(at, [bin_.id for bin_ in bins], report, files, {"backbone": "toy"})


def _classify(session: Session, run: str, classes: dict[Path, int]) -> None:
    results = session.results
    ways = len(results.classifier_bin_ids)
    made = [
        Prediction(path, Status.OK, at, tuple(float(at == other) for other in range(ways)), Region(1, 2, 3, 4))
        for path, at in classes.items()
    ]
    assert results.classifier_revision is not None
    origin = Origin(results.classifier_hash, run)
    draft = record.Draft(record.RUN, "ana", {"run": run, "classifier": origin.classifier}, keys=(run,))
    results.add_predictions(results.classifier_revision, results.classifier_bin_ids, made, origin, draft)


def test_undo_and_redo_add_entries(session: Session, file: Path) -> None:
    document = session.document
    document.add_bin("Cat")
    document.undo_stack.undo()
    document.undo_stack.redo()
    assert _entries(session)[1:] == [("edit", "Add bin ‘Cat’"), ("undo", "Add bin ‘Cat’"), ("redo", "Add bin ‘Cat’")]
    session.close()
    assert check_project(file).is_whole


def test_an_edit_says_who_when_what_before_and_after(session: Session) -> None:
    document = session.document
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.add_examples(cat, [A])
    document.set_identities({A: FileIdentity(HASH, 9)})
    session.set_who("bo")
    document.add_examples(dog, [A])
    entry = session.history.said_of(A, HASH).entries[-1]
    assert (entry.who, entry.kind) == ("bo", "edit")
    assert entry.at.endswith("Z")
    steps = [(step["step"], step["bin_id"], step["placements"][0][1]) for step in entry.what["changes"]]
    assert steps == [("remove examples", cat, str(A)), ("insert examples", dog, str(A))]
    assert entry.what["bins"] == {cat: "Cat", dog: "Dog"}
    assert entry.what["content"] == {str(A): HASH}


def test_a_verdict_says_what_was_said_before(session: Session) -> None:
    document = session.document
    cat = document.add_bin("Cat")
    for bin_id in (cat, None):
        label = Label("cy", LabelSource.CORRECTED, bin_id, None, "2026-01-01T00:00:00.000000Z")
        document.give_labels({A: label})
    (step,) = session.history.said_of(A, None).entries[-1].what["changes"]
    assert [step[key][0][1][0]["bin_id"] for key in ("old", "new")] == [cat, None]


def test_a_prediction_leads_to_its_classifier_and_to_its_examples(session: Session, file: Path) -> None:
    document = session.document
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.add_examples(cat, [A])
    document.add_examples(dog, [B])
    document.set_identities({A: FileIdentity(HASH, 9)})
    _train(session, {"classifier.json": b"{}"})
    first = session.results.classifier_hash
    _classify(session, "r1", {C: 1})
    _train(session, {"classifier.json": b'{"version": 2}'})
    said = session.history.said_of(C, None)
    assert said.training is not None
    assert said.run is not None
    assert (said.classifier, said.predicted, said.run.what["run"]) == (first, dog, "r1")
    assert said.training.bins == {cat: ("Cat", (HASH,)), dog: ("Dog", (str(B),))}
    assert [past.backbone for past, _ in session.history.said_of(A, HASH).as_example] == ["toy", "toy"]
    session.close()
    contents = read_project(file)
    assert contents.results[0].classifier == first
    check = check_project(file)
    assert (contents.record_entries, contents.record_head) == (check.entries, check.head)


def test_moved_files_keep_what_was_said_of_them(session: Session) -> None:
    document = session.document
    document.add_examples(document.add_bin("Cat"), [A])
    document.apply_relocations({A: C})
    document.apply_relocations({C: B})
    kinds = [entry.kind for entry in session.history.said_of(B, None).entries]
    assert kinds == ["edit", "found elsewhere", "found elsewhere"]
    assert session.history.moved()[A] == B


def test_two_trainings_are_compared(session: Session) -> None:
    document = session.document
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.add_examples(cat, [A])
    document.add_examples(dog, [B])
    _train(session, {"classifier.json": b"one"})
    x, y, z = images("x", "y", "z")
    _classify(session, "r1", {x: 0, y: 0, z: 1})
    document.add_examples(dog, [A])
    document.add_examples(cat, [C])
    _train(session, {"classifier.json": b"two"})
    _classify(session, "r2", {x: 1, y: 1, z: 1})
    _classify(session, "r2", {y: 0})  # joined with similar images at the end of the same run
    history = session.history
    first, second = history.trainings()
    found = history.compare(first, second)
    assert (found.came, found.gone, found.moved) == ((str(C),), (), (str(A),))
    assert found.changed is not None
    assert [(image.path, image.before, image.after) for image in found.changed.images] == [(x, cat, dog)]
    back = history.compare(second, first).changed
    assert back is not None
    assert [(image.path, image.before, image.after) for image in back.images] == [(x, dog, cat)]


def test_going_back_fills_the_bins_and_can_be_undone(session: Session) -> None:
    document = session.document
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.add_examples(cat, [A])
    document.add_examples(dog, [B])
    files = {"classifier.json": b"one", "classifier.safetensors": b"x" * 200_000}
    _train(session, files)
    document.add_examples(cat, [B, C])
    document.remove_bin(dog)
    _train(session, {"classifier.json": b"two"})
    past = session.history.trainings()[0]
    kept = session.history.kept_training(past)
    assert kept is not None
    training, found = kept
    assert found == files
    before = document.bins
    document.edit(go_back(document.board, "then", [(cat, "Cat", [A]), (dog, "Dog", [B])]))
    session.results.go_back(training, found)
    assert [(bin_.id, [known.path for known in bin_.examples]) for bin_ in document.bins] == [(cat, [A]), (dog, [B])]
    assert not session.results.is_stale
    assert session.results.classifier_files() == files
    assert [kind for kind, _ in _entries(session)][-2:] == ["edit", "went back"]
    document.undo_stack.undo()
    assert document.bins == before


def test_the_oldest_classifiers_go_first_and_stay_as_facts(session: Session) -> None:
    document = session.document
    document.add_examples(document.add_bin("Cat"), [A])
    content = b"".join(number.to_bytes(4) for number in range(50_000))
    for number in range(4):
        _train(session, {"classifier.json": bytes([number]), "classifier.safetensors": content + bytes([number])})
    history = session.history
    assert [past.is_kept for past in history.trainings()] == [True] * 4
    _, size = history.stored()
    session.results.keep_at_most(size // 2)
    assert [past.is_kept for past in history.trainings()] == [False, False, False, True]
    assert history.stored()[1] < size
    assert ("classifiers dropped", "") in _entries(session)
    session.results.keep_at_most(0)
    assert [past.is_kept for past in history.trainings()] == [False, False, False, True]


def test_equal_tensors_are_stored_once(session: Session) -> None:
    import torch
    from safetensors.torch import save

    document = session.document
    document.add_examples(document.add_bin("Cat"), [A])
    weights = {f"backbone.{number}": torch.rand(50_000) for number in range(4)}
    sizes = []
    for number in range(3):
        tensors = save({**weights, "head": torch.full((50_000,), float(number))})
        _train(session, {"classifier.json": bytes([number]), "classifier.safetensors": tensors})
        sizes.append(session.history.stored()[1])
    assert sizes[2] < 1.05 * sizes[0]
    for past in session.history.trainings():
        kept = session.history.kept_training(past)
        assert kept is not None
        assert len(kept[1]["classifier.safetensors"]) > 4 * 50_000


def test_a_classifier_that_was_damaged_is_not_handed_out(session: Session) -> None:
    session.document.add_examples(session.document.add_bin("Cat"), [A])
    _train(session, {"classifier.json": b"one", "classifier.safetensors": b"abc" * 99})
    session._store.connection.execute("UPDATE blobs SET content = zeroblob(9)")
    assert session.history.kept_training(session.history.trainings()[0]) is None


def test_a_copy_carries_the_record_and_goes_on(session: Session, file: Path, tmp_path: Path) -> None:
    session.document.add_bin("Cat")
    head = session.history.head()
    session.save_as(tmp_path / "copy.fewshot")
    session.document.add_bin("Dog")
    session.close()
    found = check_project(tmp_path / "copy.fewshot", head[1])
    assert (found.is_whole, found.anchor, found.kinds["saved as"]) == (True, head[0], 2)
    assert check_project(file).entries == head[0]


def test_a_project_that_can_only_be_read_keeps_its_record(
    session: Session, file: Path, make_session: Callable[[], Session]
) -> None:
    session.document.add_examples(session.document.add_bin("Cat"), [A])
    other = make_session()
    other.open(file)
    assert other.document.read_only_reason
    assert other.history.head() == session.history.head()
    copy = file.with_name("mine.fewshot")
    other.save_as(copy)
    other.close()
    assert check_project(copy).is_whole


def test_what_could_not_be_saved_is_in_the_record_once_it_is(
    session: Session, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fewshot_gui.project.errors import ProjectError

    def fail(*_: object, **__: object) -> None:
        raise ProjectError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ProjectStore, "transaction", fail)
        session.document.add_bin("Cat")
        session.document.add_bin("Dog")
        session.document.add_examples(session.document.bins[0].id, [A])
        _train(session, {"classifier.json": b"one"})
    assert len(_entries(session)) == 1
    session.save()
    assert [kind for kind, _ in _entries(session)][1:] == ["edit", "edit", "edit", "training"]
    session.close()
    assert check_project(file).is_whole


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_recovered_project_has_the_record_that_could_be_read(
    session: Session, file: Path, tmp_path: Path, is_damaged: bool
) -> None:
    for number in range(40):
        session.document.add_examples(session.document.add_bin(f"Bin {number}"), images(*"abcdefgh"))
    head = session.history.head()
    session.close()
    damaged = file
    if is_damaged:
        with closing(sqlite3.connect(damaged)) as connection:
            connection.execute("DELETE FROM record_index")
            connection.execute("DELETE FROM record WHERE number BETWEEN 10 AND 12")
            connection.commit()
    target = tmp_path / "recovered.fewshot"
    write_recovered(survey(damaged), target, "ana")
    found = check_project(target, "" if is_damaged else head[1])
    if is_damaged:
        assert (found.is_whole, found.broken) == (False, 10)
    else:
        assert (found.is_whole, found.entries, found.anchor) == (True, head[0] + 1, head[0])
    with ProjectStore.open(target) as store:
        assert History(store).said_of(A, None).entries[0].kind == "edit"
        (entry,) = record.entries(store.connection, record.RECOVERED)
        assert (entry.who, entry.what["missing"]) == ("ana", 3 if is_damaged else 0)


def test_what_was_cut_off_at_the_end_is_noticed_also_after_more_edits(session: Session, file: Path) -> None:
    session.document.add_bin("Cat")
    session.document.add_bin("Dog")
    last, _ = session.history.head()
    session.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM record_index WHERE number = ?", (last,))
        connection.execute("DELETE FROM record WHERE number = ?", (last,))
        connection.commit()
    assert main(["verify", str(file)]) == 1
    session.open(file)
    session.document.add_bin("Owl")
    session.close()
    assert check_project(file).broken == last


def test_a_project_of_the_format_before_gets_a_record_that_says_so(
    make_session: Callable[[], Session], tmp_path: Path
) -> None:
    path = tmp_path / "sky.fewshot"
    shutil.copy(Path(__file__).parents[2] / "data" / "version_6" / "project.fewshot", path)
    session = make_session()
    session.open(path)
    (entry,) = record.entries(session._store.connection, record.BEGUN)
    assert (entry.number, entry.what["format"], entry.what["held"]["examples"]) == (1, 3, 6)
    assert entry.what["classifier"] == session.results.classifier_hash != ""
    assert {made.origin.classifier for made in session.results} <= {"", session.results.classifier_hash}
    session.close()
    assert check_project(path).is_whole


def test_a_document_in_memory_has_a_record_as_well(qapp: object) -> None:
    document = Document()
    Results(document)
    document.add_bin("Cat")
    assert not document.has_unsaved_changes
