"""Shared functions of the command's tests: exit status, output and results table of a run."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CLASSES = ['say "stripes"', "диск, red", "十字\ncross"]
"""The classes of `bins`, sorted."""


@dataclass(frozen=True)
class Done:
    """The exit status and output of a run of the command."""

    status: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on the last line of standard output."""
        result: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return result


Run = Callable[..., Done]


def rows_of(table: Path) -> list[dict[str, str]]:
    """The rows of a results table."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one_line(err: str) -> str:
    """Return the single line of a failed run's error output."""
    lines = [line for line in err.splitlines() if line.startswith("fewshot: ")]
    assert len(lines) == 1, err
    assert err.splitlines()[-1] == lines[0]
    return lines[0]


def classify_without_ray(trained: Path, plan: Path) -> None:
    """Do in this process what workers do."""
    from model.checkpoint.files import contents, identity
    from model.cluster.plan import load_plan, parts_of
    from model.cluster.worker import Work, Worker

    made = load_plan(plan)
    worker = Worker(Work(contents(trained), identity(trained), base=made.base))
    for shard in made.shards:
        made.output(shard).mkdir()
        for part in parts_of(made, shard):
            worker.write(str(part.manifest), str(part.rows))
