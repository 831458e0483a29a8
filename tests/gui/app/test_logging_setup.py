"""Errors that nobody caught are logged and reported, from wherever they come."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Slot, qWarning
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.logging_setup import ErrorReporter, start_logging


@pytest.fixture
def reporter(qapp: object) -> Iterator[ErrorReporter]:
    reporter = ErrorReporter()
    reporter.install()
    yield reporter
    reporter.uninstall()


class Clumsy(QObject):
    """Raises in a slot."""

    @Slot()
    def fall(self) -> None:
        raise ZeroDivisionError("in a slot")


@pytest.mark.expected_log("uncaught exception")
def test_an_exception_in_a_slot_is_reported(reporter: ErrorReporter, qtbot: QtBot) -> None:
    clumsy = Clumsy()
    with qtbot.waitSignal(reporter.error_caught) as blocker:
        QTimer.singleShot(0, clumsy.fall)
    message, details = blocker.args
    assert "ZeroDivisionError: in a slot" in message
    assert "Traceback" in details


@pytest.mark.expected_log("uncaught exception")
def test_an_exception_in_a_thread_is_reported_in_ours(reporter: ErrorReporter, qtbot: QtBot) -> None:
    def fall() -> None:
        raise ZeroDivisionError("in a thread")

    with qtbot.waitSignal(reporter.error_caught) as blocker:
        threading.Thread(target=fall).start()
    assert "in a thread" in blocker.args[0]


@pytest.mark.expected_log("exception ignored|Exception ignored")
def test_an_exception_in_a_destructor_is_reported(reporter: ErrorReporter, qtbot: QtBot) -> None:
    class Brittle:
        def __del__(self) -> None:
            raise ZeroDivisionError("in a destructor")

    with qtbot.waitSignal(reporter.error_caught) as blocker:
        Brittle()
        gc.collect()
    assert "in a destructor" in blocker.args[0]


@pytest.mark.expected_log("what Qt says")
def test_qt_warnings_go_to_the_log(reporter: ErrorReporter, caplog: pytest.LogCaptureFixture) -> None:
    qWarning("what Qt says")
    assert any(record.name == "qt" and "what Qt says" in record.getMessage() for record in caplog.records)


def test_many_errors_show_one_dialog(app: App, qtbot: QtBot) -> None:
    for number in range(5):
        app.show_uncaught(f"error {number}", "details")
    dialogs = app.window.findChildren(QDialog, "errorDialog")
    assert len(dialogs) == 1
    dialogs[0].close()


def test_the_log_file_is_written_and_rotates(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        file = start_logging(tmp_path / "logs")
        for number in range(11_000):
            logging.getLogger("fewshot_gui.test").info("line %d of a long and rather repetitive log file", number)
        assert file.exists()
        assert file.with_name(file.name + ".1").exists()
    finally:
        root.setLevel(level)
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
