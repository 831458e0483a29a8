"""The ground under transparent pixels: saved with a classifier, and used wherever the classifier is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image

from model.checkpoint import files as checkpoint
from model.checkpoint.files import FACTS_FILE
from model.cli.arguments import rendering_of
from model.cli.command import build_parser, main
from model.embedding.embedder import Embedder
from model.errors import CheckpointError
from model.features.sizes import Looks
from model.images.colour import WHITE
from model.images.greys import GreyRange, Greys
from model.images.rendering import USUAL, Rendering
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
    over_black = embedder.rendered(Rendering(BLACK))
    assert over_black.embed_one(path, Looks(224)).data == embedder.embed_one(tmp_path / "laid.png", Looks(224)).data
    assert embedder.embed_one(path, Looks(224)).data != over_black.embed_one(path, Looks(224)).data
    assert embedder.rendered(Rendering(WHITE)) is embedder
    assert over_black.backbone is embedder.backbone


def test_a_saved_classifier_keeps_its_ground(tmp_path: Path, support: SupportSet, embedder: Embedder) -> None:
    classifier, _ = train(support, embedder=embedder, rendering=Rendering(BLACK))
    checkpoint.save(classifier, tmp_path / "classifier")
    loaded = checkpoint.load(tmp_path / "classifier", "cpu", embedder)
    assert loaded.embedder.rendering.ground == BLACK
    image = support.images[0][0]
    assert loaded.explain(image).scores == pytest.approx(classifier.explain(image).scores)


def test_older_classifiers_have_a_white_ground_and_invalid_colours_are_refused(
    tmp_path: Path, support: SupportSet, embedder: Embedder
) -> None:
    classifier, _ = train(support, embedder=embedder, rendering=Rendering(BLACK))
    checkpoint.save(classifier, tmp_path / "classifier")
    file = tmp_path / "classifier" / FACTS_FILE
    facts = json.loads(file.read_text(encoding="utf-8"))
    del facts["ground"]
    file.write_text(json.dumps(facts), encoding="utf-8")
    assert checkpoint.load(tmp_path / "classifier", "cpu", embedder).embedder.rendering.ground == WHITE
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


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    """A picture of 16 bits: a ramp from 0 to 4095."""
    path = tmp_path / "ramp.tif"
    tifffile.imwrite(path, np.linspace(0, 4095, 64 * 64).reshape(64, 64).astype(np.uint16))
    return path


def test_a_classifier_keeps_its_range_of_greys(
    tmp_path: Path, support: SupportSet, embedder: Embedder, grey: Path
) -> None:
    fixed = Rendering(greys=Greys(GreyRange.FIXED, 0, 100000))
    plain, dark = (train(support, embedder=embedder, rendering=one)[0] for one in (USUAL, fixed))
    for made, name in ((plain, "plain"), (dark, "dark")):
        checkpoint.save(made, tmp_path / name)
    facts = json.loads((tmp_path / "plain" / FACTS_FILE).read_text(encoding="utf-8"))
    assert "greys" not in facts  # as before there was a choice
    loaded = checkpoint.load(tmp_path / "dark", "cpu", embedder)
    assert loaded.embedder.rendering == fixed
    seen = [one.embedder.embed_one(grey, Looks(64)).features.coarse for one in (plain, dark, loaded)]
    assert not torch.equal(seen[0], seen[1])
    assert torch.equal(seen[1], seen[2])
    for nonsense in ({"range": "loud"}, {"range": "fixed", "low": 5, "high": 2}, 7, {"range": "fixed", "low": "a"}):
        file = tmp_path / "plain" / FACTS_FILE
        file.write_text(json.dumps(facts | {"greys": nonsense}), encoding="utf-8")
        with pytest.raises(CheckpointError, match="range of greys cannot be"):
            checkpoint.load(tmp_path / "plain", "cpu", embedder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("file", Greys()), ("full", Greys(GreyRange.FULL)), ("-160..240", Greys(GreyRange.FIXED, -160, 240))],
)
def test_the_command_takes_a_range_of_greys(text: str, expected: Greys) -> None:
    options = build_parser().parse_args(["train", "bins", "--out", "c", f"--greys={text}"])
    assert rendering_of(options) == Rendering(greys=expected)


@pytest.mark.parametrize("text", ["loud", "5..2", "nan..1", "..", "1.."])
def test_the_command_refuses_other_ranges(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["train", "bins", "--out", "c", f"--greys={text}"])
    assert "is not file, robust, full or a range" in capsys.readouterr().err
