"""The patent's own CNN: useful shipped weights, three ways to use it, clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.backbones.names import PATENT_CNN, PATENT_CNN_SCRATCH, PATENT_CNN_TUNED
from model.backbones.networks import patent_cnn
from model.backbones.networks.patent_cnn import WEIGHTS_FILE, PatentCNN
from model.backbones.registry import create_backbone
from model.embedding.embedder import Embedder, backbone_fingerprint
from model.errors import BackboneError
from model.runs.classify import classify
from model.training.backbone import Schedule
from model.training.train import train
from tests.model.conftest import support_of


def test_the_shipped_weights_are_small_and_finite() -> None:
    assert WEIGHTS_FILE.stat().st_size <= 12_000_000
    held = load_file(WEIGHTS_FILE)
    assert all(value.dtype == torch.float16 for value in held.values())
    backbone = create_backbone(PATENT_CNN)
    assert backbone.pretrained
    assert all(value.dtype == torch.float32 for value in backbone.parameters())


def test_the_shipped_weights_lie_with_the_recipe_and_the_licences() -> None:
    assert (WEIGHTS_FILE.parent / "LICENCE.md").is_file()


def test_loading_twice_gives_the_same_weights() -> None:
    first, second = create_backbone(PATENT_CNN), create_backbone(PATENT_CNN)
    assert backbone_fingerprint(first) == backbone_fingerprint(second)


def test_features_differ_from_those_of_random_weights() -> None:
    images = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        shipped = create_backbone(PATENT_CNN)(images)
        scratch = create_backbone(PATENT_CNN_SCRATCH)(images)
        tuned = create_backbone(PATENT_CNN_TUNED)(images)
    assert not torch.allclose(shipped.coarse, scratch.coarse, atol=1e-2)
    assert torch.equal(shipped.coarse, tuned.coarse)


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patent_cnn, "WEIGHTS_FILE", tmp_path / "gone.safetensors")
    with pytest.raises(BackboneError, match=r"patent-cnn are missing: there is no .*gone\.safetensors"):
        create_backbone(PATENT_CNN)
    create_backbone(PATENT_CNN_SCRATCH)


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "weights.safetensors"
    monkeypatch.setattr(patent_cnn, "WEIGHTS_FILE", file)
    file.write_bytes(WEIGHTS_FILE.read_bytes()[:5000])
    with pytest.raises(BackboneError, match="damaged"):
        create_backbone(PATENT_CNN)
    held = load_file(WEIGHTS_FILE)
    save_file(held | {next(iter(held)): torch.full_like(next(iter(held.values())), torch.nan)}, file)
    with pytest.raises(BackboneError, match="not finite"):
        create_backbone(PATENT_CNN)
    save_file({"other": torch.zeros(1)}, file)
    with pytest.raises(BackboneError, match="does not hold the weights of patent-cnn"):
        create_backbone(PATENT_CNN)


def test_training_leaves_the_shipped_weights_as_they_are(shapes_folder: Path) -> None:
    embedder = Embedder.create(PATENT_CNN, "cpu")
    before = backbone_fingerprint(embedder.backbone)
    classifier, _ = train(support_of(shapes_folder, 2), embedder=embedder)
    assert classifier.embedder is embedder
    assert backbone_fingerprint(embedder.backbone) == before


def test_tuning_changes_the_weights_a_little_and_the_same_way_each_time(
    shapes_folder: Path,
) -> None:
    support, schedule = support_of(shapes_folder, 3), Schedule(side=64, tuning_steps=2)
    first, second = (
        train(support, backbone=PATENT_CNN_TUNED, seed=3, device="cpu", schedule=schedule)[0] for _ in range(2)
    )
    shipped = PatentCNN(PATENT_CNN)
    again = second.embedder.backbone.state_dict()
    for key, value in first.embedder.backbone.state_dict().items():
        assert torch.equal(value, again[key]), key
    for (name, start), tuned in zip(shipped.named_parameters(), first.embedder.backbone.parameters(), strict=True):
        assert 0 < float((start - tuned).detach().abs().max()) < 1e-2, name
    for (name, start), tuned in zip(shipped.named_buffers(), first.embedder.backbone.buffers(), strict=True):
        assert torch.equal(start, tuned), name


def test_one_example_of_each_shape_is_enough_for_it(shapes_folder: Path) -> None:
    support = support_of(shapes_folder, 1)
    classifier, _ = train(support, backbone=PATENT_CNN, device="cpu")
    asked = [path for name in support.class_names for path in sorted((shapes_folder / name).iterdir())[1:]]
    predictions = [p for batch in classify(classifier, asked) for p in batch]
    hits = [support.class_names[p.predicted] == p.path.parent.name for p in predictions]
    assert sum(hits) >= 0.9 * len(hits)  # chance is a third
