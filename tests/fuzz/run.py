"""Fuzz one target for as long as wanted.

    python -m tests.fuzz.run TARGET [--seconds 600] [--seed N]

Prints how many inputs were tried, and for each finding the error and the file in which the input was put.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.mutation import drawn, mutated
from tests.fuzz.targets import TARGETS, Target

_MOST_FINDINGS = 20
_TOO_LONG = 20.0  # seconds for one small input


@dataclass
class Tally:
    """What a run tried and found; `findings` by where the error was raised."""

    tried: int = 0
    accepted: int = 0
    slowest: float = 0.0
    findings: dict[str, tuple[str, bytes]] = field(default_factory=dict)


def fuzz(target: Target, seconds: float, seed: int) -> Tally:
    """Try changed inputs for `seconds`; warnings are errors."""
    tally, generator, end = Tally(), random.Random(seed), time.monotonic() + seconds
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        while time.monotonic() < end and len(tally.findings) < _MOST_FINDINGS:
            data = mutated(generator.choice(target.seeds), drawn(generator))
            started = time.monotonic()
            try:
                tally.accepted += target.check(data)
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                place = traceback.extract_tb(error.__traceback__)[-1]
                key = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
                tally.findings.setdefault(key, (traceback.format_exc(), data))
            took = time.monotonic() - started
            if took > _TOO_LONG:
                tally.findings.setdefault("slow", (f"{took:.0f} s for {len(data)} bytes", data))
            tally.tried, tally.slowest = tally.tried + 1, max(tally.slowest, took)
    return tally


def report(name: str, seed: int, tally: Tally) -> str:
    """One line, and the findings with their inputs."""
    lines = [
        f"{name}: {tally.tried:,} inputs with seed {seed}, {tally.accepted:,} accepted, slowest {tally.slowest:.2f} s, "
        f"{len(tally.findings)} findings"
    ]
    for key, (trace, data) in tally.findings.items():
        file = Path(tempfile.gettempdir()) / f"fuzz-{name}-{hashlib.sha256(data).hexdigest()[:12]}"
        file.write_bytes(data)
        lines += [f"  {key}: {file}", trace]
    return "\n".join(lines)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = fuzz(TARGETS[options.target](Path(folder)), options.seconds, options.seed)
    sys.stdout.write(report(options.target, options.seed, tally) + "\n")
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
