"""With automatic training on: from dropping an example to the new classifier and the new predictions in sight.

QT_QPA_PLATFORM=offscreen python -m benchmarks.live BINS [--shots 10] [--drops 10]

BINS is a folder with one sub-folder for each class. Half of the dropped images were classified before, so that
their embeddings are remembered; the other half are copies with one byte more, which nothing remembers. The time of
`import torch` in the same run stands beside it.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.waiting import run_until
from fewshot_gui.app import App, make_qt_app
from fewshot_gui.paths import AppPaths
from model.images.scan import class_folders


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live")
    parser.add_argument("bins", type=Path)
    parser.add_argument("--shots", type=int, default=10)
    parser.add_argument("--drops", type=int, default=10)
    options = parser.parse_args()
    started = time.perf_counter()
    import torch  # noqa: F401 - what it takes is the unit

    unit = time.perf_counter() - started
    with tempfile.TemporaryDirectory(prefix="fewshot-live-") as temporary:
        rows = _measure(options.bins, options.shots, options.drops, Path(temporary))
    print(f"{'import torch':42}{unit:8.2f} s")
    for name, (trained, seen) in rows.items():
        print(f"{name:20}{'new classifier':22}{trained:8.2f} s")
        print(f"{name:20}{'new predictions':22}{seen:8.2f} s")


def _measure(bins: Path, shots: int, drops: int, folder: Path) -> dict[str, tuple[float, float]]:
    make_qt_app()
    app = App(AppPaths.below(folder / "app"))
    app.window.resize(1280, 720)
    app.start()
    run_until(lambda: app.runner.is_busy)
    run_until(lambda: not app.runner.is_busy)
    document, results = app.session.document, app.session.results
    groups = class_folders(bins)
    ids = {}
    for name, files in groups:
        ids[name] = document.add_bin(name)
        document.add_examples(ids[name], files[:shots])
    app.window.command_table["autoTrain"].trigger()
    run_until(lambda: results.report is not None and not app.runner.is_busy)
    name, files = groups[0]
    rest = files[shots : shots + 2 * drops]
    app.running.classify(tuple(path for _, each in groups for path in each))
    run_until(lambda: len(results) == sum(len(each) for _, each in groups) and not app.runner.is_busy)
    fresh = []
    for number, path in enumerate(rest[drops:]):
        fresh.append(folder / f"{number}{path.suffix}")
        shutil.copy(path, fresh[-1])
        with fresh[-1].open("ab") as file:
            file.write(b"\n")
    rows = {}
    for kind, paths in (("remembered", rest[:drops]), ("never seen", fresh)):
        times = []
        for path in paths:
            seen = app.window.results.table.visible_paths()
            started = time.perf_counter()
            document.add_examples(ids[name], [path])
            run_until(lambda: results.classifier_revision == document.revision)
            trained = time.perf_counter() - started
            run_until(lambda seen=seen: all(results.prediction(one).revision == document.revision for one in seen))
            times.append((trained, time.perf_counter() - started))
            run_until(lambda: not app.runner.is_busy)
        rows[kind] = (median(t for t, _ in times), median(s for _, s in times))
    app.shutdown()
    return rows


if __name__ == "__main__":
    main()
