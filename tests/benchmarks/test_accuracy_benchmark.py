"""The accuracy benchmark's whole command, on the example project's pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy.__main__ import main
from benchmarks.accuracy.concerns import CONCERNS, Run
from benchmarks.accuracy.episodes import draw_episodes
from benchmarks.accuracy.heads import ABLATIONS, HEADS, OURS, trial_of
from benchmarks.accuracy.sets import Folders, ImageSet
from model.backbones.names import DEFAULT_BACKBONE
from model.head.parameters import Head

CHANCE = 1 / 3
QUICK = sorted(set(CONCERNS) - {"masking", "speed"})


def test_command_measures_every_head_above_chance_and_reports_it(tmp_path: Path) -> None:
    out = tmp_path / "accuracy.md"
    folders = ["--cache", str(tmp_path), "--out", str(out)]
    assert main(["--sets", "example", "--episodes", "2", "--jobs", "1", *folders, "--only", *QUICK]) == 0
    report = out.read_text(encoding="utf-8")
    figures = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    for name in (*HEADS, *ABLATIONS):
        assert name in report
    assert set(figures) == {"settings", *QUICK}
    at_ten = figures["accuracy"]["example"]["3"]["10"]
    for name in HEADS:
        assert sum(at_ten[name]) / 2 > CHANCE + 0.2, name


def test_what_is_not_trained_keeps_its_priors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heads: list[Head] = []

    class Watched(Head):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            heads.append(self)

    monkeypatch.setattr("model.head.fitting.Head", Watched)
    (data,) = Run(DEFAULT_BACKBONE, Folders(None, tmp_path), 1, ("example",)).prepared()
    (episode,) = draw_episodes(data.labels, 3, 5, 1, "example")
    for method in (ABLATIONS["training off"], HEADS[OURS]):
        method(trial_of(data, episode))
    untrained, trained = (float(head.penalty().detach()) for head in heads)
    assert untrained == 0.0
    assert trained > 0.0


def test_set_that_is_not_there_is_skipped_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ImageSet("missing", (3,), "", "", "", "look under the bed", lambda _: None)
    monkeypatch.setattr("benchmarks.accuracy.__main__.find_set", lambda _: missing)
    out = tmp_path / "accuracy.md"
    assert main(["--sets", "missing", "--cache", str(tmp_path), "--out", str(out)]) == 1
    assert "look under the bed" in capsys.readouterr().out
    assert not out.exists()
