"""A gallery of 100,000 results in the real window: whether it ever stops, and how many tiles a second are complete.

QT_QPA_PLATFORM=offscreen python -m benchmarks.gallery [--count 100000] [--tile 160] [--size 1280x720]

The example is trained and its folder classified; its pictures are linked as often as needed below a temporary
folder, and each link has the prediction of its picture with other scores. So features are known by content, and
a tile costs reading, decoding, a map and drawing, but no forward pass. A stall is the longest time in which the
window's thread did nothing else, told by a timer of 5 ms; the longest of an idle second is printed beside it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.library_scale import IMAGES_PER_FOLDER, Heart
from benchmarks.waiting import run_for, run_until
from fewshot_gui.app import App, make_qt_app
from fewshot_gui.demo import EXAMPLES, TO_CLASSIFY
from fewshot_gui.items.arrangement import Arrangement, Grouping, Sorting
from fewshot_gui.paths import AppPaths
from model.images.scan import class_folders
from model.types import MapStyle, Prediction, Status

FRAME = 0.016  # seconds


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--tile", type=int, default=160)
    parser.add_argument("--size", default="1280x720")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fewshot-gallery-") as temporary:
        os.environ["FEWSHOT_CACHE"] = str(Path(temporary) / "embeddings")
        rows = _measure(Path(temporary), options.count, options.tile, options.size)
    for name, value in rows.items():
        print(f"{name:46}{value:10.1f}")


def _measure(folder: Path, count: int, tile: int, size: str) -> dict[str, float]:
    make_qt_app()
    app = App(AppPaths.below(folder / "app"))
    width, height = map(int, size.split("x"))
    app.window.resize(width, height)
    app.start()
    app.window.resize(width, height)
    run_until(lambda: app.runner.is_busy)
    run_until(lambda: not app.runner.is_busy)
    results, view = app.session.results, app.window.results
    app.session.document.add_bins_from_folder(EXAMPLES, class_folders(EXAMPLES))
    app.running.train()
    run_until(lambda: results.report is not None and not app.runner.is_busy)
    app.running.classify((TO_CLASSIFY,))
    run_until(lambda: len(results) > 0 and not app.runner.is_busy)
    app.window.restore_layout(app.window.layout_state())
    app.window._rows.set_wanted([120, height - 120])
    view.show_gallery(True)
    gallery, heart, rows = view.gallery, Heart(), dict[str, float]()
    gallery.set_tile(tile)
    app.window._on_map_style_chosen(MapStyle.HEAT)
    run_for(1.0)
    heart.restart()
    run_for(1.0)
    rows["idle: longest stall, ms"] = heart.longest
    heart.restart()
    started = time.perf_counter()
    bin_ids = results.classifier_bin_ids
    for batch in _batches(app, folder / "many", count):
        results.add_predictions(results.classifier_revision or 0, bin_ids, batch)
        run_for(0.001)
    run_until(lambda: view.model.rowCount() == len(results))
    rows["arriving, sorted: longest stall, ms"] = heart.longest
    rows["arriving, sorted: results a second"] = count / (time.perf_counter() - started)
    run_for(1.0)
    for name, how in (
        ("sorted", Arrangement()),
        ("by class, most typical first", Arrangement(Grouping.CLASS, Sorting.TYPICALITY)),
        ("by folder", Arrangement(Grouping.FOLDER, Sorting.NAME)),
    ):
        heart.restart()
        view.model.arrange(how)
        run_for(0.3)
        rows[f"{name}: arranging, longest stall, ms"] = heart.longest
        rows |= {f"{name}: {what}": value for what, value in _scroll(app, heart).items()}
    heart.restart()
    for side in (*range(tile, 97, -16), *range(96, 481, 16), tile):
        gallery.set_tile(side)
        run_for(FRAME)
    rows["resizing tiles: longest stall, ms"] = heart.longest
    run_for(1.0)
    heart.restart()
    view.show_gallery(False)
    run_for(0.2)
    view.show_gallery(True)
    run_for(0.2)
    rows["table and back: longest stall, ms"] = heart.longest
    app.shutdown()
    return rows


def _scroll(app: App, heart: Heart) -> dict[str, float]:
    """Scroll line by line, page by page and to any place; then look at screens one after the other, all complete."""
    gallery, tiles = app.window.results.gallery, app.tiles
    bar = gallery.verticalScrollBar()
    rows = {}
    rng = random.Random(0)

    def step() -> None:
        bar.setValue(bar.value() + bar.singleStep())

    def page() -> None:
        bar.setValue(bar.value() + bar.pageStep())

    def jump() -> None:
        bar.setValue(rng.randrange(bar.maximum()))

    for name, move in (("lines", step), ("pages", page), ("jumps", jump)):
        heart.restart()
        for _ in range(150):
            move()
            run_for(FRAME)
        rows[f"{name}: longest stall, ms"] = heart.longest
        run_for(0.5)
    started, seen = time.perf_counter(), 0
    heart.restart()
    while time.perf_counter() - started < 4:
        jump()
        paths = gallery.visible_paths()
        run_until(lambda paths=paths: all(not tiles.original_size(path).isEmpty() for path in paths))
        seen += len(paths)
    rows["pictures a second"] = seen / (time.perf_counter() - started)
    keys = {path: app.session.results.prediction(path).bin_id for path in paths}
    run_until(lambda: all((path, bin_id) in tiles._maps._maps for path, bin_id in keys.items()))
    started, seen = time.perf_counter(), 0
    while time.perf_counter() - started < 4:
        jump()
        keys = {path: app.session.results.prediction(path).bin_id for path in gallery.visible_paths()}
        run_until(lambda keys=keys: all((path, bin_id) in tiles._maps._maps for path, bin_id in keys.items()))
        seen += len(keys)
    rows["pictures with maps a second"] = seen / (time.perf_counter() - started)
    rows["screens: longest stall, ms"] = heart.longest
    return rows


def _batches(app: App, folder: Path, count: int) -> Iterator[list[Prediction]]:
    known = list(app.session.results)
    bins, rng = app.session.results.classifier_bin_ids, random.Random(0)
    copies: dict[Path, Path] = {}
    batch = []
    for number, made in zip(range(count), itertools.cycle(known), strict=False):
        place = folder / f"{number // IMAGES_PER_FOLDER:04}"
        place.mkdir(parents=True, exist_ok=True)
        target = place / f"{number:06}{made.path.suffix}"
        if made.path in copies:
            os.link(copies[made.path], target)
        else:
            copies[made.path] = Path(shutil.copy(made.path, target))
        share = rng.uniform(1 / len(bins), 1)
        predicted = bins.index(made.bin_id) if made.bin_id in bins else 0
        rest = (1 - share) / (len(bins) - 1)
        scores = tuple(share if c == predicted else rest for c in range(len(bins)))
        status = Status.UNKNOWN if rng.random() < 0.02 else Status.OK
        batch.append(replace(Prediction(target, status, predicted, scores), region=made.region))
        if len(batch) == 64:
            yield batch
            batch = []
    if batch:
        yield batch


if __name__ == "__main__":
    main()
