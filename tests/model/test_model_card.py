"""Model cards: right figures, names as plain text, no path, and "not known" where a classifier does not say."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from PIL import Image

from model.checkpoint.files import contents, identity, load, save
from model.embedding.embedder import Embedder
from model.exports.model_card import CARD_FILE, Made, escaped, model_card
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import SupportSet, TrainingReport
from tests.model.cli_support import Run, one_line

SAVED = Path(__file__).resolve().parents[1] / "data" / "version_6" / "classifier"
EVIL = ("a|b", "<b>c</b>\nd & [e](http://x.y)", "`f` *g* _h_ \\|", "www.i.jk ~~l~~ $m$ <!-- n")


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table, as plain text; refuses HTML, links and emphasis."""
    found: list[list[list[str]]] = []
    for token in (
        MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"]).parse(text)
    ):
        assert token.type not in {"html_block", "code_block", "fence"}
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline":
            kinds = {child.type for child in token.children or ()}
            assert kinds <= {"text", "text_special", "softbreak"}, token.content
            if token.level >= 4:  # table, body, row, cell
                found[-1][-1].append("".join(child.content for child in token.children or ()).replace("\u00a0", " "))
    return found


def card_of(classifier: ImageClassifier, folder: Path) -> str:
    save(classifier, folder)
    return model_card(classifier, Made.of(contents(folder)), "en")


@pytest.fixture(scope="module")
def trained(shapes_folder: Path, embedder: Embedder) -> tuple[ImageClassifier, TrainingReport]:
    """Three classes of five, five and two; two of the first are near copies."""
    files = {name: sorted((shapes_folder / name).iterdir()) for name in ("disc", "stripes", "cross")}
    copy = shapes_folder.parent / "again.png"
    Image.open(files["disc"][0]).convert("RGB").point(lambda level: level + 1).save(copy)
    images = ((*files["disc"][:4], copy), tuple(files["stripes"][:5]), tuple(files["cross"][:2]))
    return train(SupportSet(("disc", "stripes", "cross"), images), embedder=embedder)


def test_the_figures_are_those_of_the_training(trained: tuple[ImageClassifier, TrainingReport], tmp_path: Path) -> None:
    classifier, report = trained
    assert sum(one.group is not None for one in report.examples) == 2  # the near copies
    text = card_of(classifier, tmp_path / "classifier").replace("\u00a0", " ")
    classes, calibration, _, facts = tables(text)
    assert [row[:3] for row in classes[1:]] == [["disc", "5", "4"], ["stripes", "5", "5"], ["cross", "2", "2"]]
    assert report.leave_one_out_accuracy is not None
    assert report.accuracy_interval is not None
    low, high = report.accuracy_interval
    accuracy = f"{100 * report.leave_one_out_accuracy:.1f}"
    assert f"Leave-one-out accuracy: {accuracy} % (95 % interval: {100 * low:.1f} % to {100 * high:.1f} %)" in text
    assert sum(int(row[0]) for row in calibration[1:]) == 12
    assert "Fewer than 5 examples: ‘cross’." in text
    assert "The 12 examples are 11 independent ones" in text
    assert "12 examples in all, independent ones: 11." in text
    said = dict(facts[1:])
    tensors = (tmp_path / "classifier" / "classifier.safetensors").read_bytes()
    assert said["Classifier"] == identity(tmp_path / "classifier")
    assert said["SHA-256 of its tensors"] == sha256(tensors).hexdigest()
    assert said["Backbone"] == "efficientnet-lite0"
    assert said["Licence of the backbone's weights"] == "Apache-2.0"
    assert float(said["Constant unknown_threshold"]) == pytest.approx(
        classifier.classifier.state.unknown_threshold, rel=1e-5
    )
    assert said["Trained with"] == "not known"
    assert "not a medical device" in text


def test_names_are_plain_text_in_one_cell_each(shapes_folder: Path, embedder: Embedder, tmp_path: Path) -> None:
    files = sorted((shapes_folder / "disc").iterdir())
    images = tuple((path,) for path in files[:4])
    classifier, _ = train(SupportSet(EVIL, images), embedder=embedder)
    text = card_of(classifier, tmp_path / "classifier")
    classes = tables(text)[0]
    assert [row[0] for row in classes[1:]] == [" ".join(name.split()) for name in EVIL]
    assert all(len(row) == 5 for row in classes)
    assert "<b>" not in text
    assert "http:/\\/" in text or "http:\\//" in text
    assert "Confidence was not measured" in text
    assert str(shapes_folder) not in text
    assert not any(path.name in text for path in files)


def test_direction_marks_are_left_out() -> None:
    assert escaped("a\u202eb\u2066c") == "abc"


def test_an_old_classifier_says_what_is_not_known(tmp_path: Path) -> None:
    shutil.copytree(SAVED, tmp_path / "old")
    classifier = load(tmp_path / "old", "cpu")
    assert classifier.classifier.state.groups is None
    text = model_card(classifier, Made.of(contents(tmp_path / "old")), "en")
    assert "(95 % interval: not known)" in text
    assert all(row[2] == "not known" for row in tables(text)[0][1:])
    assert "independent ones: not known" in text


def test_one_class_and_few_examples(shapes_folder: Path, embedder: Embedder, tmp_path: Path) -> None:
    files = sorted((shapes_folder / "disc").iterdir())
    classifier, _ = train(SupportSet(("disc",), (tuple(files[:5]),)), embedder=embedder)
    assert "There is one class: images unlike it will be unknown." in card_of(classifier, tmp_path / "one")
    state = replace(classifier.classifier.state, unknown_threshold=float("inf"))
    head = type(classifier.classifier)(("disc",), state, embedder.backbone.class_directions)
    text = card_of(ImageClassifier(head, embedder), tmp_path / "few")
    assert "There are too few examples to tell images that belong to no class" in text


def test_training_writes_a_card_and_so_does_the_export(shapes_folder: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "classifier"
    done = run("train", shapes_folder, "--out", folder, "--device", "cpu", "--json")
    assert done.status == 0
    card = (folder / CARD_FILE).read_text(encoding="utf-8")
    assert done.result["card"] == str(folder / CARD_FILE)
    said = dict(tables(card)[-1][1:])
    assert said["Trained with torch"] == version("torch")
    assert re.fullmatch("[0-9a-f]{64}", said["SHA-256 of the program's code"])
    assert said["Classifier"] == identity(folder)
    out = tmp_path / "card.md"
    done = run("export", folder, "--card", out, "--json")
    assert done.status == 0
    assert done.result["card"] == str(out)
    assert json.loads((folder / "classifier.json").read_text(encoding="utf-8"))["tensors_sha256"] in out.read_text()
    kept = out.read_bytes()
    done = run("export", folder, "--card", out)
    assert done.status == 2
    assert "exists" in one_line(done.err)
    assert out.read_bytes() == kept
    done = run("export", folder, "--card", out, "--overwrite", "--format", "coco")
    assert done.status == 2
    assert "do not go with" in one_line(done.err)
    assert run("export", folder, "--card", tmp_path / "new" / "card.md").status == 0
    assert (tmp_path / "new" / "card.md").exists()
    done = run("export", folder, "--card", out / "card.md")
    assert done.status == 1
    assert "card.md cannot be written" in one_line(done.err)
