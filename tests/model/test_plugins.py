"""A view, a backbone, a format of results tables and a command from outside: installed, named, used by the command."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.model.plugins import install

ROOT = Path(__file__).resolve().parents[2]

VIEW = '''
"""A view of how bright the pixels are: one number, kept of each image."""
import numpy as np
from model.features.view import VIEWS, View, kept_of

class Brightness(View):
    name = "brightness"
    levels = (0.5, 0.9)
    standardised = True
    kept = 1

    def size(self, channels, taught):
        return 1

    def keep(self, picture):
        return np.array([picture.mean() / 255], np.float32)

    def vectors(self, features, directions):
        return kept_of(self, features)

VIEWS.register(Brightness.name, Brightness())
'''

BACKBONE = '''
"""A backbone of two pooled convolutions."""
import torch
from torch import nn
from model.backbones.base import Backbone, FeatureMaps
from model.backbones.registry import BACKBONES

class Toy(Backbone):
    input_size, channels, pretrained = 96, (6, 8), True

    def __init__(self, name):
        super().__init__()
        self.name = name
        torch.manual_seed(0)
        self.fine, self.coarse = nn.Conv2d(3, 6, 16, 16), nn.Conv2d(6, 8, 2, 2)

    def forward(self, images):
        fine = self.fine(images).relu()
        return FeatureMaps(fine, self.coarse(fine).relu())

BACKBONES.register("toy-cnn", lambda name, empty: Toy(name))
'''

TABLE = '''
"""Results tables with one line of text for each image."""
from model.exports.results_table import TABLES, ResultsTable

class Lines(ResultsTable):
    def __init__(self, path, class_names, *, limits, resume):
        self._file, self._names = path.open("w"), class_names

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._file.close()

    def has(self, path):
        return False

    def write(self, predictions):
        for one in predictions:
            self._file.write(f"{one.path.name} {self._names[one.predicted]}\\n")
        self._file.flush()

    def rewrite(self, predictions):
        self._file.seek(0)
        self._file.truncate()
        self.write(predictions)

TABLES.register(".lines", Lines)
'''

COMMAND = '''
"""A command that counts images."""
from pathlib import Path
from model.cli.outcome import Outcome
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.images.scan import iter_images

def add_arguments(parser):
    parser.add_argument("paths", type=Path, nargs="+")

def run(options, token):
    count = len(list(iter_images(options.paths)))
    say(f"{count} images")
    return Outcome({"images": count}, 0)

COMMANDS.register("count", Command("count images", add_arguments, run))
'''


@pytest.fixture
def bins(tmp_path: Path) -> Path:
    """Four dark and four bright pictures of noise, told apart by nothing but their brightness."""
    rng = np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 190)):
        (tmp_path / "bins" / name).mkdir(parents=True)
        for k in range(4):
            pixels = rng.normal(level, 12, (96, 96, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "bins" / name / f"{name}{k}.png")
    return tmp_path / "bins"


def _fewshot(*words: object, plugins: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *([str(plugins)] if plugins else [])])}
    command = [sys.executable, "-m", "model", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_a_view_from_outside_takes_part_and_is_named_where_it_is_missing(tmp_path: Path, bins: Path) -> None:
    plugins, saved = install(tmp_path / "plugins", "fewshot.views", "toy_view", VIEW), tmp_path / "classifier"
    done = _fewshot("train", bins, "--out", saved, "--device", "cpu", plugins=plugins)
    assert done.returncode == 0, done.stderr
    facts = json.loads((saved / "classifier.json").read_text())
    assert facts["views"] == ["coarse", "fine", "layout", "texture", "brightness"]
    table = tmp_path / "results.csv"
    done = _fewshot("classify", saved, bins, "--out", table, "--device", "cpu", "--closely", plugins=plugins)
    assert done.returncode == 0, done.stderr
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["predicted"] for row in rows] == ["dark"] * 4 + ["light"] * 4
    missing = _fewshot("classify", saved, bins, "--out", tmp_path / "other.csv")
    assert missing.returncode == 1
    assert "needs the view 'brightness', which is not installed" in missing.stderr


def test_a_backbone_from_outside_trains_and_is_saved_by_name(tmp_path: Path, bins: Path) -> None:
    plugins, saved = install(tmp_path / "plugins", "fewshot.backbones", "toy_cnn", BACKBONE), tmp_path / "classifier"
    done = _fewshot("train", bins, "--out", saved, "--backbone", "toy-cnn", "--device", "cpu", plugins=plugins)
    assert done.returncode == 0, done.stderr
    assert json.loads((saved / "classifier.json").read_text())["backbone"] == "toy-cnn"
    done = _fewshot("classify", saved, bins, "--out", tmp_path / "r.csv", "--device", "cpu", plugins=plugins)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0)
    unknown = _fewshot("train", bins, "--out", tmp_path / "c", "--backbone", "toy-cnn")
    assert unknown.returncode == 1
    assert "Unknown backbone 'toy-cnn'. Known: efficientnet-lite0" in unknown.stderr


def test_results_are_written_in_a_format_from_outside(tmp_path: Path, bins: Path) -> None:
    plugins, saved = install(tmp_path / "plugins", "fewshot.exports", "toy_table", TABLE), tmp_path / "classifier"
    assert _fewshot("train", bins, "--out", saved, "--backbone", "patent-cnn", "--device", "cpu").returncode == 0
    for mode in ((), ("--transductive",)):
        out = tmp_path / "results.LINES"
        done = _fewshot("classify", saved, bins, "--out", out, "--device", "cpu", *mode, plugins=plugins)
        assert done.returncode == 0, done.stderr
        names = [line.split()[0] for line in out.read_text().splitlines()]
        assert names == [f"{name}{k}.png" for name in ("dark", "light") for k in range(4)]


def test_a_command_from_outside_stands_in_the_help_and_runs(tmp_path: Path, bins: Path) -> None:
    plugins = install(tmp_path / "plugins", "fewshot.commands", "toy_command", COMMAND)
    assert "count images" in _fewshot("--help", plugins=plugins).stdout
    done = _fewshot("count", bins, plugins=plugins)
    assert (done.returncode, done.stdout) == (0, "8 images\n")
    assert _fewshot("count", bins).returncode == 2
