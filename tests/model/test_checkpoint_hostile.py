"""A classifier made by someone else: it runs nothing, needs no more memory than its data, and is refused in a line."""

from __future__ import annotations

import json
import os
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
from model.errors import CheckpointError, FewShotError
from model.runs.classify import classify
from model.training.backbone import Schedule
from model.training.train import train
from model.types import SupportSet
from tests.model.conftest import support_of

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, shapes_folder: Path, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "classifier"
    checkpoint.save(train(support_of(shapes_folder, 3), embedder=embedder)[0], folder)
    return folder


@pytest.fixture
def saved(tmp_path: Path, template: Path) -> Path:
    folder = tmp_path / "classifier"
    folder.mkdir()
    for name in (FACTS_FILE, TENSORS_FILE):
        (folder / name).write_bytes((template / name).read_bytes())
    return folder


def set_facts(folder: Path, **changes: object) -> None:
    facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    (folder / FACTS_FILE).write_text(json.dumps(facts | changes), encoding="utf-8")


def write_tensors(folder: Path, header: bytes, data: bytes = b"") -> None:
    """Write a safetensors file by hand, with the hash that a stranger would give it."""
    (folder / TENSORS_FILE).write_bytes(len(header).to_bytes(8, "little") + header + data)
    set_facts(folder, tensors_sha256=sha256((folder / TENSORS_FILE).read_bytes()).hexdigest())


def header_of(folder: Path) -> tuple[dict[str, Any], bytes]:
    content = (folder / TENSORS_FILE).read_bytes()
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def refused(folder: Path, embedder: Embedder) -> str:
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(folder, embedder=embedder)
    message = str(caught.value)
    assert str(folder) in message
    assert "\n" not in message
    assert len(message) < len(str(folder)) + 300
    return message


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header["examples"].update(shape=[2**40, 2**40]),
        lambda header: header["examples"].update(shape=[-1, -1428]),
        lambda header: header["examples"].update(shape=[1e3]),
        lambda header: header["examples"].update(shape=[True]),
        lambda header: header["examples"].update(shape=[1] * 100_000),
        lambda header: header["examples"].update(shape="9"),
        lambda header: header["examples"].update(dtype="F64"),
        lambda header: header["examples"].update(dtype="I32"),
        lambda header: header["labels"].update(dtype="F64"),
        lambda header: header["examples"].update(dtype="OBJECT"),
        lambda header: header["examples"].update(dtype=None),
        lambda header: header.update(examples=None),
        lambda header: header.update(examples=[]),
        lambda header: header["examples"].update(data_offsets=[0, 2**62]),
        lambda header: header["examples"].update(data_offsets=[9, 3]),
        lambda header: header["examples"].update(data_offsets=header["class_means"]["data_offsets"]),
        lambda header: header.pop("examples"),
        lambda header: header.update(more=dict(header["labels"], data_offsets=[0, 0], shape=[0])),
        lambda header: header.update({f"x{n}": header["shares"] for n in range(9999)}),
        lambda header: header["labels"].update(shape=[3, 3]),
        lambda header: header["labels"].update(shape=[]),
    ],
)  # fmt: skip
def test_headers_that_do_not_match_the_data_are_refused(saved: Path, embedder: Embedder, change: Change) -> None:
    header, data = header_of(saved)
    change(header)
    write_tensors(saved, json.dumps(header).encode(), data)
    assert "is damaged" in refused(saved, embedder)


@pytest.mark.parametrize(
    "header",
    [b"", b"{", b"null", b"[]", b"7", b"[" * 100_000, b'{"a":' * 100_000, b"\xff" * 64, b'{"x": ' + b"9" * 9999],
)  # fmt: skip
def test_malformed_headers_are_refused(saved: Path, embedder: Embedder, header: bytes) -> None:
    write_tensors(saved, header)
    refused(saved, embedder)


def test_a_tensor_named_twice_is_read_once_or_refused(saved: Path, embedder: Embedder) -> None:
    header, data = header_of(saved)
    text, expected = json.dumps(header), checkpoint.load(saved, embedder=embedder).classifier.state.offsets
    again = header["offsets"]
    write_tensors(saved, (text[:-1] + ', "offsets": ' + json.dumps(again) + "}").encode(), data)
    assert torch.equal(checkpoint.load(saved, embedder=embedder).classifier.state.offsets, expected)
    for other in (
        {"shape": [1, again["shape"][0]]},
        {"data_offsets": header["shares"]["data_offsets"]},
        {"dtype": "I32"},
    ):
        write_tensors(saved, (text[:-1] + ', "offsets": ' + json.dumps(again | other) + "}").encode(), data)
        refused(saved, embedder)


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 2**32, 0])
def test_a_header_of_impossible_length_is_refused(saved: Path, embedder: Embedder, length: int) -> None:
    content = (saved / TENSORS_FILE).read_bytes()
    (saved / TENSORS_FILE).write_bytes(length.to_bytes(8, "little") + content[8:])
    refused(saved, embedder)


@pytest.mark.skipif(os.name == "nt", reason="a sparse file would take its room on the disk")
def test_a_file_far_too_large_is_not_even_read(saved: Path, embedder: Embedder) -> None:
    os.truncate(saved / TENSORS_FILE, 2**40)
    assert "it is far too large" in refused(saved, embedder)
    os.truncate(saved / FACTS_FILE, 2**40)
    refused(saved, embedder)


def _changed(folder: Path, name: str, change: Callable[[torch.Tensor], object]) -> None:
    tensors = load_file(folder / TENSORS_FILE)
    change(tensors[name])
    save_file(tensors, folder / TENSORS_FILE)
    set_facts(folder, tensors_sha256=sha256((folder / TENSORS_FILE).read_bytes()).hexdigest())


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf, 1e30])
@pytest.mark.parametrize("name", ["descriptors", "examples", "leave_one_out", "scales", "texture_deviation"])
def test_infinite_and_huge_numbers_are_refused(saved: Path, embedder: Embedder, name: str, value: float) -> None:
    _changed(saved, name, lambda tensor: tensor.view(-1)[-1:].fill_(value))
    assert f"{name} holds impossible numbers" in refused(saved, embedder)


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("labels", 0, 2**40), ("labels", 0, -1), ("labels", 0, 3),
        ("scalars", 6, 2.0**30), ("scalars", 6, 0.0), ("scalars", 6, 320.5), ("scalars", 6, -320.0),
        ("scalars", 3, 0.0), ("scalars", 3, -1.0), ("scalars", 4, torch.nan), ("scalars", 5, 0.0), ("scalars", 7, 0.0),
        ("texture_deviation", 0, 0.0), ("shares", 0, -0.5),
    ],
)  # fmt: skip
def test_numbers_with_which_predicting_would_fail_or_take_all_memory_are_refused(
    saved: Path, embedder: Embedder, name: str, place: int, value: float
) -> None:
    _changed(saved, name, lambda tensor: tensor[place : place + 1].fill_(value))
    assert "holds impossible numbers" in refused(saved, embedder)


@pytest.mark.parametrize(
    "names",
    [
        ["a", "a", "b"], ["", "b", "c"], ["a\x00b", "b", "c"], ["a\x1b[2Jb", "b", "c"], ["\ud800", "b", "c"],
        ["x" * 100_000, "b", "c"], ["a", "b"], ["a", "b", "c", "d"], [["a"], "b", "c"],
        [str(n) for n in range(100_000)],
    ],
)  # fmt: skip
def test_invalid_class_names_are_refused(saved: Path, embedder: Embedder, names: list[object]) -> None:
    set_facts(saved, class_names=names)
    refused(saved, embedder)


def test_class_names_with_markup_and_direction_marks_come_back_as_they_are(saved: Path, embedder: Embedder) -> None:
    names = ("<b>x</b><img src='http://example.com/x'>", "\u202eabc\u200f", "=cmd|'/c calc'!A1\nb")
    set_facts(saved, class_names=names)
    assert checkpoint.load(saved, embedder=embedder).class_names == names


def test_a_name_that_could_not_be_loaded_is_not_saved_either(
    tmp_path: Path, shapes_folder: Path, embedder: Embedder
) -> None:
    support = support_of(shapes_folder, 1)
    trained, _ = train(SupportSet(("a", "b\x07"), support.images[:2]), embedder=embedder)
    with pytest.raises(CheckpointError, match=r"control characters\. Rename"):
        checkpoint.save(trained, tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 100_000, '{"a":' * 100_000, '"' + "x" * 40_000_000 + '"'])
def test_facts_nested_or_long_beyond_measure_are_refused(saved: Path, embedder: Embedder, value: str) -> None:
    (saved / FACTS_FILE).write_text(f'{{"format": "fewshot-classifier", "version": {value}}}')
    refused(saved, embedder)


@pytest.mark.parametrize("name", ["timm:test_vit@{}", "timm:test_vit", "timm:hf-hub:someone/something", "../../x", ""])
def test_no_path_and_no_address_in_it_is_followed(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    secret = tmp_path / "weights.safetensors"
    save_file({"a": torch.zeros(1)}, secret)
    monkeypatch.setattr("timm.create_model", _must_not_be_called)
    set_facts(saved, backbone=name.format(secret), backbone_fingerprint="0" * 16)
    with pytest.raises(FewShotError):
        checkpoint.load(saved)


def _must_not_be_called(*_arguments: object, **_options: object) -> None:
    raise AssertionError("a backbone was fetched for a classifier from elsewhere")


def test_a_classifier_over_a_timm_model_brings_its_weights_along(tmp_path: Path, shapes_folder: Path) -> None:
    import timm

    torch.manual_seed(0)
    weights = tmp_path / "weights.safetensors"
    save_file(timm.create_model("test_efficientnet", pretrained=False).state_dict(), weights)
    made = Embedder.create(f"timm:test_efficientnet@{weights}", "cpu")
    trained, _ = train(support_of(shapes_folder, 2), embedder=made)
    checkpoint.save(trained, tmp_path / "c")
    weights.unlink()
    loaded = checkpoint.load(tmp_path / "c", "cpu")
    paths = sorted((shapes_folder / "disc").glob("*.png"))[:3]
    assert list(classify(loaded, paths)) == list(classify(trained, paths))
    assert str(tmp_path) not in (tmp_path / "c" / FACTS_FILE).read_text()


def test_backbone_weights_of_another_shape_are_refused(tmp_path: Path, shapes_folder: Path) -> None:
    scratch, schedule = Embedder.create("patent-cnn-scratch", "cpu"), Schedule(side=64, steps=1)
    trained, _ = train(support_of(shapes_folder, 1), embedder=scratch, schedule=schedule)
    folder = tmp_path / "c"
    checkpoint.save(trained, folder)
    tensors = load_file(folder / TENSORS_FILE)
    name = next(key for key in tensors if key.startswith("backbone."))
    save_file(tensors | {name: torch.zeros(3)}, folder / TENSORS_FILE)
    set_facts(folder, tensors_sha256=sha256((folder / TENSORS_FILE).read_bytes()).hexdigest())
    assert name in refused(folder, Embedder.create("patent-cnn", "cpu"))
