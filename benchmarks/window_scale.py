"""The cost of 100,000 images in the window, as multiples of sorting 100,000 Python floats in the same run.

QT_QPA_PLATFORM=offscreen python -m benchmarks.window_scale
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from PySide6.QtWidgets import QApplication

from benchmarks.waiting import run_until
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.predictions_model import PredictionFilter, PredictionsModel
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.jobs.thumbnails import ThumbnailLoader
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from model.types import Prediction, Status

ROWS = 100_000
ROUNDS = 5


def seconds(action: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> float:
    """Median time of `action` over `ROUNDS`, each after `prepare`."""
    times = []
    for _ in range(ROUNDS):
        prepare()
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Print the table."""
    app = QApplication([])
    document = Document()
    results = Results(document)
    thumbnails = ThumbnailLoader()
    rng = random.Random(0)
    bins = (document.add_bin("a"), document.add_bin("b"))
    scores = [rng.random() for _ in range(ROWS)]
    many = [
        Prediction(Path(f"/many/{n % 300}/{n}.png"), Status.OK, int(p < 0.5), (p, 1 - p)) for n, p in enumerate(scores)
    ]
    batches = [many[first : first + 64] for first in range(0, ROWS, 64)]
    unit = seconds(lambda: sorted(scores))
    start = time.perf_counter()
    for batch in batches:
        results.add_predictions(0, bins, batch)
    adding = time.perf_counter() - start
    model = PredictionsModel(document, results, Thumbnails(thumbnails))
    run_until(lambda: model.rowCount() == ROWS)  # it takes its rows in bit by bit

    def reset() -> None:
        model.set_filter(PredictionFilter())
        model.sort(-1)

    rows = {
        "add in batches of 64": adding,
        "sort by confidence": seconds(lambda: model.sort(int(Column.CONFIDENCE)), reset),
        "sort by class": seconds(lambda: model.sort(int(Column.CLASS)), reset),
        "sort by name": seconds(lambda: model.sort(int(Column.IMAGE)), reset),
        "filter by text": seconds(lambda: model.set_filter(PredictionFilter(text="77")), reset),
    }
    print(f"{'':<24}{'ms':>8}{'x sorted()':>12}")
    for name, value in rows.items():
        print(f"{name:<24}{value * 1000:>8.0f}{value / unit:>12.1f}")
    thumbnails.shutdown()
    del app


if __name__ == "__main__":
    main()
