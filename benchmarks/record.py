"""What the record of a project costs: bytes an entry, and time with 1,000 trainings and 100,000 results.

python -m benchmarks.record [DIR] [--trainings 1000] [--results 100000]

Makes a project as the window does (30 examples in 3 bins, a classifier of 300 kB a training, an edit before each, a
hundredth of the results classified anew after each), then prints its size by kind of entry, and the seconds of opening,
of an edit, of the history dialog, of comparing, of *Who said this?* and of checking the chain.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from fewshot_gui.app import make_qt_app
from fewshot_gui.items.history_words import describe_comparison, describe_said
from fewshot_gui.project import record
from fewshot_gui.project.session import Session
from fewshot_gui.project.values import FileIdentity, Origin
from fewshot_gui.views.history_dialog import HistoryDialog
from model.project_file.record import check_project
from model.types import ExampleReport, Prediction, Region, Status, TrainingReport

_BATCH = 1000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--trainings", type=int, default=1000)
    parser.add_argument("--results", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        _measure(options.folder or Path(place), options.trainings, options.results)


def _measure(folder: Path, trainings: int, results: int) -> None:
    make_qt_app()
    path = folder / "record.fewshot"
    session = Session(folder / "data")
    session.new()
    session.save_as(path)
    latencies = _fill(session, trainings, results)
    first, last = latencies[: len(latencies) // 10], latencies[-len(latencies) // 10 :]
    for name, some in (("first tenth", first), ("last tenth", last)):
        print(f"an edit, {name}: median {1000 * statistics.median(some):.1f} ms, longest {1000 * max(some):.1f} ms")
    connection = session._store.connection
    for kind in (record.EDIT, record.TRAINING, record.RUN, record.RUN_END):
        sizes = [
            size
            for (size,) in connection.execute(
                "SELECT length(entry) FROM record JOIN record_index USING (number) WHERE key = ?",
                (b"kind:" + kind.encode(),),
            )
        ]
        print(f"{kind}: {len(sizes):,} entries of {statistics.mean(sizes):,.0f} bytes")
    for table in ("record", "record_index", "changes", "blobs", "predictions"):
        (size,) = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name = ?", (table,)).fetchone()
        print(f"table {table}: {size / 1e6:.1f} MB")
    session.close()
    print(f"file: {path.stat().st_size / 1e6:.1f} MB")
    _time("opening", lambda: session.open(path))
    history = session.history
    past = history.trainings()
    dialog = HistoryDialog()

    def show() -> None:
        dialog.show_trainings(history.trainings())
        dialog.show()

    _time("history dialog", show)
    pairs = {"neighbours": (past[-2], past[-1]), "first and last": (past[0], past[-1])}
    for name, (one, other) in pairs.items():
        _time(
            f"comparing {name}", lambda one=one, other=other: describe_comparison(history.compare(one, other), {}, {})
        )  # type: ignore[misc]
    image = session.results.at(0).path
    _time("who said this", lambda: describe_said(history.said_of(image, None), {}, {}))
    _time("checking the chain", lambda: check_project(path))
    session.close()


def _fill(session: Session, trainings: int, results: int) -> list[float]:
    """Fill the project; return the seconds of each edit."""
    document, generator = session.document, np.random.default_rng(0)
    bins = [document.add_bin(name) for name in ("a", "b", "c")]
    images = [folder / f"image-{number:06}.jpg" for folder in [Path("/data/pictures")] for number in range(results)]
    examples = [Path(f"/data/examples/image-{number:06}.jpg") for number in range(30 + trainings)]
    hashes = {path: FileIdentity(generator.bytes(32).hex(), 1) for path in examples}
    document.set_identities(hashes)
    for at, bin_id in enumerate(bins):
        document.add_examples(bin_id, examples[10 * at : 10 * at + 10])
    latencies = []
    for number in range(trainings):
        start = time.perf_counter()
        document.add_examples(bins[number % 3], [examples[30 + number]])
        document.remove_examples([document.bin(bins[number % 3]).examples[0].path])
        latencies.append((time.perf_counter() - start) / 2)
        known = [
            ExampleReport(one.path, at, 1.0, at, 0.9)
            for at, bin_id in enumerate(bins)
            for one in document.bin(bin_id).examples
        ]
        report = TrainingReport(("a", "b", "c"), tuple(known), (), (), 0.9, (0.8, 0.95), 3, True, 0.5)
        files = {
            "classifier.json": json.dumps({"n": number}).encode(),
            "classifier.safetensors": generator.bytes(300_000),
        }
        origin = {"backbone": "efficientnet-lite0", "seed": 0, "runtime": "CPU", "versions": {"torch": "2.0"}}
        session.results.set_training(document.revision, bins, report, files, origin)
        some = images if number == 0 else [images[at] for at in generator.integers(0, results, results // 100)]
        _classify(session, some, generator)
    return latencies


def _classify(session: Session, images: list[Path], generator: np.random.Generator) -> None:
    results, run = session.results, os.urandom(16).hex()
    origin = Origin(results.classifier_hash, run)
    what = {"run": run, "classifier": origin.classifier, "paths": ["/data/pictures"], "asked": len(images)}
    draft: record.Draft | None = record.Draft(record.RUN, "ana", what, keys=(run, origin.classifier))
    assert results.classifier_revision is not None
    for start in range(0, len(images), _BATCH):
        made = [
            Prediction(path, Status.OK, int(at), (0.5, 0.3, 0.2), Region(1, 2, 30, 40))
            for path, at in zip(images[start : start + _BATCH], generator.integers(0, 3, _BATCH), strict=False)
        ]
        results.add_predictions(results.classifier_revision, results.classifier_bin_ids, made, origin, draft)
        draft = None
    end = {"run": run, "classifier": origin.classifier, "outcome": "done", "images": len(images), "errors": 0}
    results.add_to_record(record.Draft(record.RUN_END, "ana", end, keys=(run, origin.classifier)))


def _time(name: str, call: Callable[[], object]) -> None:
    start, used = time.perf_counter(), time.process_time()
    call()
    print(f"{name}: {time.perf_counter() - start:.2f} s, of the processor {time.process_time() - used:.2f} s")


if __name__ == "__main__":
    main()
