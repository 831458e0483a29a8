"""The time that a review by keyboard takes of the program: 200 images, each answered as soon as it is shown.

python -m benchmarks.review [DIR]

Runs the real window, offscreen unless a display is asked for, on a project with 200 pictures of 12 megapixels and a
classifier of the example's bins. Seconds from key to next picture (thumbnail or whole), and from key to the label in
the project file, which is the same event.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benchmarks.waiting import run_until
from fewshot_gui.app import App, make_qt_app
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.review import Reviewed, ReviewPlan
from model.types import Prediction, Region, Status

IMAGES = 200
SIZE = (4000, 3000)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(place)
        _review(folder)


def _review(folder: Path) -> None:
    generator = np.random.default_rng(0)
    images = [folder / f"{number:03}.jpg" for number in range(IMAGES)]
    for path in images:
        noise = generator.integers(0, 255, (SIZE[1] // 8, SIZE[0] // 8, 3), dtype=np.uint8)
        Image.fromarray(noise).resize(SIZE).save(path, quality=85)
    qt_app = make_qt_app()
    app = App(AppPaths.below(folder / "app"))
    is_started: list[bool] = []
    app.started.connect(lambda: is_started.append(True))
    app.start()
    run_until(lambda: bool(is_started))
    document, results, review = app.session.document, app.session.results, app.window.review
    bins = tuple(document.add_bin(name) for name in ("a", "b", "c"))
    scores = [0.5 + 0.5 * number / IMAGES for number in range(IMAGES)]
    results.add_predictions(
        document.revision,
        bins,
        [
            Prediction(path, Status.OK, 0, (score, 1 - score, 0.0), Region(900, 700, 800, 600))
            for path, score in zip(images, scores, strict=True)
        ],
    )
    app.reviewing.begin(ReviewPlan(Reviewed.ALL, "benchmark"))
    start = time.perf_counter()
    waits = []
    for number in range(IMAGES):
        shown, began = review.path, time.perf_counter()
        QTest.keyClick(review, (Qt.Key.Key_Return, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_U)[number % 4])
        assert review.path != shown
        qt_app.processEvents()
        waits.append(time.perf_counter() - began)
    whole = time.perf_counter() - start
    start = time.perf_counter()
    document.undo_stack.undo()
    run_until(lambda: review.canvas.view.image_size().width() == SIZE[0])
    sharp = time.perf_counter() - start
    document.undo_stack.redo()
    assert len(document.board.labels) == IMAGES
    assert not document.has_unsaved_changes
    print(f"{IMAGES} images answered in {whole:.1f} s of the program's time, every label on the disk")
    waits.sort()
    print(f"key to next image: median {1000 * statistics.median(waits):.0f} ms, longest {1000 * waits[-1]:.0f} ms")
    print(f"whole picture of {SIZE[0]} x {SIZE[1]} pixels after {1000 * sharp:.0f} ms")
    app.shutdown()


if __name__ == "__main__":
    main()
