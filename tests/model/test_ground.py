"""The ground under transparent pixels: saved with a classifier, and used wherever the classifier is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.checkpoint import files as checkpoint
from model.checkpoint.files import FACTS_FILE
from model.cli.command import main
from model.embedding.embedder import Embedder
from model.errors import CheckpointError
from model.features.sizes import Looks
from model.images.colour import WHITE
from model.training.train import train
from model.types import SupportSet
from tests.model.conftest import paint

BLACK = (0, 0, 0)


def _cut_out(path: Path, shape: str, seed: int) -> Path:
    """A shape of which all but its middle is transparent."""
    image = paint(shape, seed, at=(80, 60)).convert("RGBA")
    alpha = np.zeros((120, 160), np.uint8)
    alpha[25:95, 45:115] = 255
    image.putalpha(Image.fromarray(alpha))
    image.save(path)
    return path


@pytest.fixture
def support(tmp_path: Path) -> SupportSet:
    groups = []
    for number, shape in enumerate(("disc", "cross")):
        (tmp_path / "bins" / shape).mkdir(parents=True)
        images = (_cut_out(tmp_path / "bins" / shape / f"{k}.png", shape, 10 * number + k) for k in range(3))
        groups.append(tuple(images))
    return SupportSet(("disc", "cross"), tuple(groups))


def test_an_embedder_over_another_ground_sees_what_is_laid_over_it(tmp_path: Path, embedder: Embedder) -> None:
    path = _cut_out(tmp_path / "cut.png", "disc", 1)
    image = Image.open(path)
    laid = Image.new("RGB", image.size, BLACK)
    laid.paste(image, mask=image.getchannel("A"))
    laid.save(tmp_path / "laid.png")
    over_black = embedder.over(BLACK)
    assert over_black.embed_one(path, Looks(224)).data == embedder.embed_one(tmp_path / "laid.png", Looks(224)).data
    assert embedder.embed_one(path, Looks(224)).data != over_black.embed_one(path, Looks(224)).data
    assert embedder.over(WHITE) is embedder
    assert over_black.backbone is embedder.backbone


def test_a_saved_classifier_keeps_its_ground(tmp_path: Path, support: SupportSet, embedder: Embedder) -> None:
    classifier, _ = train(support, embedder=embedder, ground=BLACK)
    checkpoint.save(classifier, tmp_path / "classifier")
    loaded = checkpoint.load(tmp_path / "classifier", "cpu", embedder)
    assert loaded.embedder.ground == BLACK
    image = support.images[0][0]
    assert loaded.explain(image).scores == pytest.approx(classifier.explain(image).scores)


def test_older_classifiers_have_a_white_ground_and_invalid_colours_are_refused(
    tmp_path: Path, support: SupportSet, embedder: Embedder
) -> None:
    classifier, _ = train(support, embedder=embedder, ground=BLACK)
    checkpoint.save(classifier, tmp_path / "classifier")
    file = tmp_path / "classifier" / FACTS_FILE
    facts = json.loads(file.read_text(encoding="utf-8"))
    del facts["ground"]
    file.write_text(json.dumps(facts), encoding="utf-8")
    assert checkpoint.load(tmp_path / "classifier", "cpu", embedder).embedder.ground == WHITE
    for ground in ("black", [0, 0], [0, 0, 256], [0.5, 0, 0], None):
        file.write_text(json.dumps(facts | {"ground": ground}), encoding="utf-8")
        with pytest.raises(CheckpointError, match="not a colour"):
            checkpoint.load(tmp_path / "classifier", "cpu", embedder)


def test_the_command_takes_names_and_numbers(
    tmp_path: Path, support: SupportSet, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "classifier"
    assert main(["train", str(tmp_path / "bins"), "--out", str(out), "--ground", "#102030", "--device", "cpu"]) == 0
    assert json.loads((out / FACTS_FILE).read_text(encoding="utf-8"))["ground"] == [16, 32, 48]
    with pytest.raises(SystemExit):
        main(["train", "x", "--out", "y", "--ground", "night"])
    assert "night" in capsys.readouterr().err
