"""A saved classifier: the same predictions when loaded, refused when damaged, and no foreign folder overwritten."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.checkpoint import files as checkpoint
from model.checkpoint.files import FACTS_FILE, TENSORS_FILE
from model.embedding.embedder import Embedder
from model.errors import CheckpointError
from model.runs.classify import classify
from model.runs.image_classifier import ImageClassifier
from model.training.backbone import Schedule
from model.training.train import train
from model.types import Prediction, SupportSet
from tests.model.conftest import support_of


@pytest.fixture(scope="module")
def classifier(shapes_folder: Path, embedder: Embedder) -> ImageClassifier:
    return train(support_of(shapes_folder, 3), embedder=embedder)[0]


@pytest.fixture
def saved(tmp_path: Path, classifier: ImageClassifier) -> Path:
    folder = tmp_path / "classifier"
    checkpoint.save(classifier, folder)
    return folder


def _predict(classifier: ImageClassifier, folder: Path) -> list[Prediction]:
    paths = sorted(folder.rglob("1*.png"))
    return [one for batch in classify(classifier, paths) for one in batch]


def test_a_loaded_classifier_predicts_exactly_the_same(
    saved: Path, classifier: ImageClassifier, shapes_folder: Path
) -> None:
    loaded = checkpoint.load(saved, "cpu")
    assert loaded.class_names == classifier.class_names
    assert _predict(loaded, shapes_folder) == _predict(classifier, shapes_folder)


def test_a_moved_folder_works(saved: Path, classifier: ImageClassifier, shapes_folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "другое место" / "c"
    moved.parent.mkdir()
    shutil.move(saved, moved)
    loaded = checkpoint.load(moved, embedder=classifier.embedder)
    assert _predict(loaded, shapes_folder) == _predict(classifier, shapes_folder)


def test_a_given_embedder_is_reused_where_it_fits(saved: Path, classifier: ImageClassifier) -> None:
    assert checkpoint.load(saved, embedder=classifier.embedder).embedder is classifier.embedder
    other = Embedder.create("patent-cnn", "cpu")
    assert checkpoint.load(saved, embedder=other).embedder.backbone.name == "efficientnet-lite0"


def test_class_names_in_any_script_come_back(tmp_path: Path, shapes_folder: Path, embedder: Embedder) -> None:
    support = support_of(shapes_folder, 1)
    names = ('日本, "x"', "new\nline", "ё")
    trained, _ = train(SupportSet(names, support.images), embedder=embedder)
    checkpoint.save(trained, tmp_path / "c")
    assert checkpoint.load(tmp_path / "c", embedder=embedder).class_names == names


@pytest.mark.parametrize("name", ["patent-cnn-scratch", "patent-cnn-tuned"])
def test_patent_cnn_weights_travel_with_the_classifier(tmp_path: Path, shapes_folder: Path, name: str) -> None:
    trained, _ = train(
        support_of(shapes_folder, 2),
        embedder=Embedder.create(name, "cpu"),
        schedule=Schedule(side=64, steps=2, tuning_steps=2),
    )
    checkpoint.save(trained, tmp_path / "c")
    loaded = checkpoint.load(tmp_path / "c", "cpu")
    for key, value in trained.embedder.backbone.state_dict().items():
        assert torch.equal(loaded.embedder.backbone.state_dict()[key], value), key
    assert _predict(loaded, shapes_folder) == _predict(trained, shapes_folder)


def test_saving_again_replaces_the_classifier_and_keeps_what_lies_beside_it(
    saved: Path, shapes_folder: Path, embedder: Embedder
) -> None:
    (saved / "results.csv").write_text("mine", encoding="utf-8")
    (saved / "notes").mkdir()
    support = support_of(shapes_folder, 1)
    other, _ = train(SupportSet(("x", "y"), support.images[:2]), embedder=embedder)
    checkpoint.save(other, saved)
    assert checkpoint.load(saved, embedder=embedder).class_names == ("x", "y")
    assert sorted(p.name for p in saved.iterdir()) == [FACTS_FILE, TENSORS_FILE, "notes", "results.csv"]
    assert [p.name for p in saved.parent.iterdir() if p.name.startswith(".")] == []


def test_a_foreign_folder_or_file_is_never_overwritten(tmp_path: Path, classifier: ImageClassifier) -> None:
    folder, file = tmp_path / "photos", tmp_path / "photo.jpg"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"precious")
    file.write_bytes(b"precious")
    for place in (folder, file):
        with pytest.raises(CheckpointError, match="is not a classifier"):
            checkpoint.save(classifier, place)
    assert (folder / "a.jpg").read_bytes() == file.read_bytes() == b"precious"
    assert [p.name for p in folder.iterdir()] == ["a.jpg"]


def test_an_empty_folder_may_be_used_and_missing_parents_are_made(tmp_path: Path, classifier: ImageClassifier) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "a" / "b" / "c"):
        checkpoint.save(classifier, place)
        assert checkpoint.is_classifier(place)


def test_a_place_that_cannot_be_made_is_said_in_one_line(tmp_path: Path, classifier: ImageClassifier) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CheckpointError, match="cannot be written"):
        checkpoint.save(classifier, tmp_path / "file" / "c")


def _facts(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    change(facts)
    (folder / FACTS_FILE).write_text(json.dumps(facts), encoding="utf-8")


def test_a_newer_version_is_refused_with_what_to_do(saved: Path) -> None:
    _facts(saved, lambda facts: facts.update(version=99))
    with pytest.raises(CheckpointError, match=r"newer Fewshot\. Update"):
        checkpoint.load(saved)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"}, {"version": "1"}, {"class_names": 5}, {"class_names": None}, {"class_names": []},
        {"class_names": "abc"}, {"class_names": {"a": 1}}, {"class_names": ["a", 2, "c"]}, {"class_names": ["a"]},
        {"backbone": 3}, {"backbone_fingerprint": None}, {"tensors_sha256": None},
    ],
    ids=str,
)  # fmt: skip
def test_facts_that_do_not_make_sense_are_refused(saved: Path, embedder: Embedder, change: dict[str, Any]) -> None:
    _facts(saved, lambda facts: facts.update(change))
    with pytest.raises(CheckpointError):
        checkpoint.load(saved, embedder=embedder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"format": 1'])
def test_damaged_facts_are_refused(saved: Path, content: bytes) -> None:
    (saved / FACTS_FILE).write_bytes(content)
    with pytest.raises(CheckpointError):
        checkpoint.load(saved)


@pytest.mark.parametrize("place", [0, 9, 200, -1, -2000])
def test_a_single_flipped_byte_among_the_tensors_is_noticed(saved: Path, embedder: Embedder, place: int) -> None:
    content = bytearray((saved / TENSORS_FILE).read_bytes())
    content[place] ^= 0x10
    (saved / TENSORS_FILE).write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(saved, embedder=embedder)


@pytest.mark.parametrize("length", [0, 4, 100, 5000])
def test_cut_off_tensors_are_refused(saved: Path, embedder: Embedder, length: int) -> None:
    (saved / TENSORS_FILE).write_bytes((saved / TENSORS_FILE).read_bytes()[:length])
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(saved, embedder=embedder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("descriptors", torch.zeros(2)), ("examples", torch.zeros(())), ("scalars", torch.full((8,), torch.nan)),
        ("class_means", torch.zeros(3, 5)), ("descriptors", None),
    ],
)  # fmt: skip
def test_tensors_of_another_shape_are_refused_even_with_a_matching_hash(
    saved: Path, embedder: Embedder, name: str, value: torch.Tensor | None
) -> None:
    tensors = load_file(saved / TENSORS_FILE)
    del tensors[name]
    save_file(tensors | ({name: value} if value is not None else {}), saved / TENSORS_FILE)
    _facts(saved, lambda facts: facts.update(tensors_sha256=sha256((saved / TENSORS_FILE).read_bytes()).hexdigest()))
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(saved, embedder=embedder)


def test_other_backbone_weights_than_it_was_trained_with_are_refused(saved: Path) -> None:
    _facts(saved, lambda facts: facts.update(backbone_fingerprint="0" * 16))
    with pytest.raises(CheckpointError, match="other weights"):
        checkpoint.load(saved, "cpu")


def test_what_is_no_classifier_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"x")
    for place in (tmp_path, tmp_path / "photo.png"):
        with pytest.raises(CheckpointError, match="is not a classifier saved by Fewshot"):
            checkpoint.load(place)
    for place in (tmp_path / "gone", tmp_path / ("x" * 300)):
        with pytest.raises(CheckpointError, match="there is no such file or folder"):
            checkpoint.load(place)
