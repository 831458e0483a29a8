"""Review by keyboard: real key events in the real window; labels are in the project file after each key."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.controllers.folder_groups import Snapshot, groups_by_class
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.roles import Role
from fewshot_gui.project.labels import Label, LabelSource, now
from fewshot_gui.project.review import AsExamples, Reviewed, ReviewPlan, chosen_images, sizes
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.views.review_dialog import ReviewDialog, review_choices
from fewshot_gui.views.review_view import CLASS_KEYS
from fewshot_gui.widgets.viewport_transform import Part
from model.estimates.checking import Doubts
from model.types import ExampleReport, Explanation, Prediction, Region, Status, TrainingReport

Key = Qt.Key


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "new" / f"{k:02}.png" for k in range(12)]
    paths[0].parent.mkdir()
    for k, path in enumerate(paths):
        Image.new("RGB", (40, 30), (20 * k, 90, 120)).save(path)
    return paths


@pytest.fixture
def bins(app: App, images: list[Path]) -> tuple[str, str, str]:
    """Cats, dogs and cows; of twelve images the first is the least sure, the last is unlike every bin."""
    document, results = app.session.document, app.session.results
    ids = tuple(document.add_bin(name) for name in ("Cat", "Dog", "Cow"))
    made = []
    for k, path in enumerate(images):
        sure = 0.51 + 0.04 * k
        scores = (1 - sure, sure, 0.0) if k < 2 else (sure, 1 - sure, 0.0)
        status = Status.UNKNOWN if k == 11 else Status.OK
        made.append(Prediction(path, status, 1 if k < 2 else 0, scores, Region(2, 3, 10, 8)))
    results.add_predictions(document.revision, ids, made)
    examples = tuple(ExampleReport(Path(f"/{k}"), k % 2, 1.0, k % 2, 0.6 + 0.05 * (k % 8)) for k in range(40))
    report = TrainingReport(("Cat", "Dog", "Cow"), examples, (), (), 1.0, (0.9, 1.0), 1, True, 0.1)
    results.set_training(document.revision, ids, report, {})
    return ids[0], ids[1], ids[2]


@pytest.fixture
def begin(app: App, bins: tuple[str, str, str], qtbot: QtBot) -> Callable[..., None]:
    def begin_(reviewed: Reviewed = Reviewed.ALL, reader: str = "ana", **wishes: object) -> None:
        assert app.reviewing.begin(ReviewPlan(reviewed, reader, **wishes))  # type: ignore[arg-type]
        app.window.activateWindow()
        app.window.review.setFocus()
        qtbot.waitUntil(app.window.review.isVisible)

    return begin_


def press(app: App, *keys: Qt.Key | str) -> None:
    for key in keys:
        focus = QApplication.focusWidget()
        target = focus if focus is not None and app.window.isAncestorOf(focus) else app.window.review
        if isinstance(key, str):
            QTest.keyClicks(target, key)
        else:
            QTest.keyClick(target, key)


def said(app: App, path: Path) -> tuple[str, str | None]:
    label = app.session.document.label(path)
    assert label is not None
    return label.source.value, label.bin_id


def saved(app: App) -> dict[Path, tuple[Label, ...]]:
    """What another process would read of the project file now."""
    store = app.session._store
    assert store.path is not None
    with ProjectStore.open_copy(store.path) as copy:
        return copy.load().board.labels


def test_enter_accepts_keys_correct_and_u_says_none(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None]
) -> None:
    begin()
    order = [images[11], *images[:11]]  # what is unlike every bin first, then the least sure
    review = app.window.review
    assert review.path == order[0]
    assert review.classes.currentItem() is None  # Enter would name no class
    press(app, Key.Key_Return)  # yes, it is unlike every bin
    assert review.classes.chosen_bin() == bins[1]
    assert said(app, order[0]) == ("accepted", None)
    assert review.path == order[1]
    press(app, Key.Key_Return, "3", "u", "2")
    assert [said(app, path) for path in order[1:5]] == [
        ("accepted", bins[1]),
        ("corrected", bins[2]),
        ("corrected", None),
        ("corrected", bins[1]),
    ]
    assert saved(app) == app.session.document.board.labels
    label = app.session.document.label(order[2])
    assert label is not None
    assert (label.reader, label.predicted, label.confidence) == ("ana", bins[1], pytest.approx(0.55))
    assert label.given_at.startswith(now()[:10])
    assert app.session.document.example_count == 0  # a label is no example
    assert "5 of 12 checked" in review.header.note()


def test_back_skip_undo_and_leaving(app: App, images: list[Path], begin: Callable[..., None]) -> None:
    begin(Reviewed.UNLIKE)
    review, document = app.window.review, app.session.document
    press(app, Key.Key_Escape)
    assert review.isHidden()
    assert app.window.results.isVisible()
    begin()
    press(app, "s", "1", Key.Key_Backspace)
    assert review.path == images[0]
    assert document.label(images[0]) is not None
    press(app, "2")  # another answer to the same image
    document.undo_stack.undo()
    assert review.path == images[0]
    assert said(app, images[0])[0] == "corrected"
    document.undo_stack.undo()
    assert document.label(images[0]) is None
    assert saved(app) == {}
    press(app, *[Key.Key_S] * 20)
    assert review.path is None
    assert "looked at" in review._content.hint._title.text()
    press(app, Key.Key_Return)  # nothing to accept
    assert saved(app) == {}
    press(app, Key.Key_Backspace)
    assert review.path is not None


def test_letters_are_bins_beyond_the_ninth_and_a_name_can_be_typed(
    app: App, images: list[Path], begin: Callable[..., None]
) -> None:
    document = app.session.document
    more = [document.add_bin(f"Kind {k}") for k in range(4, 35)]
    begin()
    press(app, "a", "z")  # the tenth and the last of those with keys
    order = [images[11], *images[:11]]
    assert said(app, order[0])[1] == more[9 - 3]
    assert said(app, order[1])[1] == more[len(CLASS_KEYS) - 1 - 3]
    press(app, "/", "kind 34", Key.Key_Return)
    assert said(app, order[2])[1] == more[-1]
    press(app, "/", "kind 3")
    classes = app.window.review.classes
    shown = [classes.item(at).text().strip() for at in range(classes.count()) if not classes.item(at).isHidden()]
    assert shown == [f"Kind {k}" for k in range(30, 35)]
    assert classes.chosen_bin() == more[30 - 4]
    press(app, *[Key.Key_Backspace] * 6, "no such kind", Key.Key_Return)
    assert document.label(order[3]) is None
    press(app, Key.Key_Escape)
    assert app.window.review.entry.isHidden()
    press(app, Key.Key_Return)
    assert document.label(order[3]) is not None


def test_a_second_look_is_marked_with_a_note_and_found_again(
    app: App, images: list[Path], begin: Callable[..., None]
) -> None:
    begin()
    press(app, "f", "blurred", Key.Key_Return)
    (label,) = app.session.document.labels_of(images[11])
    assert (label.source, label.note, label.is_decided) == (LabelSource.OPEN, "blurred", False)
    press(app, Key.Key_Escape)
    begin(Reviewed.FLAGGED)
    assert app.window.review.path == images[11]
    assert "ana wants a second look: blurred" in app.window.review._facts.text()
    press(app, "1")
    (label,) = app.session.document.labels_of(images[11])
    assert (label.is_decided, label.is_flagged) == (True, False)


@pytest.mark.parametrize(
    ("kind", "expected"), [(AsExamples.NEVER, 0), (AsExamples.CORRECTIONS, 1), (AsExamples.ALL, 2)]
)
def test_what_goes_into_the_bins_as_well_is_chosen(
    app: App,
    images: list[Path],
    bins: tuple[str, str, str],
    begin: Callable[..., None],
    kind: AsExamples,
    expected: int,
) -> None:
    begin(Reviewed.CLASS, bin_id=bins[0], as_examples=kind)
    press(app, Key.Key_Return, "2")
    document = app.session.document
    assert document.example_count == expected
    press(app, "+")
    assert document.example_count == expected + 1
    document.undo_stack.undo()  # label and example are one edit
    assert (document.example_count, len(document.board.labels)) == (expected, 2)


def test_the_map_is_flipped_and_shown_beside_the_runner_up_s(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None], qtbot: QtBot
) -> None:
    begin(Reviewed.TO_CHECK, allowed=0.01)
    review = app.window.review
    qtbot.waitUntil(lambda: not review.canvas._image.isNull())
    assert review.canvas.evidence.region is not None  # at once, from the result
    assert review.canvas.evidence.image.isNull()
    maps = np.random.default_rng(0).random((3, 6, 8), dtype=np.float32)
    regions = tuple(Region(k, k, 5, 5) for k in range(3))
    app.window.show_explanation(images[11], bins, Explanation(images[11], maps, regions, (0.7, 0.1, 0.2), (40, 30)))
    assert (review.canvas.evidence.region, review.other.evidence.region) == (regions[0], regions[2])
    assert "‘Cow’" in review._other_name.text()
    press(app, Key.Key_Space)
    assert review.canvas.evidence.region is None
    press(app, Key.Key_Space, "b")
    assert review.canvas.evidence.region is not None
    assert review.other.isVisible()
    review.canvas.zoom_by(3)
    assert review.other.view.part() == review.canvas.view.part() != Part(0.5, 0.5, 1.0, True)  # zoom is linked
    press(app, "b")
    assert not review.other.isVisible()


def test_a_sample_is_drawn_by_its_seed_and_says_how_many_are_wrong(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None]
) -> None:
    document, results = app.session.document, app.session.results
    plan = ReviewPlan(Reviewed.SAMPLE, "ana", count=6, seed=3)
    drawn = chosen_images(document, results, plan)
    assert drawn == chosen_images(document, results, plan) != sorted(drawn)
    assert drawn == random.Random(3).sample(sorted(images), 6)
    begin(Reviewed.SAMPLE, count=6, seed=3)
    press(app, *[Key.Key_Return] * 4, "3", "3")
    assert "2 of 6 predictions of the sample are wrong: 33 %" in app.window.review.header.note()
    assert "95 % interval 9.7 % to 70 %" in app.window.review._content.hint._text.text()


def test_it_ends_where_as_few_are_wrong_as_was_asked(app: App, images: list[Path], begin: Callable[..., None]) -> None:
    begin(until=0.2)
    presses = 0
    while app.window.review.path is not None:
        press(app, Key.Key_Return)
        presses += 1
    unchecked = [made for made in app.session.results if app.session.document.label(made.path) is None]
    wrong = sum(1 - made.confidence for made in unchecked)
    assert 0 < presses < 12
    assert wrong / len(unchecked) <= 0.2
    assert f"about {wrong:,.0f} (" in app.window.review.header.note()
    press(app, "s")  # goes on all the same
    assert app.window.review.path is not None


def test_a_second_reader_is_blind_and_agreement_is_said(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None]
) -> None:
    begin()
    press(app, *[Key.Key_Return] * 12, Key.Key_Escape)
    begin(Reviewed.OTHERS, "bo", is_blind=True)
    review = app.window.review
    assert review._facts.text() == ""
    assert review.canvas.evidence.region is None
    classes = review.findChild(QListWidget, "reviewClasses")
    assert classes is not None
    assert classes.currentItem() is None
    press(app, Key.Key_Return)  # what should be accepted?
    assert "hidden" in app.window.statusBar().currentMessage()
    order = [images[11], *images[:11]]
    for path in order[:10]:
        (label,) = app.session.document.labels_of(path)
        press(app, "u" if label.bin_id is None else str(1 + bins.index(label.bin_id)))
    press(app, "3", "3")
    text = review._content.hint._text.text()
    assert "10 of 12 images have the same label by ana" in text
    assert "kappa 0." in text
    assert [label.reader for label in app.session.document.labels_of(images[0])] == ["ana", "bo"]


def test_a_new_classifier_keeps_the_place_and_sorts_what_comes_behind(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None], qtbot: QtBot
) -> None:
    begin()
    press(app, Key.Key_Return, Key.Key_Return)
    review, results = app.window.review, app.session.results
    assert review.path == images[1]
    again = [Prediction(path, Status.OK, 0, (0.99 - 0.05 * k, 0.01 + 0.05 * k, 0.0)) for k, path in enumerate(images)]
    results.add_predictions(app.session.document.revision, bins, again)
    qtbot.waitUntil(lambda: not app.reviewing._later.isActive())
    assert review.path == images[1]
    press(app, Key.Key_Return)
    assert review.path == images[10]  # the least sure now
    assert len(app.session.document.board.labels) == 3


def test_labels_win_in_the_table_its_filters_and_exports(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None], tmp_path: Path
) -> None:
    begin()
    press(app, Key.Key_Return, "3", Key.Key_Escape)
    model = app.window.results.model
    row = model.row_of(images[0])
    assert row is not None
    texts = [model.index(row, column).data() for column in Column]
    assert texts[1:] == ["Cow", "0.0 %", "Labelled by ana, predicted was ‘Dog’"]
    other = model.row_of(images[11])
    assert other is not None
    assert model.index(other, Column.CLASS).data() == "None of these"
    tiles = [model.index(at, 0).data(Role.TILE) for at in (row, other)]
    assert [(tile.class_name, tile.region, tile.marks[0].sign) for tile in tiles] == [
        ("Cow", None, "✓"),
        ("None of these", None, "✓"),
    ]
    choice = app.window.results.status_choice
    choice.setCurrentIndex(choice.findText("Labelled by a person"))
    assert model.rowCount() == 2
    choice.setCurrentIndex(choice.findText("Labelled by nobody"))
    assert model.rowCount() == 10
    choice.setCurrentIndex(choice.findText("To check: the others at 1 %"))
    shown = {model.path(row) for row in range(model.rowCount())}
    assert images[2] in shown
    assert not shown & {images[0], images[11]}
    document, results = app.session.document, app.session.results
    groups = dict(
        groups_by_class(Snapshot.of(document, results), with_results=True, with_examples=True, odd_names=("odd", "bad"))
    )
    assert groups["Cow"] == [images[0]]
    assert groups["odd"] == [images[11]]
    from model.exports.exporter import export
    from model.exports.project_contents import read_project
    from model.exports.targets.csv_file import CsvFile

    out = tmp_path / "out.csv"
    assert app.session.file is not None
    export(CsvFile(), read_project(app.session.file), out)
    rows = {line["path"]: line for line in csv.DictReader(out.read_text(encoding="utf-8").splitlines())}
    one = rows[str(images[0])]
    assert (one["predicted"], one["label"], one["labelled_by"]) == ("Dog", "Cow", "ana")
    assert one["labelled_at"].startswith(now()[:10])
    assert rows[str(images[11])]["label"] == "none of these"
    assert rows[str(images[5])]["label"] == ""


def test_the_dialog_counts_its_choices_and_asks_who_reviews(
    app: App, bins: tuple[str, str, str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def answer(dialog: ReviewDialog) -> int:
        for at in range(dialog.which.count()):
            dialog.which.setCurrentIndex(at)
            seen.append(f"{dialog.which.currentText()}: {dialog._size.text()}")
        assert not dialog.with_stacks.isEnabled()  # nothing is stacked
        dialog.which.setCurrentIndex(dialog.which.findText("Unlike every bin"))
        ok = dialog._buttons.button(dialog._buttons.StandardButton.Ok)
        dialog.reader.setEditText(" ")
        assert not ok.isEnabled()
        dialog.reader.setEditText("Dr. Wu")
        assert ok.isEnabled()
        return 1

    monkeypatch.setattr(ReviewDialog, "exec", answer)
    app.window.command_table["review"].trigger()
    assert "Unlike every bin: 1 image" in seen
    assert "Predicted as ‘Cat’: 9 images" in seen
    assert "All that nobody labelled: 12 images" in seen
    assert "Marked for a second look: 0 images" in seen
    assert app.window.review.isVisible()
    press(app, Key.Key_Return)
    assert {label.reader for labels in app.session.document.board.labels.values() for label in labels} == {"Dr. Wu"}
    assert app.settings.reader == "Dr. Wu"


def test_another_project_ends_the_review(app: App, begin: Callable[..., None]) -> None:
    begin()
    app.session.new()
    assert app.window.review.isHidden()
    assert app.window.results.isVisible()


def test_sizes_are_those_of_the_reviews(app: App, images: list[Path], bins: tuple[str, str, str]) -> None:
    document, results = app.session.document, app.session.results
    document.add_examples(bins[2], [images[4]])
    for reader, path, source in (
        ("ana", images[5], LabelSource.CORRECTED),
        ("bo", images[6], LabelSource.CORRECTED),
        ("bo", images[7], LabelSource.OPEN),
    ):
        bin_id = bins[0] if source is LabelSource.CORRECTED else None
        note = None if source is LabelSource.CORRECTED else "?"
        document.give_labels({path: Label(reader, source, bin_id, note, now(), bins[0], 0.7, 1)})
    choices = review_choices(document.bins)
    found = sizes(document, results, choices, "ana")
    for reviewed, value in choices:
        plan = ReviewPlan(reviewed, "ana", count=100)
        if isinstance(value, float):
            plan = replace(plan, allowed=value)
        elif isinstance(value, str):
            plan = replace(plan, bin_id=value)
        assert found[reviewed, value] == len(chosen_images(document, results, plan)), (reviewed, value)
    assert (found[Reviewed.FLAGGED, None], found[Reviewed.OTHERS, None], found[Reviewed.ALL, None]) == (1, 1, 9)


def test_a_stack_of_near_copies_is_looked_at_once_and_labelled_as_a_whole(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None]
) -> None:
    document, stacks = app.session.document, app.window.stacks
    stacks.set_links(images, [(1, 2), (2, 5), (8, 9)], [0.99, 0.98, 0.97])
    stacks.set_on(True)
    assert stacks.counts() == (2, 5)
    document.add_examples(bins[2], [images[9]])  # what is in a bin keeps the word of the bin
    begin(Reviewed.ALL, with_stacks=True, as_examples=AsExamples.CORRECTIONS)
    order = [images[11], images[0], images[1], images[3], images[4], images[6], images[7], images[8], images[10]]
    assert app.reviewing._queue._images == order
    press(app, "s", "s")
    assert app.window.review.path == images[1]
    assert "2 near copies get the same label." in app.window.review._facts.text()
    press(app, "1")  # the image was predicted as a dog, its copies as cats
    assert said(app, images[1]) == ("corrected", bins[0])
    assert said(app, images[2]) == said(app, images[5]) == ("accepted", bins[0])
    assert document.bin_of(images[1]) == bins[0]
    assert document.bin_of(images[2]) is None  # a near copy teaches nothing new
    assert {path: len(labels) for path, labels in saved(app).items()} == dict.fromkeys(
        [images[1], images[2], images[5]], 1
    )
    assert document.undo_stack.undoText() == "Label 3 images as ‘Cat’"
    app.window.command_table["undo"].trigger()
    assert document.label(images[2]) is None is document.label(images[1])
    assert app.window.review.path == images[1]
    press(app, "2", Key.Key_Backspace, "u")  # an answer that is changed is changed for all
    assert {said(app, images[at])[1] for at in (1, 2, 5)} == {None}
    own = Label("ana", LabelSource.CORRECTED, bins[2], None, now(), None, 0.9, 1)
    document.give_labels({images[2]: own})  # said of this one alone
    app.reviewing._queue.go_to(images[1])
    app.reviewing._show()
    press(app, "1")
    assert [said(app, images[at])[1] for at in (1, 2, 5)] == [bins[0], bins[2], bins[0]]
    press(app, *"s" * 4, Key.Key_Return)
    assert document.label(images[9]) is None
    press(app, "s")
    assert "2 images are labelled by ana. 1 near copy got its label." in app.window.review._content.hint._text.text()


def test_the_dialog_offers_to_label_copies_together_where_images_are_stacked(
    app: App, images: list[Path], bins: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(dialog: ReviewDialog) -> int:
        dialog.which.setCurrentIndex(dialog.which.findText("All that nobody labelled"))
        assert dialog._size.text() == "12 images"
        dialog.with_stacks.click()
        assert dialog._size.text() == "10 to look at, of 12 images"
        return 1

    app.window.stacks.set_links(images, [(1, 2), (2, 5)], [0.99, 0.98])
    app.window.stacks.set_on(True)
    monkeypatch.setattr(ReviewDialog, "exec", answer)
    app.window.command_table["review"].trigger()
    assert app.window.review.header._note.text().startswith("0 of 10 checked")


def test_in_a_sample_a_stack_counts_once(app: App, images: list[Path], bins: tuple[str, str, str]) -> None:
    stacks = app.window.stacks
    stacks.set_links(images, [(at, at + 1) for at in range(9)], [0.99] * 9)
    stacks.set_on(True)
    document, results = app.session.document, app.session.results
    drawn = chosen_images(document, results, ReviewPlan(Reviewed.SAMPLE, "ana", count=100), stacks.members)
    assert sorted(drawn) == [images[0], images[10], images[11]]
    choices = review_choices(document.bins)
    counts = sizes(document, results, choices, "ana", stacks.members)
    assert counts[Reviewed.ALL, None] == 3
    assert counts[Reviewed.CLASS, bins[0]] == 2  # two images of the stack are predicted as dogs: it is there twice
    assert counts[Reviewed.CLASS, bins[1]] == 1


def test_what_is_hidden_cannot_be_agreed_with(app: App, images: list[Path], begin: Callable[..., None]) -> None:
    begin(is_blind=True)
    press(app, "+", Key.Key_Return)
    assert (app.session.document.board.labels, app.session.document.example_count) == ({}, 0)
    assert "hidden" in app.window.statusBar().currentMessage()
    press(app, "1", Key.Key_Backspace, "+")  # what the reader said may go into its bin
    assert app.session.document.example_count == 1


def test_what_is_typed_for_one_image_is_never_said_of_the_next(
    app: App, images: list[Path], begin: Callable[..., None], qtbot: QtBot
) -> None:
    begin()
    review = app.window.review
    press(app, "f", "blurred")
    first = review.path
    rect = review.classes.visualItemRect(review.classes.item(0))
    QTest.mouseClick(review.classes.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert review.path != first
    assert review.entry.isHidden()
    press(app, Key.Key_Return)
    labels = app.session.document.board.labels
    assert len(labels) == 2
    assert not any(label.is_flagged for said in labels.values() for label in said)


def test_an_image_that_lost_its_prediction_is_not_answered(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None], qtbot: QtBot
) -> None:
    begin(Reviewed.CLASS, bin_id=bins[0])
    path = app.window.review.path
    assert path is not None
    results = app.session.results
    results.add_predictions(1, bins, [Prediction(path, Status.ERROR, message="is gone")])
    for key in (Key.Key_Return, "1", "u", "+"):
        press(app, key)
    assert app.session.document.label(path) is None
    assert "S goes on" in app.window.statusBar().currentMessage()
    press(app, "s")
    assert app.window.review.path != path


def test_answering_a_flagged_image_keeps_its_note(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None]
) -> None:
    begin()
    path = app.window.review.path
    assert path is not None
    press(app, "f", "hazy edge", Key.Key_Return, Key.Key_Escape)
    begin(Reviewed.FLAGGED)
    assert app.window.review.path == path
    assert "wants a second look: hazy edge" in app.window.review._facts.text()
    press(app, "2", Key.Key_Escape)
    (label,) = app.session.document.labels_of(path)
    assert (label.bin_id, label.note, label.answered) == (bins[1], None, "hazy edge")
    assert saved(app)[path] == (label,)
    assert chosen_images(app.session.document, app.session.results, ReviewPlan(Reviewed.FLAGGED, "ana")) == []
    app.window.inspector.show_image(path)
    assert "ana looked a second time: hazy edge" in app.window.inspector._verdict.text()
    begin(Reviewed.OTHERS, "bo")
    assert app.window.review.path == path
    assert "ana looked a second time: hazy edge" in app.window.review._facts.text()
    press(app, Key.Key_Escape)
    app.session.document.undo_stack.undo()
    (label,) = app.session.document.labels_of(path)
    assert (label.note, label.answered) == ("hazy edge", None)


def test_keys_work_under_a_cyrillic_layout(
    app: App, images: list[Path], bins: tuple[str, str, str], begin: Callable[..., None]
) -> None:
    """The keys of U, S, B and F, as X11 numbers their places, with what a Russian layout types by them."""
    begin()
    review = app.window.review
    first = review.path
    assert first is not None

    def type_(text: str, place: int) -> None:
        key = 0x410 + ord(text) - ord("а")  # as Qt has it: the letter itself
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, place, 0, 0, text)
            QApplication.sendEvent(review, event)

    type_("ы", 39)  # S: skip
    assert review.path == images[0]
    type_("г", 30)  # U: none of these
    assert said(app, images[0]) == ("corrected", None)
    type_("и", 56)  # B
    assert review.pair.is_beside
    type_("а", 41)  # F
    assert review.entry.isVisible()


def test_doubts_are_counted_by_what_changed(
    app: App,
    images: list[Path],
    bins: tuple[str, str, str],
    begin: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    begin()
    results, reviewing = app.session.results, app.reviewing
    counted: list[int] = []
    monkeypatch.setattr(reviewing, "_count_doubts", lambda: counted.append(1))
    asked: list[Path] = []
    original = reviewing._doubt_of

    def ask(path: Path) -> object:
        asked.append(path)
        return original(path)

    monkeypatch.setattr(reviewing, "_doubt_of", ask)

    def arrive(path: Path, sure: float) -> None:
        made = Prediction(path, Status.OK, 0, (sure, 1 - sure, 0.0), Region(2, 3, 10, 8))
        results.add_predictions(1, bins, [made])

    for number, sure in enumerate((0.52, 0.97, 0.6)):
        arrive(images[5], sure)
        arrive(Path(f"/another/{number}.png"), 0.8)
        qtbot.waitUntil(lambda: not reviewing._later.isActive() and not reviewing._moved)
    assert counted == []  # never all of them
    assert len(asked) == 12 + 2  # all once, then what came anew
    unchecked = [made.confidence for made in results if made.status is Status.OK]
    expected = Doubts(unchecked).errors_left()
    found = reviewing._doubts.errors_left()
    assert (found.count, found.low, found.high) == (expected.count, expected.low, expected.high)
    assert found.expected == pytest.approx(expected.expected)
    rest = reviewing._queue._images[1:]
    assert rest == sorted(rest, key=original)
