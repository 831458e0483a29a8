"""python -m benchmarks.speed [--images N] [--cached N] [--files N] [--data DIR] [--out docs/speed.md]."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.speed.pictures import make_pictures
from benchmarks.speed.process import peak_memory, start_times
from benchmarks.speed.report import report, write_report
from benchmarks.speed.throughput import EXAMPLES, measure_throughput
from model.checkpoint import files as checkpoint
from model.training.train import train
from model.types import SupportSet


def main() -> None:
    """Measure everything and print or write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--images", type=int, default=1024, help="files of the first passes (default: 1024)")
    parser.add_argument("--cached", type=int, default=10_000, help="files of the cached library (default: 10000)")
    parser.add_argument("--files", type=int, default=4_000, help="files whose peak memory is set against a quarter's")
    parser.add_argument("--data", type=Path, help="folder of real pictures to use (default: painted ones)")
    parser.add_argument("--out", type=Path, help="Markdown file to put the tables in (default: print them)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fewshot-speed-") as name:
        folder = Path(name)
        paths = make_pictures(folder / "pictures", options.images, options.data)
        cached = make_pictures(folder / "cached", options.cached, options.data) if options.cached else []
        throughput = measure_throughput(paths, cached)
        memory = _memory(folder, options.files, options.data) if options.files else {}
        text = report(throughput, len(paths), memory, start_times())
    if options.out:
        write_report(text, options.out)
    print(text)


def _memory(folder: Path, files: int, data: Path | None) -> dict[int, int]:
    peaks = {}
    for count in (files // 4, files):
        paths = make_pictures(folder / f"memory{count}", count, data)
        groups = (tuple(paths[:EXAMPLES]), tuple(paths[EXAMPLES : 2 * EXAMPLES]))
        checkpoint.save(train(SupportSet(("one", "other"), groups), device="cpu")[0], folder / f"classifier{count}")
        peaks[count] = peak_memory(folder / f"classifier{count}", folder / f"memory{count}", folder / f"{count}.csv")
    return peaks


if __name__ == "__main__":
    main()
