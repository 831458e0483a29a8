"""A user's hand: the app as a real process on an X screen, moved by a real mouse.

What happened is read from the project's SQLite file and from the screen's pixels.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.conftest import EXAMPLE
from tests.e2e.example_library import SHOTS, copy_labelled, unlabelled
from tests.e2e.screen import Rect, RunningApp, Screen, wait_for

_REVIEWED = 50

pytestmark = [
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (apt install xvfb)"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed (apt install xdotool)"),
    pytest.mark.skipif(not (EXAMPLE / "examples").is_dir(), reason="the example pictures are missing"),
]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen() as screen:
        yield screen


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with three pictures of each of two classes, in this order in the library, and fifty more behind them."""
    folder = tmp_path / "pictures"
    copy_labelled(folder)
    others = unlabelled()
    for number in range(_REVIEWED):
        with Image.open(others[number % len(others)]) as picture:
            picture.resize((160 + number, 120)).save(folder / f"view_{number:02}.png")
    return folder


@pytest.fixture
def app(screen: Screen, tmp_path: Path, library: Path) -> Iterator[RunningApp]:
    app = RunningApp(screen, tmp_path / "app", library)
    yield app
    app.kill()


class ProjectFile:
    """Reads the project that the app writes, from outside."""

    def __init__(self, app_folder: Path) -> None:
        self._folder = app_folder

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what the project file says now; nothing where it is not there yet."""
        for path in (self._folder / "data").rglob("*.fewshot"):
            connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
            try:
                return connection.execute(query).fetchall()
            finally:
                connection.close()
        return []

    def examples(self) -> dict[int, list[str]]:
        """File names of the examples, by the bin's position."""
        found: dict[int, list[str]] = {}
        query = "SELECT position, path FROM examples JOIN bins ON bin_id = id ORDER BY position, rank"
        for position, path in self.rows(query):
            found.setdefault(position, []).append(Path(path.decode()).name)
        return found


def test_drag_train_classify_and_look(screen: Screen, app: RunningApp, library: Path, tmp_path: Path) -> None:
    project = ProjectFile(tmp_path / "app")
    names = sorted(path.name for path in library.iterdir())
    shown = names[: 2 * SHOTS]
    app.where("item libraryView 5")
    for count in (1, 2):
        screen.click(app.where("widget newBinButton"))
        app.where(f"card {count - 1}")
    wait_for(lambda: len(project.rows("SELECT id FROM bins")) == 2, "two bins in the project file")

    for number in range(2 * SHOTS):
        target = number // SHOTS
        screen.drag(app.where(f"item libraryView {number}"), app.where(f"card {target}"))
        arrived = names[number]
        wait_for(lambda a=arrived, t=target: a in project.examples().get(t, []), f"{arrived} in its bin")  # type: ignore[misc]
    assert project.examples() == {0: shown[:SHOTS], 1: shown[SHOTS:]}

    color = color_of(project.rows("SELECT color FROM bins WHERE position = 0")[0][0])
    assert pixels_of(screen, app.where("widget overlayCanvas"), color) < 20
    screen.click(app.where("widget trainButton"))
    wait_for(lambda: project.rows("SELECT revision FROM training"), "the training report", 120)

    screen.click(app.where("menu Run"))
    screen.click(app.where("entry classifyLibraryAction", 60))
    predicted = "SELECT path, status, predicted FROM predictions ORDER BY row"
    wait_for(lambda: len(project.rows(predicted)) == len(names), "all predictions", 120)
    assert [Path(path.decode()).name for path, _status, _bin in project.rows(predicted)] == names
    # The examples themselves must come out as what they were trained as.
    assert [bin_ for _path, _status, bin_ in project.rows(predicted)][: 2 * SHOTS] == [0] * SHOTS + [1] * SHOTS

    screen.click(app.where("item resultsView 0"))
    wait_for(lambda: pixels_of(screen, app.where("widget overlayCanvas"), color) > 100, "the box of the region")

    screen.press("ctrl+shift+r")
    app.where("widget reviewDialog")
    screen.press("End", "Up", "Up", "Return")  # all that nobody labelled
    app.where("widget reviewView")
    labels = "SELECT source, bin_id FROM labels"
    screen.press(*["Return", "1", "2", "u", "Return"] * (_REVIEWED // 5))
    wait_for(lambda: len(project.rows(labels)) == _REVIEWED, "a label for every image")
    assert project.rows("SELECT count(*) FROM labels WHERE bin_id IS NULL")[0][0] >= _REVIEWED // 5
    screen.press("BackSpace", "2", "Escape")
    app.where("widget resultsView")
    assert len(project.rows(labels)) == _REVIEWED

    assert app.close() == 0
    assert project.rows("PRAGMA integrity_check") == [("ok",)]


def color_of(text: str) -> tuple[int, int, int]:
    """Parse "#rrggbb"."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def pixels_of(screen: Screen, rect: Rect, color: tuple[int, int, int]) -> int:
    """Count the pixels of `rect` that have exactly this colour."""
    x, y, width, height = rect
    found = screen.grab().crop((x, y, x + width, y + height)).getcolors(width * height) or []
    return sum(count for count, each in found if each == color)
