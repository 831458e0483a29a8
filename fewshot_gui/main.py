"""The desktop app from its command line to its end."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QApplication

from fewshot_gui.app import App, make_qt_app
from fewshot_gui.command_line import Options, parse
from fewshot_gui.crash_reports import CrashReports
from fewshot_gui.logging_setup import ErrorReporter, start_logging
from fewshot_gui.paths import AppPaths

_log = logging.getLogger(__name__)


def main() -> None:
    """Run `fewshot-gui` with the arguments of the process, and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the desktop app until its window is closed; returns the exit status."""
    options = parse(arguments)
    if options.headless is not None:
        from fewshot_gui.demo_headless import run_headless

        return run_headless(options.headless, verbose=options.verbose)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # everything is saved as it is edited
    paths = AppPaths.of_user()
    start_logging(paths.logs, verbose=options.verbose)
    reports = CrashReports(paths.logs)
    crash = reports.start()
    qt_app = make_qt_app()
    app = App(paths, is_demo=options.demo)
    if crash is not None:
        app.window_shown.connect(partial(app.show_crash, crash))
    status = execute(qt_app, app, options)
    reports.stop()
    return status


def execute(qt_app: QApplication, app: App, options: Options) -> int:
    """Run `app` until its window is closed, then shut it down."""
    reporter = ErrorReporter()
    reporter.error_caught.connect(app.show_uncaught)
    reporter.install()
    if options.demo:
        from fewshot_gui.demo import show_example

        show_example(app)
    app.start(options.project, options.folders)
    try:
        status = qt_app.exec()
        stuck = app.shutdown()
    finally:
        reporter.uninstall()
    if stuck:
        # A thread deep in a library call cannot be stopped, and Qt aborts when a running QThread is
        # destroyed. All is saved: leave without unwinding.
        _log.error("leaving although threads still run: %s", ", ".join(stuck))
        logging.shutdown()
        os._exit(status)
    return status
