"""What every test gets: folders of its own, and a failure when it leaves something behind.

Free of Qt at import: `tests/model` also runs where PySide6 is not installed.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LC_ALL"] = "C.UTF-8"  # English, whatever the machine speaks
os.environ["FEWSHOT_LANGUAGE"] = "en"  # whatever the machine speaks
os.environ["FEWSHOT_CACHE"] = "off"  # for what is made once for many tests; each test gets a folder of its own

EXAMPLE = Path(__file__).resolve().parent.parent / "resources" / "example"
_OUR_LOGGERS = ("fewshot_gui", "model", "qt")
_BAD_QT = {"QtWarningMsg", "QtCriticalMsg"}
_HARMLESS = {"This plugin does not support propagateSizeHints()"}  # Qt's offscreen platform
_GRACE = 2.0  # seconds for threads that are about to end


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--run-long`: also the tests marked `long`."""
    parser.addoption("--run-long", action="store_true", help="also run the tests that take minutes to hours")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless they are asked for."""
    if not config.getoption("--run-long"):
        skip = pytest.mark.skip(reason="takes minutes to hours; run with --run-long")
        for item in items:
            if item.get_closest_marker("long") is not None:
                item.add_marker(skip)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of this file."""
    config.addinivalue_line(
        "markers", "expected_log(pattern): a log line or Qt warning that matches `pattern` is no failure"
    )
    config.addinivalue_line(
        "markers", "expected_exception(type): an exception that reaches the hooks of Python is no failure"
    )


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, app data, caches and logs go below `tmp_path`; returns that folder."""
    home = tmp_path / "home"
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("FEWSHOT_CACHE", str(home / "embeddings"))  # whatever the system calls its cache folder
    return home


@pytest.fixture(autouse=True)
def nothing_uncaught(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail on exceptions that nobody caught: in Qt slots, in threads and in destructors."""
    caught: list[BaseException] = []

    def on_exception(_kind: type[BaseException], error: BaseException, _trace: object) -> None:
        caught.append(error)

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            caught.append(args.exc_value)

    monkeypatch.setattr(sys, "excepthook", on_exception)
    monkeypatch.setattr(threading, "excepthook", on_thread_exception)
    yield
    expected = tuple(kind for mark in request.node.iter_markers("expected_exception") for kind in mark.args)
    unexpected = [error for error in caught if not isinstance(error, expected)]
    if unexpected:
        raise ExceptionGroup("exceptions that nobody caught", [_as_exception(error) for error in unexpected])


@pytest.fixture(autouse=True)
def nothing_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail on warnings and errors in our log and from Qt, unless marked `expected_log`."""
    qt_log = request.getfixturevalue("qtlog") if "PySide6" in sys.modules else None
    yield
    lines = [
        f"{record.name}: {record.getMessage()}"
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.WARNING and record.name.split(".")[0] in _OUR_LOGGERS
    ]
    if qt_log is not None:
        bad = (one for one in qt_log.records if one.type.name in _BAD_QT)
        lines += [f"Qt: {one.message}" for one in bad if one.message not in _HARMLESS]
    patterns = [mark.args[0] for mark in request.node.iter_markers("expected_log")]
    unexpected = [line for line in lines if not any(re.search(pattern, line) for pattern in patterns)]
    assert not unexpected, "unexpected log lines:\n" + "\n".join(unexpected)


@pytest.fixture(autouse=True)
def nothing_left_running(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail on Python threads, QThreads and QTimers that outlive the test."""
    threads_before = set(threading.enumerate())
    find_running = _watch_qt(monkeypatch) if "PySide6" in sys.modules else list
    yield
    deadline = time.monotonic() + _GRACE
    while True:
        left = [thread for thread in threading.enumerate() if thread not in threads_before and not thread.daemon]
        left += find_running()
        if not left or time.monotonic() > deadline:
            break
        time.sleep(0.01)
    assert not left, f"still running after the test: {left}"


@pytest.fixture(autouse=True)
def garbage_collected_here() -> Iterator[None]:
    """As in the app, cyclic garbage with Qt objects or SQLite connections is never collected in a worker thread."""
    if "PySide6" not in sys.modules:
        yield
        return
    gc.disable()
    yield
    gc.collect(1)  # the young: what the test made
    gc.enable()


def _watch_qt(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Any]]:
    """Note every QThread and QTimer that is started from Python; returns what finds those still active."""
    import shiboken6
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer

    started: list[Any] = []

    def watched(original: Callable[..., None]) -> Callable[..., None]:
        def start(self: Any, *args: Any) -> None:
            started.append(self)
            original(self, *args)

        return start

    # Plain functions: a Mock in place of a Qt method crashes PySide6 >= 6.10.
    monkeypatch.setattr(QThread, "start", watched(QThread.start))
    monkeypatch.setattr(QTimer, "start", watched(QTimer.start))

    def find_running() -> list[Any]:
        if QCoreApplication.instance() is not None:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        alive = [one for one in started if shiboken6.isValid(one)]
        return [one for one in alive if (one.isRunning() if isinstance(one, QThread) else one.isActive())]

    return find_running


def _as_exception(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(repr(error))


@pytest.fixture
def example_images() -> dict[str, list[Path]]:
    """The example project's pictures by class name."""
    folders = sorted(folder for folder in (EXAMPLE / "examples").iterdir() if folder.is_dir())
    return {folder.name: sorted(folder.glob("*.jpg")) for folder in folders}


@pytest.fixture
def make_images(tmp_path: Path) -> Callable[..., list[Path]]:
    """Return a function that writes `count` small, different PNG files of a colour into `tmp_path / folder`."""

    def make(folder: str, count: int, color: tuple[int, int, int] = (200, 60, 40)) -> list[Path]:
        from PIL import Image, ImageDraw

        target = tmp_path / folder
        target.mkdir(parents=True, exist_ok=True)
        paths = []
        for number in range(count):
            image = Image.new("RGB", (64, 48), color)
            ImageDraw.Draw(image).ellipse((number % 40, 10, number % 40 + 20, 30), fill=(number % 256, 255, 0))
            path = target / f"{number:04}.png"
            image.save(path)
            paths.append(path)
        return paths

    return make
