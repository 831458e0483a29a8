"""A library of 100,000 images, and one of 100 megapixels, in the real window: how soon they are there, and whether
the window ever stops.

QT_QPA_PLATFORM=offscreen python -m benchmarks.library_scale IMAGES [--count 100000]

IMAGES is a folder of pictures; they are linked (not copied) as often as needed below a temporary folder on
the same disk. A stall is the longest time in which the window's thread did nothing else, told by a timer of
5 ms; the longest of an idle second is printed beside it.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import os
import resource
import tempfile
import time
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPointF

from benchmarks.waiting import Heart, resident, run_for, run_until
from fewshot_gui.app import App, make_qt_app
from fewshot_gui.paths import AppPaths
from model.images.scan import iter_images

IMAGES_PER_FOLDER = 400
LARGE = (12_000, 8_400)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.library_scale")
    parser.add_argument("images", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    options = parser.parse_args()
    # On the same disk as the pictures where that can be written, since a link cannot leave it.
    with tempfile.TemporaryDirectory(prefix="fewshot-scale-") as temporary:
        folder = Path(temporary) / "library"
        _link(list(iter_images([options.images])), folder, options.count)
        large = Path(temporary) / "large.jpg"
        with Image.open(next(iter_images([options.images]))) as image:
            image.convert("RGB").resize(LARGE).save(large)
        _measure(folder, options.count, large, Path(temporary) / "app")


def _link(sources: list[Path], folder: Path, count: int) -> None:
    copies: dict[Path, Path] = {}
    for number, source in zip(range(count), itertools.cycle(sources), strict=False):
        place = folder / f"{number // IMAGES_PER_FOLDER:04}"
        place.mkdir(parents=True, exist_ok=True)
        first = copies.get(source)
        target = place / f"{number:06}{source.suffix}"
        if first is None:
            target.write_bytes(source.read_bytes())
            copies[source] = target
        else:
            os.link(first, target)


def _measure(folder: Path, count: int, large: Path, data: Path) -> None:
    make_qt_app()
    app = App(AppPaths.below(data))
    app.window.resize(1280, 720)
    app.start()
    run_until(lambda: app.runner.is_busy, 60)
    run_until(lambda: not app.runner.is_busy, 120)  # the model's libraries are imported
    library, heart = app.window.library, Heart()
    run_for(1.0)
    idle = heart.longest
    gc.collect()
    before = resident()
    ready: list[float] = []
    started = time.perf_counter()
    app.thumbnails.image_ready.connect(lambda _path: ready.append(time.perf_counter() - started))
    heart.restart()
    app.library.add_folders((folder,))
    run_until(lambda: bool(ready), 60)
    run_until(lambda: library.model.total == count, 300)
    scanned, scanning = time.perf_counter() - started, heart.longest
    heart.restart()
    bar = library.images.verticalScrollBar()
    for step in range(120):
        bar.setValue(bar.maximum() * ((37 * step) % 120) // 120)
        run_for(0.02)
    scrolling = heart.longest
    run_for(1.0)
    growth = resident() - before
    heart.restart()
    for text in ("0077", ""):
        library.filter.setText(text)
        run_for(1.0)
    filtering = heart.longest
    library.unsorted_only.setChecked(True)
    document = app.session.document
    bin_id, images = document.add_bin(), app.services.library.paths[::1000]
    run_for(1.0)
    heart.restart()
    for image in images[:10]:
        document.add_examples(bin_id, [image])
        run_for(0.1)
    rows = {
        "first thumbnail after, s": ready[0],
        "all found after, s": scanned,
        "longest stall idle, ms": idle,
        "longest stall while scanning, ms": scanning,
        "longest stall while scrolling, ms": scrolling,
        "longest stall while filtering, ms": filtering,
        "longest stall while labelling, ms": heart.longest,
        "thumbnails decoded": len(ready),
        "memory growth, MB": growth / 2**20,
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    rows |= _measure_picture(app, heart, large)
    for name, value in rows.items():
        print(f"{name:42}{value:10.2f}")
    app.shutdown()


def _measure_picture(app: App, heart: Heart, path: Path) -> dict[str, float]:
    """From choosing a picture of 100 megapixels to its thumbnail, its pixels on the screen, and every pixel."""
    while app.thumbnails.image(path) is None:
        run_for(0.005)
    inspector, rows = app.window.inspector, dict[str, float]()
    heart.restart()
    before, started = resident(), time.perf_counter()

    def note(name: str) -> None:
        rows[name] = time.perf_counter() - started

    inspector.show_image(path)
    inspector.canvas.repaint()
    note("large picture: thumbnail after, s")
    ready, fine = list[object](), list[object]()
    app.pictures.picture_ready.connect(lambda *args: ready.append(args))
    app.pictures.detail_ready.connect(lambda *args: fine.append(args))
    run_until(lambda: bool(ready), 60)
    note("large picture: at screen size after, s")
    run_for(0.5)
    started = time.perf_counter()
    inspector.canvas.zoom_to_actual()
    run_until(lambda: bool(fine), 60)
    note("large picture: 100 % sharp after, s")
    started = time.perf_counter()
    inspector.canvas.view.pan(QPointF(-400, -300))
    inspector.canvas.zoom_changed.emit(1.0)
    run_until(lambda: len(fine) == 2, 60)
    note("large picture: panned, sharp after, s")
    rows["large picture: longest stall, ms"] = heart.longest
    rows["large picture: memory growth, MB"] = (resident() - before) / 2**20
    return rows


if __name__ == "__main__":
    main()
