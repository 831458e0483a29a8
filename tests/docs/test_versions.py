"""docs/versions.md and CITATION.cff have the numbers of the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from fewshot_gui.project.schema import MIGRATIONS, SCHEMA_VERSION
from model.cache import database
from model.checkpoint import facts
from model.cluster.plan import FORMAT as PLAN
from model.embedding.store import PREPROCESSING

ROOT = Path(__file__).resolve().parents[2]


def test_the_numbers_of_files_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "versions.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.count("|") == 5]
    said = {cells[0]: [int(number) for number in re.findall(r"\d+", cells[3])] for cells in rows[2:]}
    assert said == {
        "project": [SCHEMA_VERSION],
        "saved classifier": [facts.VERSION, facts.WITH_ROI],
        "plan of a cluster run": [PLAN],
        "cache: database": [database._FORMAT],
        "cache: features": [int(PREPROCESSING)],
    }
    assert sorted(MIGRATIONS) == list(range(1, SCHEMA_VERSION))
    assert f"A project of format 1, 2, 3 or {SCHEMA_VERSION - 1} " in text


def test_the_version_to_cite_is_that_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
