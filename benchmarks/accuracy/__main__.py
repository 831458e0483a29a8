"""Measure the classifier on several image sets and write a report.

python -m benchmarks.accuracy [--sets NAME|DIR ...] [--only accuracy ...] [--data DIR] [--episodes 60]

Sets that are not there are skipped with a line saying how to get them. All figures go to a JSON
file beside the report, by episode; what is not measured this time is kept from it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy.concerns import CONCERNS, Run, measure
from benchmarks.accuracy.report import write_report
from benchmarks.accuracy.sets import SETS, Folders, find_set
from model.backbones.names import DEFAULT_BACKBONE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    options = _parser().parse_args(arguments)
    folders = Folders(options.data, options.cache or Path(tempfile.gettempdir()) / "fewshot-benchmark")
    folders.cache.mkdir(parents=True, exist_ok=True)
    sets = tuple(_available(options.sets, folders))
    if not sets:
        print("No set is there.")
        return 1
    started = time.monotonic()
    run = Run(options.backbone, folders, options.episodes, sets)
    results = options.out.with_suffix(".json")
    figures = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    episodes = figures.get("settings", {}).get("episodes", {})
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for concern, outcome in measure(run, options.only, options.jobs):
        figures[concern] = outcome
        episodes[concern] = options.episodes
        figures["settings"] = {"backbone": options.backbone, "episodes": episodes}
        results.write_text(json.dumps(_rounded(figures), separators=(",", ":")) + "\n", encoding="utf-8")
        options.out.write_text(write_report(figures), encoding="utf-8")
        print(f"{concern} is in {options.out} after {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def _available(names: Sequence[str], folders: Folders) -> Iterator[str]:
    for name in names:
        image_set = find_set(name)
        if image_set.load(folders) is None:
            print(f"Skipping {name}, which is not there; to get it: {image_set.to_get}.")
        else:
            yield name


def _rounded(figures: Any) -> Any:  # noqa: ANN401 - nested dictionaries and lists of numbers
    if isinstance(figures, dict):
        return {name: _rounded(value) for name, value in figures.items()}
    if isinstance(figures, list):
        return [_rounded(value) for value in figures]
    return round(figures, 5) if isinstance(figures, float) else figures


def _set_name(name: str) -> str:
    try:
        find_set(name)
    except KeyError:
        known = ", ".join(image_set.name for image_set in SETS)
        raise argparse.ArgumentTypeError(f"neither one of {known} nor a folder: {name}") from None
    return name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description="Measure the classifier.")
    default = [image_set.name for image_set in SETS if image_set.by_default]
    parser.add_argument("--sets", nargs="+", type=_set_name, default=default, help=f"sets, or folders: {default}")
    parser.add_argument("--only", nargs="+", choices=tuple(CONCERNS), default=tuple(CONCERNS), help="what to measure")
    parser.add_argument("--episodes", type=int, default=60, help="episodes for each set and number of shots")
    parser.add_argument("--data", type=Path, help="the folder that holds the sets which no package has")
    parser.add_argument("--cache", type=Path, help="where features are kept (default: with the temporary files)")
    parser.add_argument("--out", type=Path, default=Path("docs/accuracy.md"), help="the report")
    parser.add_argument("--backbone", default=DEFAULT_BACKBONE)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
