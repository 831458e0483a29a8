"""Images into folders by class, from the menu to the disk and back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.controllers.folder_groups import Snapshot, groups_by_class
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.project.folder_export import Transfer, export_into_folders, sort_into
from fewshot_gui.project.labels import Label, LabelSource, now
from fewshot_gui.project.safe_files import move_to
from fewshot_gui.views.dialogs import ErrorDialog
from fewshot_gui.views.folder_export_dialog import FolderExportChoice, FolderExportDialog
from model.types import Prediction, Status

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def images(app: App, make_images: MakeImages) -> dict[str, list[Path]]:
    """Two bins of two examples, and results: one each of both bins, one unknown, one that cannot be read."""
    document = app.session.document
    ids = [document.add_bin("Cats"), document.add_bin("Dogs?")]
    colors = {"cats": (200, 60, 40), "dogs": (40, 60, 200), "new": (40, 200, 60)}
    found = {name: make_images(name, 4 if name == "new" else 2, color) for name, color in colors.items()}
    document.add_examples(ids[0], found["cats"])
    document.add_examples(ids[1], found["dogs"])
    first, second, unknown, unreadable = found["new"]
    predictions = [
        Prediction(first, Status.OK, 0, (0.9, 0.1)),
        Prediction(second, Status.OK, 1, (0.2, 0.8)),
        Prediction(unknown, Status.UNKNOWN, 1, (0.2, 0.8)),
        Prediction(unreadable, Status.ERROR, message="is damaged."),
    ]
    app.session.results.add_predictions(document.revision, ids, predictions)
    return found


def _choose(
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    target: Path,
    transfer: Transfer,
    *,
    results: bool = True,
    examples: bool = False,
    odd_too: bool = False,
    selected_only: bool = False,
) -> list[tuple[int, int, int]]:
    asked: list[tuple[int, int, int]] = []

    def answer(
        rows: RowsInView, is_odd: Sequence[bool], n_examples: int, _stale: int, _target: Path
    ) -> FolderExportChoice:
        asked.append((len(is_odd) - sum(is_odd), n_examples, sum(is_odd)))
        chosen = rows.selected if selected_only else range(len(is_odd))
        return FolderExportChoice(results, chosen, examples, odd_too, transfer, target)

    monkeypatch.setattr(app.questions, "folder_export", answer)
    return asked


def _run(app: App, qtbot: QtBot, action: str) -> None:
    # Not `waitSignal`: the pool emits again at once, while that takes itself apart, which crashes PySide.
    app.window.command_table[action].trigger()
    assert app.window.command_table.flag("busy")
    qtbot.waitUntil(lambda: not app.window.command_table.flag("busy"))


def _names(target: Path) -> list[str]:
    return sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())


def test_results_are_copied_into_folders(
    app: App, images: dict[str, list[Path]], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "sorted"
    asked = _choose(app, monkeypatch, target, Transfer.COPY)
    _run(app, qtbot, "exportFolders")
    assert asked == [(2, 4, 2)]
    assert _names(target) == ["Cats/0000.png", "Dogs_/0001.png"]
    assert "2 images copied into folders in “sorted”" in app.window.statusBar().currentMessage()
    (job,) = app.jobs.rows()
    assert job.said.startswith("2 images copied into folders in “sorted”")
    assert job.seconds is not None
    _choose(app, monkeypatch, target, Transfer.COPY, examples=True, odd_too=True)
    _run(app, qtbot, "exportFolders")
    assert {"unknown/0002.png", "unreadable/0003.png"} < set(_names(target))
    assert all(path.exists() for paths in images.values() for path in paths)


def test_images_are_counted_as_people_labelled_them(
    app: App, images: dict[str, list[Path]], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, new = app.session.document, images["new"]
    none, cat = (Label("ana", LabelSource.CORRECTED, said, None, now()) for said in (None, document.bins[0].id))
    document.give_labels({new[1]: none, new[2]: cat, new[3]: cat})
    target = tmp_path / "sorted"
    asked = _choose(app, monkeypatch, target, Transfer.COPY, odd_too=True)
    _run(app, qtbot, "exportFolders")
    assert asked == [(2, 4, 2)]
    assert _names(target) == ["Cats/0000.png", "Cats/0002.png", "unknown/0001.png", "unreadable/0003.png"]


def test_an_image_that_was_corrected_goes_with_its_bin(
    app: App, images: dict[str, list[Path]], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, target = app.session.document, tmp_path / "sorted"
    document.add_examples(document.bins[1].id, images["new"][:1])
    _choose(app, monkeypatch, target, Transfer.COPY)
    _run(app, qtbot, "exportFolders")
    assert _names(target) == ["Dogs_/0000.png", "Dogs_/0001.png"]


def test_the_project_follows_a_move_and_its_undoing(
    app: App, images: dict[str, list[Path]], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, results, target = app.session.document, app.session.results, tmp_path / "sorted"
    contents = {path: path.read_bytes() for paths in images.values() for path in paths}
    app.window.intents.image_selected.emit(images["new"][0])
    _choose(app, monkeypatch, target, Transfer.MOVE, examples=True)
    _run(app, qtbot, "exportFolders")
    assert not any(path.exists() for path in images["cats"] + images["new"][:2])
    assert app.window.inspector.path == results.at(0).path != images["new"][0]
    known = [example.path for bin_ in document.bins for example in bin_.examples] + [made.path for made in results]
    assert all(path.exists() for path in known)
    assert {example.path.parent for example in document.bins[0].examples} == {target / "Cats"}
    document.undo_stack.undo()  # of the examples of the second bin: under their new names
    document.undo_stack.redo()
    assert all(example.path.exists() for example in document.bins[1].examples)

    monkeypatch.setattr(app.questions, "folder", lambda _title, start: start)
    _run(app, qtbot, "undoMove")
    assert {path: path.read_bytes() for path in contents} == contents
    assert [example.path for example in document.bins[0].examples] == images["cats"]
    assert [made.path for made in results] == images["new"]
    assert app.window.inspector.path == images["new"][0]
    app.window.command_table["undoMove"].trigger()
    assert "No move into “sorted” is left to be undone" in app.window.statusBar().currentMessage()


def test_a_project_whose_images_were_being_moved_in_a_crash_finds_them(
    app: App, images: dict[str, list[Path]], tmp_path: Path, qtbot: QtBot
) -> None:
    project, target = tmp_path / "pets.fewshot", tmp_path / "sorted"
    app.session.save_as(project)
    app.session.note_move_into(target)
    app.window.intents.new_requested.emit()
    export_into_folders(sort_into([("Cats", images["cats"][:1])]), target, Transfer.MOVE)
    app.projects.open(project)
    document = app.session.document
    qtbot.waitUntil(lambda: document.path == project)
    qtbot.waitUntil(lambda: document.bins[0].examples[0].path == target / "Cats" / "0000.png")
    assert document.bins[0].examples[1].path == images["cats"][1]


def test_cancel_stops_between_two_images_and_keeps_what_was_done(
    app: App, make_images: MakeImages, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, many = app.session.document, make_images("many", 200)
    document.add_examples(document.add_bin("Cats"), many)
    _choose(app, monkeypatch, tmp_path / "sorted", Transfer.MOVE, results=False, examples=True)

    cancelled = threading.Event()
    moved: list[Path] = []

    def move_twenty_and_wait(source: Path, path: Path) -> None:
        move_to(source, path)
        moved.append(source)
        if len(moved) == 20:  # the window has time to say what it has to, however busy the machine is
            cancelled.wait(30)

    def cancel_after_ten(_phase: str, done: int, _total: int) -> None:
        if done > 10 and not cancelled.is_set():
            app.intents.cancel_requested.emit()
            cancelled.set()

    monkeypatch.setattr("fewshot_gui.controllers.folder_exporting.ProgressThrottle", lambda target: target)
    monkeypatch.setattr("fewshot_gui.project.folder_export.move_to", move_twenty_and_wait)
    monkeypatch.setattr(app.window.status, "set_job_progress", cancel_after_ten)
    _run(app, qtbot, "exportFolders")
    examples = [example.path for example in document.bins[0].examples]
    assert all(path.exists() for path in examples)
    assert sum(path in many for path in examples) == 200 - len(moved)
    assert 10 < len(moved) <= 20
    assert "stopped" in app.window.statusBar().currentMessage()


def test_what_could_not_be_exported_is_listed(
    app: App, images: dict[str, list[Path]], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    images["new"][0].unlink()
    _choose(app, monkeypatch, tmp_path / "sorted", Transfer.COPY)
    _run(app, qtbot, "exportFolders")
    dialog = app.window.findChild(ErrorDialog)
    assert dialog is not None
    assert "1 could not be copied" in dialog._message
    assert str(images["new"][0]) in dialog._details


def test_the_dialog_offers_what_there_is(qtbot: QtBot, tmp_path: Path) -> None:
    everything = range(15)
    dialog = FolderExportDialog(RowsInView(everything), [False] * 12 + [True] * 3, 0, 0, tmp_path / "Sorted")
    qtbot.addWidget(dialog)
    assert dialog.choice() == FolderExportChoice(True, everything, False, False, Transfer.COPY, tmp_path / "Sorted")
    assert not dialog._examples.isEnabled()
    dialog._results.setChecked(False)
    assert not dialog.export_button.isEnabled()
    dialog._odd.setChecked(True)
    dialog._transfers.button(2).click()
    assert dialog.export_button.isEnabled()
    dialog.set_target(tmp_path / "Other")
    assert dialog.choice() == FolderExportChoice(False, everything, False, True, Transfer.MOVE, tmp_path / "Other")
    dialog._target.setText("not absolute")
    assert not dialog.export_button.isEnabled()


def test_the_dialog_counts_what_is_shown_selected_or_all_and_warns_of_stale_results(
    qtbot: QtBot, tmp_path: Path
) -> None:
    rows, is_odd = RowsInView((3, 0, 1), (1,)), [False, True, False, False, True]
    dialog = FolderExportDialog(rows, is_odd, 2, 4, tmp_path / "Sorted")
    qtbot.addWidget(dialog)
    assert not dialog._choice.notice.isHidden()
    assert ("(2)" in dialog._results.text(), "(1)" in dialog._odd.text()) == (True, True)
    assert dialog.choice().rows == (3, 0, 1)
    shown, selected, everything = dialog.findChildren(QRadioButton)[:3]
    selected.click()
    assert not dialog._results.isEnabled()  # the selected one is unknown
    assert not dialog.export_button.isEnabled()
    assert not dialog.choice().results
    everything.click()
    assert "(3)" in dialog._results.text()
    assert dialog.choice() == FolderExportChoice(True, range(5), False, False, Transfer.COPY, tmp_path / "Sorted")
    shown.click()
    assert dialog.export_button.isEnabled()


def test_the_selected_results_alone_are_copied(
    app: App, images: dict[str, list[Path]], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = app.window.results.table
    qtbot.waitUntil(lambda: table.row_of(images["new"][1]) is not None)
    table.select_paths([images["new"][1]])
    _choose(app, monkeypatch, tmp_path / "sorted", Transfer.COPY, selected_only=True)
    _run(app, qtbot, "exportFolders")
    assert _names(tmp_path / "sorted") == [f"Dogs_/{images['new'][1].name}"]


def test_what_is_exported_is_what_there_was_when_it_was_asked_for(app: App, images: dict[str, list[Path]]) -> None:
    document = app.session.document
    snapshot = Snapshot.of(document, app.session.results)
    cats = document.bins[0].id
    document.rename_bin(cats, "Lions")
    document.remove_examples(images["cats"])
    assert [one.path for one in snapshot.predictions] == images["new"]
    groups = dict(groups_by_class(snapshot, with_results=True, with_examples=True))
    assert groups == {"Cats": [*images["cats"], images["new"][0]], "Dogs?": [*images["dogs"], images["new"][1]]}
