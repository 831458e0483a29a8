"""The app with a project of its own, for a test that kills it: trains or classifies slowly, says when it has begun."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from fewshot_gui.app import App, make_qt_app
from fewshot_gui.jobs.messages import ClassifyBatch
from fewshot_gui.paths import AppPaths
from model.runs import run as model_run

kind, folder, bins, photos = sys.argv[1], *map(Path, sys.argv[2:])
qt_app = make_qt_app()
app = App(AppPaths.below(folder))


def say(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


def begin() -> None:
    document = app.session.document
    for sub in sorted(bins.iterdir()):
        document.add_examples(document.add_bin(sub.name), sorted(sub.iterdir()))
    app.session.save_as(folder / "killed.fewshot")
    app.settings.add_recent_project(folder / "killed.fewshot")
    if kind == "training":
        app.runner.progressed.connect(lambda _progress: say("begun"))
    else:
        app.running.job_ended.connect(classify)
    app.running.train()


def classify() -> None:
    app.running.job_ended.disconnect(classify)
    app.runner.batch_ready.connect(on_batch)
    app.running.classify((photos,), app.settings.cutting)


def on_batch(batch: ClassifyBatch) -> None:
    say(f"begun {len(batch.predictions)}")


original = model_run.classified


def slowly(*arguments: object, **options: object) -> object:
    for batch in original(*arguments, **options):  # type: ignore[arg-type]
        yield batch
        time.sleep(1.0)


model_run.classified = slowly  # type: ignore[assignment]
app.started.connect(begin)
app.start()
qt_app.exec()
