"""A project of a million results in the real window: how soon it is open, and whether the window ever stops.

QT_QPA_PLATFORM=offscreen python -m benchmarks.project_scale [--count 1000000] [--project FILE]

The results are of files that do not exist, in 1,000 folders; FILE keeps the project for another run. Times are of the
clock, and of the processor in brackets, which counts where other programs are at work. A stall is the longest time in
which the window's thread did nothing else (see `benchmarks.waiting.Heart`).
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.waiting import Heart, resident, run_for, run_until
from fewshot_gui.app import App, make_qt_app
from fewshot_gui.items.arrangement import Arrangement, Grouping, Sorting
from fewshot_gui.items.prediction_columns import Column, PredictionFilter
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.session import Session
from model.types import Prediction, Region, Status

BATCH = 5000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.project_scale")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--project", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fewshot-scale-") as temporary:
        make_qt_app()
        project = options.project or Path(temporary) / "many.fewshot"
        if not project.exists():
            _write(project, options.count, Path(temporary) / "writing")
        _measure(project, options.count, Path(temporary) / "app")


def _write(project: Path, count: int, data: Path) -> None:
    session, rng = Session(data), random.Random(0)
    session.new()
    bins = tuple(session.document.add_bin(name) for name in ("a", "b", "c"))
    numbers = list(range(count))
    rng.shuffle(numbers)
    for first in range(0, count, BATCH):
        batch = []
        for number in numbers[first : first + BATCH]:
            high = rng.random()
            scores = (high, (1 - high) * rng.random())
            scores = (*scores, 1 - sum(scores))
            batch.append(
                Prediction(
                    Path(f"/data/scans/many {number % 1000:04}/image {number:07}.png"),
                    Status.OK if number % 50 else Status.UNKNOWN,
                    scores.index(max(scores)),
                    scores,
                    Region(10, 20, 64, 64),
                    steadiness=0.875,
                )
            )
        session.results.add_predictions(1, bins, batch)
    session.save_as(project)
    session.close()


def _measure(project: Path, count: int, data: Path) -> None:
    app = App(AppPaths.below(data))
    app.window.resize(1280, 720)
    app.start()
    run_until(lambda: app.runner.is_busy, 60)
    run_until(lambda: not app.runner.is_busy, 120)  # the model's libraries are imported
    model, heart = app.window.results.model, Heart()
    print(f"{'file, MB':34}{project.stat().st_size / 1e6:>9.0f}")
    run_for(1.0)
    print(f"{'longest stall idle, ms':34}{heart.longest:>9.0f}")
    before = resident()
    print(f"{'':34}{'s':>9}{'(cpu s)':>9}{'stall, ms':>11}")

    def step(name: str, act: Callable[[], object], until: Callable[[], bool] = lambda: True) -> None:
        heart.restart()
        clock, cpu = time.perf_counter(), time.process_time()
        act()
        run_until(until, 600)
        taken, used = time.perf_counter() - clock, time.process_time() - cpu
        run_for(0.5)
        print(f"{name:34}{taken:>9.2f}{f'({used:.2f})':>9}{heart.longest:>11.0f}", flush=True)

    step("open: first results", lambda: app.projects.open(project), lambda: model.rowCount() > 0)
    step("all in the table", lambda: None, lambda: model.rowCount() == count)
    print(f"{'memory growth, MB':34}{(resident() - before) / 2**20:>9.0f}")
    step("sort by confidence", lambda: model.sort(int(Column.CONFIDENCE)))
    step("sort by class", lambda: model.sort(int(Column.CLASS)))
    step("sort by name", lambda: model.sort(int(Column.IMAGE)))
    step("sort by arrival", lambda: model.sort(-1))
    step("filter by text", lambda: model.set_filter(PredictionFilter(text="0077")))
    step("all again", lambda: model.set_filter(PredictionFilter()))
    step("only doubtful", lambda: model.set_filter(PredictionFilter(doubtful_below=0.6)))
    step("all again", lambda: model.set_filter(PredictionFilter()))
    step("group by class, doubtful first", lambda: model.arrange(Arrangement(Grouping.CLASS, Sorting.DOUBT)))
    step("group by folder", lambda: model.arrange(Arrangement(Grouping.FOLDER)))
    step("no groups", lambda: model.arrange(None))
    bar = app.window.results.table.verticalScrollBar()
    heart.restart()
    for position in range(100):
        bar.setValue(bar.maximum() * ((37 * position) % 100) // 100)
        run_for(0.02)
    print(f"{'scroll':34}{'':18}{heart.longest:>11.0f}")
    print(f"{'peak memory, MB':34}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>9.0f}")
    app.shutdown()


if __name__ == "__main__":
    main()
