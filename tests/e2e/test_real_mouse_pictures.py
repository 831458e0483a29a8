"""A reader's hand on pictures of greys: window and level by a right drag, and two pictures side by side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.e2e.screen import Rect, RunningApp, Screen, wait_for

pytestmark = [
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (apt install xvfb)"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed (apt install xdotool)"),
]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen() as screen:
        yield screen


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two ramps of 16 bits, one from black to white, the other from white to black."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    ramp = np.tile(np.linspace(0, 60_000, 240).astype(np.uint16), (160, 1))
    for name, values in (("a", ramp), ("b", np.ascontiguousarray(ramp[:, ::-1]))):
        Image.fromarray(values).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def app(screen: Screen, tmp_path: Path, library: Path) -> Iterator[RunningApp]:
    app = RunningApp(screen, tmp_path / "app", library)
    yield app
    app.kill()


def _row(screen: Screen, rect: Rect) -> np.ndarray:
    """Greys across the middle of a rectangle, without its edges: (width,)."""
    x, y, width, height = rect
    return np.asarray(screen.grab().convert("L"))[y + height // 2, x + 20 : x + width - 20].astype(int)


def _middle_greys(screen: Screen, rect: Rect) -> int:
    """How many pixels across the middle are neither nearly black nor nearly white."""
    row = _row(screen, rect)
    return int(((row > 40) & (row < 215)).sum())


def test_a_right_drag_changes_the_window_and_reset_brings_it_back(screen: Screen, app: RunningApp) -> None:
    screen.click(app.where("item libraryView 0"))
    canvas = app.where("widget overlayCanvas")
    app.where("widget windowHistogram")
    whole = wait_for(lambda: _middle_greys(screen, canvas) > 120 and _middle_greys(screen, canvas), "the ramp")
    screen.right_drag(canvas, -120, 0)
    narrow = wait_for(lambda: _middle_greys(screen, canvas) < 0.8 * whole, "a narrower window")
    assert narrow
    screen.press("ctrl+alt+0")
    wait_for(lambda: abs(_middle_greys(screen, canvas) - whole) < 0.05 * whole, "the window as it is classified")


def test_two_pictures_side_by_side(screen: Screen, app: RunningApp) -> None:
    screen.click(app.where("item libraryView 0"))
    screen.click_too(app.where("item libraryView 1"))
    screen.press("ctrl+alt+c")
    x, y, width, height = app.where("widget compareView")
    left, right = (x, y, width // 2, height), (x + width // 2, y, width // 2, height)

    def are_both_there() -> bool:
        one, other = _row(screen, left), _row(screen, right)
        third = len(one) // 3
        return bool(one[:third].mean() < one[-third:].mean() and other[:third].mean() > other[-third:].mean())

    wait_for(are_both_there, "one ramp beside the other")
    screen.press("Escape")
    app.where("widget libraryView")
