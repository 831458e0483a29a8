"""Every reader against damaged and hostile input: the documented error or none, in bounded time, without a warning.

Normally some hundred inputs each, always the same; with `--run-long` ten minutes each
(`FEWSHOT_FUZZ_SECONDS` says otherwise) with a seed that is printed.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import Edit, edits, mutated
from tests.fuzz.run import fuzz, report
from tests.fuzz.targets import TARGETS

SECONDS = float(os.environ.get("FEWSHOT_FUZZ_SECONDS", "600"))
REGRESSIONS = Path(__file__).with_name("regressions")
INPUTS = {"embedding_cache": 30, "project": 40, "classifier_tensors": 50, "classifier_facts": 50, "settings_file": 60}
"""How many in the normal mode; of the others `MANY`."""

MANY = 80
_SAID = "The cache in .* was made anew: |cannot be used|the settings file|no longer written to"  # of files put aside

pytestmark = pytest.mark.expected_log(_SAID)
each_target = pytest.mark.parametrize("name", sorted(TARGETS))


@each_target
def test_changed_files_end_in_the_documented_error_or_none(tmp_path: Path, name: str) -> None:
    target = TARGETS[name](tmp_path)
    for seed in target.seeds:
        assert target.check(seed), "a valid file is refused"

    @settings(
        derandomize=True, database=None, max_examples=INPUTS.get(name, MANY), deadline=None,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(target.seeds), edits())
    def check(seed: bytes, changes: list[Edit]) -> None:
        target.check(mutated(seed, changes))

    check()


@pytest.mark.parametrize("file", sorted(REGRESSIONS.iterdir()), ids=lambda file: file.name)
def test_what_was_found_once_stays_mended(tmp_path: Path, file: Path) -> None:
    name = file.name.partition("-")[0]
    assert name in TARGETS
    TARGETS[name](tmp_path).check(file.read_bytes())


@each_target
@pytest.mark.long
@pytest.mark.timeout(SECONDS + 300)
def test_changed_files_for_ten_minutes(tmp_path: Path, name: str) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    tally = fuzz(TARGETS[name](tmp_path), SECONDS, seed)
    sys.stdout.write(report(name, seed, tally) + "\n")
    assert not tally.findings, report(name, seed, tally)
