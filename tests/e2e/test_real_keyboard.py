"""A user's keyboard: from an empty board to a report, by real key events alone; the mouse is never touched.

What happened is read from the project's SQLite file, from the report and from where the keyboard is.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE
from tests.e2e.example_library import CLASSES, SHOTS, copy_labelled, unlabelled
from tests.e2e.screen import RunningApp, Screen, wait_for
from tests.e2e.test_real_mouse import ProjectFile

_UNLABELLED = 12
_COUNT = len(CLASSES) * SHOTS + _UNLABELLED

pytestmark = [
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (apt install xvfb)"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed (apt install xdotool)"),
    pytest.mark.skipif(not (EXAMPLE / "examples").is_dir(), reason="the example pictures are missing"),
]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen(window_manager=True) as screen:
        yield screen


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three pictures of each of two classes, first and last in the library, and unlabelled ones between them."""
    folder = tmp_path / "pictures"
    copy_labelled(folder)
    for path in unlabelled()[:_UNLABELLED]:
        shutil.copy(path, folder / path.name)
    return folder


@pytest.fixture
def app(screen: Screen, tmp_path: Path) -> Iterator[RunningApp]:
    app = RunningApp(screen, tmp_path / "app")
    yield app
    app.kill()


def test_from_an_empty_board_to_a_report_by_keys_alone(
    screen: Screen, app: RunningApp, pictures: Path, tmp_path: Path
) -> None:
    project, report = ProjectFile(tmp_path / "app"), tmp_path / "out.html"
    names = sorted(path.name for path in pictures.iterdir())

    _open_pictures(screen, app, pictures)
    _make_bins(screen, app, project)

    # Examples: the first three and the last three of the library.
    screen.press("shift+F6")
    app.where("focus libraryView")
    screen.press("Home", "shift+Right", "shift+Right", "1")
    wait_for(lambda: project.examples().get(0) == names[:SHOTS], "the first three in the first bin")
    screen.press("End", "shift+Left", "shift+Left", "2")
    wait_for(lambda: project.examples().get(1) == names[-SHOTS:], "the last three in the second bin")

    # Train by its key, classify from the menu by its letters.
    screen.press("ctrl+t")
    wait_for(lambda: project.rows("SELECT revision FROM training"), "the training report", 120)
    screen.press("alt+r")
    app.where("entry classifyLibraryAction", 60)
    screen.press("l")
    predicted = "SELECT path, predicted FROM predictions ORDER BY row"
    wait_for(lambda: len(project.rows(predicted)) == _COUNT, "all predictions", 120)
    found = {Path(path.decode()).name: bin_ for path, bin_ in project.rows(predicted)}
    assert [found[name] for name in names[:SHOTS] + names[-SHOTS:]] == [0] * SHOTS + [1] * SHOTS

    # To the results, and on from one to the next: the inspector follows.
    screen.press("F6", "F6")
    app.where("focus resultsView")
    screen.press("Home", "Down", "Down")
    app.where("widget overlayCanvas")

    # Review: all that nobody labelled; accept, correct, none of these, back and once more.
    labels = "SELECT source, bin_id FROM labels"
    screen.press("ctrl+shift+r")
    app.where("focus reviewDialog")
    screen.press("End", "Up", "Up", "Return")
    app.where("focus reviewView")
    screen.press("Return", "2", "u", "BackSpace", "1", "Escape")
    app.where("focus resultsView")
    said = project.rows(labels)
    assert len(said) == 3
    assert sum(bin_ is None for _source, bin_ in said) <= 1

    _write_report(screen, app, report)
    screen.press("ctrl+q")
    assert app.ended() == 0
    assert project.rows("PRAGMA integrity_check") == [("ok",)]


def _open_pictures(screen: Screen, app: RunningApp, pictures: Path) -> None:
    """Add the folder, whose name is typed into the dialog."""
    app.where("widget newBinButton")
    screen.press("ctrl+shift+o")
    app.where("focus QFileDialog")
    screen.type(str(pictures))
    screen.press("Return")
    app.where(f"item libraryView {SHOTS}")


def _make_bins(screen: Screen, app: RunningApp, project: ProjectFile) -> None:
    """Two bins, each named where it stands; the keyboard is in the bin then."""
    for number, name in enumerate(("Galaxies", "Clusters")):
        screen.press("ctrl+b")
        app.where(f"card {number}")
        screen.type(name)
        screen.press("Return")
        wait_for(lambda n=name: (n,) in project.rows("SELECT name FROM bins"), f"the bin {name}")  # type: ignore[misc]
    app.where("focus binsView")


def _write_report(screen: Screen, app: RunningApp, report: Path) -> None:
    """To a file that is typed into the dialog."""
    screen.press("ctrl+shift+p")
    app.where("focus QFileDialog")
    screen.press("ctrl+a")
    screen.type(str(report))
    screen.press("Return")
    page = wait_for(lambda: report.is_file() and report.read_text(encoding="utf-8"), "the report", 60)
    assert isinstance(page, str)
    assert page.rstrip().endswith("</html>")
    assert {"Galaxies", "Clusters"} <= set(re.findall(r"Galaxies|Clusters", page))
