"""The main job played through in the real window, without a screen: `main.py --demo --headless DIR`."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from fewshot_gui.app import App, make_qt_app
from fewshot_gui.demo import EXAMPLES, TO_CLASSIFY, readable_name
from fewshot_gui.drop_events import drop_on, files_data
from fewshot_gui.jobs.messages import ExplainRequest, ExplainResult, JobFailure
from fewshot_gui.logging_setup import ErrorReporter, start_logging
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.review import Reviewed, ReviewPlan
from model.errors import FewShotError
from model.exports.exporter import EXPORTS, export
from model.exports.project_contents import read_project
from model.images.scan import class_folders
from model.progress import CancelToken
from model.types import Explanation

_log = logging.getLogger(__name__)

_PATIENCE = 300.0  # seconds a step may take on a slow machine
_WINDOW = (1280, 800)
_PULSE = 50  # ms between two looks at what a step waits for, where nothing else happens


class DemoError(FewShotError):
    """A step of the demo failed or took too long."""


def run_headless(folder: Path, *, verbose: bool = False) -> int:
    """Play the main job; `folder` gets screenshots, results.csv, overlays/ and timings.json.

    Returns 0, or 1 after one line on standard error.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qt_app = make_qt_app()
    with tempfile.TemporaryDirectory(prefix="fewshot-demo-") as temporary:
        paths = AppPaths.below(Path(temporary))
        start_logging(paths.logs, verbose=verbose)
        reporter = ErrorReporter()
        reporter.install()
        app = App(paths, is_demo=True)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            Demo(qt_app, app, reporter, folder).play()
        except (FewShotError, OSError) as error:
            sys.stderr.write(f"fewshot: {error}\n")
            return 1
        finally:
            app.window.close()
            stuck = app.shutdown()
            reporter.uninstall()
            logging.shutdown()  # the log file is in the folder that is removed now
            if stuck:
                os._exit(1)
    sys.stdout.write(
        f"Trained on the example's bins and classified its folder. In {folder.absolute()}:\n"
        "  *.png          a screenshot of each step\n"
        "  results.csv    class, confidence and region of every image\n"
        "  overlays/      every image with its attention map and region\n"
        "  timings.json   seconds since the start\n"
    )
    return 0


class Demo(QObject):
    """The steps, in order. Each acts as a user would and waits until the window shows the outcome."""

    def __init__(self, qt_app: QApplication, app: App, reporter: ErrorReporter, folder: Path) -> None:
        super().__init__(app)
        self._qt_app, self._app, self._folder = qt_app, app, folder
        self._timings: dict[str, float] = {}
        self._steps = 0
        self._problem = ""
        self._explanations: list[Explanation] = []
        self._is_idle = False
        self._drawn: set[str] = set()
        self._pulse = QTimer(self, interval=_PULSE)
        self._pulse.start()
        app.started.connect(self._on_started)
        app.running.job_ended.connect(self._on_job_ended)
        app.session.results.appended.connect(self._on_results_appended)
        app.runner.failed.connect(self._on_failed)
        app.runner.succeeded.connect(self._on_succeeded)
        app.files.call_returned.connect(self._on_call_returned)
        reporter.error_caught.connect(self._on_error_caught)

    def play(self) -> None:
        """Do all steps. Raises `DemoError` when one fails."""
        self._show_window()
        self._fill_bins()
        self._train()
        self._classify()
        self._inspect()
        self._look_round()
        self._write_results()
        self._draw_overlays()
        text = json.dumps({name: round(seconds, 3) for name, seconds in self._timings.items()}, indent=2)
        (self._folder / "timings.json").write_text(text + "\n", encoding="utf-8")

    def _write_results(self) -> None:
        project, exporter = self._app.session.file, EXPORTS.get("csv")
        if project is None or exporter is None:
            raise DemoError("The project is in no file.")
        export(exporter, read_project(project), self._folder / "results.csv")

    def _show_window(self) -> None:
        self._app.window_shown.connect(partial(self._note, "window_shown"))
        self._app.start()
        self._wait_until(lambda: self._is_idle, "open a project")
        self._app.window.resize(*_WINDOW)  # the screen that is not there may be smaller
        self._screenshot("window")

    def _fill_bins(self) -> None:
        window, document = self._app.window, self._app.session.document
        for name, examples in class_folders(EXAMPLES):
            window.command_table["newBin"].trigger()
            bin_ = document.bins[-1]
            card = window.bins.card(bin_.id)
            editor = card.findChild(QLineEdit)
            if editor is None:
                raise DemoError("The new bin's name cannot be edited.")
            editor.setText(readable_name(name))
            editor.editingFinished.emit()
            self._wait_until(partial(self._has_name, bin_.id, readable_name(name)), f"name the bin {name}")
            self._qt_app.processEvents()
            self._drop(card, examples)
            self._wait_until(partial(self._has_examples, bin_.id, len(examples)), f"fill the bin {name}")
        self._screenshot("examples-dropped")

    def _train(self) -> None:
        self._run("train")
        self._note("trained")
        self._screenshot("trained")

    def _classify(self) -> None:
        window, results = self._app.window, self._app.session.results
        self._drop(window.library, [TO_CLASSIFY])
        expected = sum(1 for path in TO_CLASSIFY.iterdir() if path.suffix == ".jpg")
        self._wait_until(lambda: window.library.model.total == expected, "read the folder to classify")
        self._screenshot("folder-opened")
        self._run("classifyLibrary")
        self._note("finished")
        if len(results) != expected:
            raise DemoError(f"{len(results)} of {expected} images were classified.")
        self._screenshot("classified")

    def _inspect(self) -> None:
        path = self._app.session.results.at(0).path
        self._explanations.clear()
        self._app.window.results.table.select_paths([path])
        self._wait_until(lambda: bool(self._explanations), "explain an image")
        self._screenshot("explained")

    def _look_round(self) -> None:
        """Show the results as a gallery, and the first image of a review."""
        table, review = self._app.window.command_table, self._app.window.review
        for action in ("resultsGallery", "resultsAlone"):
            table[action].trigger()
        self._screenshot("gallery")
        for action in ("resultsAlone", "resultsTable"):
            table[action].trigger()
        self._explanations.clear()
        self._app.reviewing.begin(ReviewPlan(Reviewed.ALL, "demo"))
        self._wait_until(lambda: bool(self._explanations), "show an image for review")
        self._screenshot("review")
        review.left.emit()

    def _draw_overlays(self) -> None:
        target = self._folder / "overlays"
        target.mkdir(exist_ok=True)
        results = self._app.session.results
        for made in list(results):
            if made.bin_id is None:
                raise DemoError(f"{made.path.name} was not classified: {made.message}")
            self._explanations.clear()
            request = partial(ExplainRequest, revision=made.revision, path=made.path)
            self._app.runner.submit(request)
            self._wait_until(lambda: bool(self._explanations), f"explain {made.path.name}")
            shown = made.bin_ids.index(made.bin_id)
            file = target / f"{made.path.stem}.png"
            self._app.files.call(file.name, partial(_write_overlay, file, self._explanations[0], shown))
        self._wait_until(lambda: len(self._drawn) == len(results), "draw the overlays")

    def _run(self, action_id: str) -> None:
        """Trigger a command and wait until its job has ended."""
        action = self._app.window.command_table[action_id]
        self._wait_until(action.isEnabled, f"enable {action_id}")
        self._is_idle = False
        action.trigger()
        self._wait_until(lambda: self._is_idle, action_id)

    def _drop(self, widget: QWidget, paths: list[Path]) -> None:
        if not drop_on(widget, files_data(paths)):
            raise DemoError(f"{widget.objectName()} refused a drop.")

    def _has_name(self, bin_id: str, name: str) -> bool:
        return self._app.session.document.bin(bin_id).name == name

    def _has_examples(self, bin_id: str, count: int) -> bool:
        return len(self._app.session.document.bin(bin_id).examples) == count

    def _note(self, name: str) -> None:
        self._timings.setdefault(name, seconds_since_start())

    def _screenshot(self, name: str) -> None:
        self._qt_app.processEvents()  # lays out what is new, which asks for its thumbnails
        self._wait_until(lambda: not self._app.thumbnails.is_loading, "load the thumbnails")
        self._wait_until(lambda: not self._app.tiles.is_loading, "load the tiles")
        self._qt_app.processEvents()
        self._steps += 1
        self._app.window.grab().save(str(self._folder / f"{self._steps:02}-{name}.png"))

    def _wait_until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE
        while not condition():
            # Without a time limit it sleeps until something happens, the pulse at the latest. With one it would
            # look again and again, and take the interpreter from the workers that it waits for.
            self._qt_app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if self._problem:
                raise DemoError(self._problem)
            if time.monotonic() > end:
                raise DemoError(f"The demo could not {what} within {_PATIENCE:.0f} s.")

    @Slot()
    def _on_started(self) -> None:
        self._is_idle = True

    @Slot()
    def _on_job_ended(self) -> None:
        self._is_idle = True

    @Slot(int, int)
    def _on_results_appended(self, _first: int, _last: int) -> None:
        self._note("first_result")

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        if isinstance(result, ExplainResult):
            self._explanations.append(result.explanation)

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self._problem = failure.message

    @Slot(object, str)
    def _on_error_caught(self, message: str, _details: str) -> None:
        self._problem = message

    @Slot(str, object)
    def _on_call_returned(self, key: str, _result: object) -> None:
        if key.endswith(".png"):
            self._drawn.add(key)


def seconds_since_start() -> float:
    """Return the seconds since this process was started, the interpreter's own start included on Linux."""
    facts = Path("/proc/self/stat")
    if not facts.exists():
        return time.process_time()  # elsewhere: no better than a lower bound
    ticks = int(facts.read_text().rpartition(")")[2].split()[19])
    up = float(Path("/proc/uptime").read_text().split()[0])
    return up - ticks / os.sysconf("SC_CLK_TCK")


def _write_overlay(file: Path, explanation: Explanation, shown: int, _token: CancelToken) -> None:
    from model.images.reading import read_image  # here: the window starts without them
    from model.regions.overlay import draw_overlay

    image = read_image(explanation.path)
    draw_overlay(image, explanation.evidence_maps[shown], explanation.regions[shown]).save(file)
