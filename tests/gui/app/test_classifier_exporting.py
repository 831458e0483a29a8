"""Export of the classifier from the window: a folder that the command takes, with a model card beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from model.checkpoint.files import identity, load
from model.types import ExampleReport, TrainingReport

SAVED = Path(__file__).resolve().parents[2] / "data" / "version_6" / "classifier"


@pytest.fixture
def names(app: App, tmp_path: Path) -> tuple[str, ...]:
    """A project with a classifier that was trained before; returns the names of its classes."""
    names = load(SAVED, "cpu").class_names
    document = app.session.document
    bins = tuple(document.add_bin(name) for name in names)
    for number, bin_id in enumerate(bins):
        image = tmp_path / f"secret {number}.png"
        Image.new("RGB", (64, 64), (50 * number, 90, 120)).save(image)
        document.add_examples(bin_id, [image])
    files = {name: (SAVED / name).read_bytes() for name in ("classifier.json", "classifier.safetensors")}
    examples = (ExampleReport(tmp_path / "secret 0.png", 0, 1.0, 0, 0.9),)
    report = TrainingReport(names, examples, (), (), None, None, 1, True, 0.1)
    app.session.results.set_training(document.revision, bins, report, files)
    return names


def test_the_window_exports_the_classifier_with_its_card(
    app: App, names: tuple[str, ...], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "my classifier"
    monkeypatch.setattr(app.questions, "classifier_folder", lambda _start: out)
    app.window.command_table["exportClassifier"].trigger()
    said = "Classifier exported to “my classifier”, with a model card, classifier.md"
    qtbot.waitUntil(lambda: said in app.window.statusBar().currentMessage(), timeout=20_000)
    assert load(out, "cpu").class_names == names
    assert identity(out) == identity(SAVED)
    card = (out / "classifier.md").read_text(encoding="utf-8")
    assert identity(out) in card
    assert "secret" not in card
    assert str(tmp_path) not in card


def test_something_else_is_never_replaced(
    app: App, names: tuple[str, ...], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "letters"
    out.mkdir()
    (out / "letter.txt").write_text("dear", encoding="utf-8")
    monkeypatch.setattr(app.questions, "classifier_folder", lambda _start: out)
    shown: list[str] = []
    monkeypatch.setattr(app.window, "show_error", lambda title, message, details="": shown.append(message))
    app.window.command_table["exportClassifier"].trigger()
    qtbot.waitUntil(lambda: bool(shown), timeout=20_000)
    assert "is not a classifier" in shown[0]
    assert [path.name for path in out.iterdir()] == ["letter.txt"]


def test_without_a_classifier_there_is_nothing_to_export(app: App) -> None:
    assert not app.window.command_table["exportClassifier"].isEnabled()
