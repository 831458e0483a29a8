"""The accuracy benchmark's whole command, on the example project's pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.accuracy.__main__ import main
from benchmarks.accuracy.concerns import CONCERNS, Run
from benchmarks.accuracy.episodes import draw_episodes
from benchmarks.accuracy.heads import ABLATIONS, HEADS, OURS, trial_of
from benchmarks.accuracy.sets import Folders, ImageSet
from benchmarks.accuracy.thorough import DEFAULT, THOROUGH
from model.backbones.names import DEFAULT_BACKBONE
from model.head import fitting
from model.head.averaging import Averaged, Compared
from model.head.hypotheses import Hypotheses

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
    compared = figures["thorough"]["example"]["10"]
    assert compared[DEFAULT] == at_ten[OURS]  # the same episodes
    assert sum(compared[THOROUGH]) / 2 > CHANCE + 0.2
    assert f"*{THOROUGH} − {DEFAULT}*" in report


def test_what_is_not_trained_stays_at_its_prior(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    average = fitting.average

    def watched(compared: Compared, hypotheses: Hypotheses) -> Averaged:
        counts.append(hypotheses.log_prior.numel())
        return average(compared, hypotheses)

    monkeypatch.setattr(fitting, "average", watched)
    (data,) = Run(DEFAULT_BACKBONE, Folders(None, tmp_path), 1, ("example",)).prepared()
    (episode,) = draw_episodes(data.labels, 3, 5, 1, "example")
    ABLATIONS["training off"](trial_of(data, episode))
    assert set(counts) == {1}  # the mean of the prior alone
    counts.clear()
    HEADS[OURS](trial_of(data, episode))
    assert min(counts) > 1


def test_set_that_is_not_there_is_skipped_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ImageSet("missing", (3,), "", "", "", "look under the bed", lambda _: None)
    monkeypatch.setattr("benchmarks.accuracy.__main__.find_set", lambda _: missing)
    out = tmp_path / "accuracy.md"
    assert main(["--sets", "missing", "--cache", str(tmp_path), "--out", str(out)]) == 1
    assert "look under the bed" in capsys.readouterr().out
    assert not out.exists()
