"""A crash that Python cannot catch leaves a report, which the next run shows; a kill leaves none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fewshot_gui.app import App
from fewshot_gui.crash_reports import CrashReports
from fewshot_gui.paths import LOG_NAME
from fewshot_gui.views.dialogs import ErrorDialog
from fewshot_gui.views.log_dialog import LogDialog

_ROOT = Path(__file__).resolve().parents[3]
_RUN = """
import ctypes, os, signal, sys
from pathlib import Path
from fewshot_gui.crash_reports import CrashReports

reports = CrashReports(Path(sys.argv[1]))
print(reports.start())
if sys.argv[2] == "crash":
    ctypes.string_at(0)
elif sys.argv[2] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
reports.stop()
"""


def _run(folder: Path, how: str) -> str:
    """Run a program that ends in a way; returns what it found of earlier runs."""
    command = [sys.executable, "-c", _RUN, str(folder), how]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False).stdout.strip()


def _files(folder: Path) -> list[str]:
    return sorted(path.name[:6] for path in folder.iterdir())


def test_a_crash_in_a_library_is_reported_at_the_next_start_and_once(tmp_path: Path) -> None:
    (tmp_path / LOG_NAME).write_text("first line\nlast line\n", encoding="utf-8")
    _run(tmp_path, "crash")
    found = Path(_run(tmp_path, "end"))
    text = found.read_text(encoding="utf-8")
    assert "Segmentation fault" in text or "access violation" in text
    assert "string_at" in text
    assert "last line" in text
    assert _run(tmp_path, "end") == "None"
    assert found.exists()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_what_was_killed_left_nothing_to_report(tmp_path: Path) -> None:
    _run(tmp_path, "kill")
    assert _files(tmp_path) == ["runnin"]
    assert _run(tmp_path, "end") == "None"
    assert _files(tmp_path) == []


def test_another_window_that_runs_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / f"running-{os.getppid()}.txt"
    other.write_text("not dead", encoding="utf-8")
    reports = CrashReports(tmp_path)
    assert reports.start() is None
    reports.stop()
    assert other.exists()


def test_only_the_latest_reports_are_kept(tmp_path: Path) -> None:
    for number in range(9):
        path = tmp_path / f"crash-{number}.txt"
        path.write_text("x", encoding="utf-8")
        os.utime(path, (number, number))
    reports = CrashReports(tmp_path)
    reports.start()
    reports.stop()
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"crash-{number}.txt" for number in range(4, 9)]


@pytest.mark.expected_log("crashes will not be reported")
def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    reports = CrashReports(tmp_path / "file" / "logs")
    assert reports.start() is None
    reports.stop()


def test_the_report_is_shown_and_can_be_copied(app: App, tmp_path: Path) -> None:
    report = tmp_path / "crash-1.txt"
    report.write_text("what happened", encoding="utf-8")
    app.show_crash(report)
    (dialog,) = app.window.findChildren(ErrorDialog)
    assert dialog.copy_button.isVisible()
    dialog.details_button.click()
    assert "what happened" in dialog._box.toPlainText()
    dialog.close()


def test_the_log_is_shown_from_the_help_menu(app: App) -> None:
    app._logs.mkdir(parents=True, exist_ok=True)
    (app._logs / LOG_NAME).write_text("one line\n" * 5000 + "the end\n", encoding="utf-8")
    app.window.command_table["log"].trigger()
    (dialog,) = app.window.findChildren(LogDialog)
    lines = dialog.box.toPlainText().splitlines()
    assert lines[-1] == "the end"
    assert len(lines) == 2000
    dialog.close()
