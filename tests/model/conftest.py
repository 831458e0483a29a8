"""Fixtures: small real image files, made for each run of the tests, and the command on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from model.cli.command import main
from model.embedding.embedder import Embedder
from model.types import SupportSet
from tests.model.cli_support import Done, Run

Painter = Callable[[ImageDraw.ImageDraw, tuple[int, int], int], None]


def _disc(draw: ImageDraw.ImageDraw, at: tuple[int, int], radius: int) -> None:
    draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=(200, 40, 40))


def _stripes(draw: ImageDraw.ImageDraw, at: tuple[int, int], radius: int) -> None:
    for offset in range(-radius, radius, 6):
        draw.line((at[0] - radius, at[1] + offset, at[0] + radius, at[1] + offset), fill=(30, 60, 200), width=3)


def _cross(draw: ImageDraw.ImageDraw, at: tuple[int, int], radius: int) -> None:
    draw.line((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=(240, 240, 60), width=9)
    draw.line((at[0] - radius, at[1] + radius, at[0] + radius, at[1] - radius), fill=(240, 240, 60), width=9)


SHAPES: dict[str, Painter] = {"disc": _disc, "stripes": _stripes, "cross": _cross}


def paint(shape: str, seed: int, size: tuple[int, int] = (160, 120), at: tuple[int, int] | None = None) -> Image.Image:
    """A shape somewhere on a noisy grey ground."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(90, 150, (size[1], size[0], 1), np.uint8).repeat(3, axis=2)
    image = Image.fromarray(ground)
    place = at or (int(rng.integers(35, size[0] - 35)), int(rng.integers(35, size[1] - 35)))
    SHAPES[shape](ImageDraw.Draw(image), place, 28)
    return image


@pytest.fixture(scope="session")
def shapes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sub-folders disc, stripes and cross of twelve PNG files each."""
    folder = tmp_path_factory.mktemp("shapes")
    for number, shape in enumerate(SHAPES):
        (folder / shape).mkdir()
        for k in range(12):
            paint(shape, 100 * number + k).save(folder / shape / f"{k:02}.png")
    return folder


@pytest.fixture
def shapes_support(shapes_folder: Path) -> SupportSet:
    """Four examples of each shape."""
    return support_of(shapes_folder, 4)


def support_of(folder: Path, shots: int) -> SupportSet:
    """The first `shots` files of each sub-folder."""
    classes = sorted(child.name for child in folder.iterdir())
    return SupportSet(tuple(classes), tuple(tuple(sorted((folder / c).iterdir())[:shots]) for c in classes))


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The default backbone, loaded once."""
    return Embedder.create("efficientnet-lite0", "cpu")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process."""

    def run_main(*arguments: object) -> Done:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse
            status = int(end.code or 0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Done(status, captured.out, captured.err)

    return run_main


@pytest.fixture(scope="session")
def bins(shapes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four examples of each of three classes, with awkward names."""
    folder = tmp_path_factory.mktemp("bins")
    for shape, name in (("disc", "диск, red"), ("stripes", 'say "stripes"'), ("cross", "十字\ncross")):
        (folder / name).mkdir()
        for k in range(4):
            shutil.copy(shapes_folder / shape / f"{k:02}.png", folder / name)
    return folder


@pytest.fixture(scope="session")
def trained(bins: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier of `bins`."""
    out = tmp_path_factory.mktemp("trained") / "classifier"
    assert main(["train", str(bins), "--out", str(out), "--device", "cpu"]) == 0
    return out


@pytest.fixture
def photos(tmp_path: Path, shapes_folder: Path) -> Path:
    """A few images in folders, one of them unlike every bin."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(shapes_folder / "disc" / "06.png", folder / "disc.png")
    shutil.copy(shapes_folder / "cross" / "06.png", folder / "cross.png")
    shutil.copy(shapes_folder / "stripes" / "07.png", folder / "sub" / "stripes.png")
    Image.new("RGB", (160, 120), "white").save(folder / "white.png")
    return folder
