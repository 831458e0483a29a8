"""The log file, and the report of errors that no code caught."""

from __future__ import annotations

import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6 import __version__
from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from fewshot_gui.paths import LOG_NAME
from model.messages import message

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_MAX_BYTES = 1_000_000
_BACKUPS = 3
_HARMLESS = frozenset({"This plugin does not support propagateSizeHints()"})  # Qt's offscreen platform
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def start_logging(folder: Path, *, verbose: bool = False) -> Path:
    """Log to a rotating file in `folder` and warnings to standard error; returns the file.

    Where the folder cannot be written, only standard error is used.
    """
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.getLogger("PIL").setLevel(logging.INFO)
    form = logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    console = logging.StreamHandler()
    console.setLevel(logging.DEBUG if verbose else logging.WARNING)
    console.setFormatter(form)
    root.addHandler(console)
    file = folder / LOG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        _log.warning("there will be no log file: %s", error)
        return file
    handler.setFormatter(form)
    root.addHandler(handler)
    _log.info("Python %s, PySide %s, %s", platform.python_version(), __version__, platform.platform())
    return file


class ErrorReporter(QObject):
    """Handles uncaught exceptions of all threads: logs each and emits `error_caught`.

    `install` takes over the hooks of Python and Qt, `uninstall` gives them back.
    """

    error_caught = Signal(object, str)  # one line for the user, details for a bug report

    def install(self) -> None:
        """Take over `sys.excepthook`, its relatives for threads and destructors, and Qt's messages."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        qInstallMessageHandler(_log_qt_message)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.critical("uncaught exception", exc_info=(kind, error, trace))
        self._report(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        message = args.err_msg or "exception ignored"
        _log.error("%s in %r", message, args.object, exc_info=args.exc_value)
        if args.exc_value is not None:
            self._report(args.exc_value)

    def _report(self, error: BaseException) -> None:
        line = traceback.format_exception_only(error)[-1].strip().partition("\n")[0]
        self.error_caught.emit(
            message("Something went wrong inside the program: {line}", line=line),
            "".join(traceback.format_exception(error)),
        )


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = context.category or "default"
    level = logging.DEBUG if message in _HARMLESS else _LEVELS.get(kind, logging.WARNING)
    _qt_log.log(level, "%s: %s", category, message)
