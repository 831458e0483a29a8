"""What a screen reader gets of the window, over a real accessibility bus: every control has a name, results are read,
commands can be pressed, and what happens is announced.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE
from tests.e2e.screen import Screen

_ROOT = Path(__file__).resolve().parents[2]
_SYSTEM_PYTHON = "/usr/bin/python3"


def _has_pyatspi() -> bool:
    if not Path(_SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([_SYSTEM_PYTHON, "-c", "import pyatspi"], capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (apt install xvfb)"),
    pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="there is no dbus-daemon (apt install dbus)"),
    pytest.mark.skipif(not _has_pyatspi(), reason="pyatspi is missing (apt install at-spi2-core python3-pyatspi)"),
    pytest.mark.skipif(not (EXAMPLE / "examples").is_dir(), reason="the example pictures are missing"),
    pytest.mark.timeout(240),
]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A screen and a session bus of its own."""
    with Screen() as screen:
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--print-address=1", "--nofork"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert bus.stdout is not None
        yield {
            **os.environ,
            "DISPLAY": screen.display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip(),
        }
        bus.terminate()
        bus.wait(10)
        bus.stdout.close()


def test_a_screen_reader_finds_every_control_by_its_name_and_hears_what_happens(environment: dict[str, str]) -> None:
    app = subprocess.Popen(
        [sys.executable, str(_ROOT / "main.py"), "--demo"], env=environment, cwd=_ROOT, stderr=subprocess.DEVNULL
    )
    try:
        clean = {key: value for key, value in environment.items() if not key.startswith("PYTHON")}
        reader = [_SYSTEM_PYTHON, str(Path(__file__).with_name("read_screen.py"))]
        done = subprocess.run(reader, env=clean, capture_output=True, text=True, timeout=200, check=False)
    finally:
        app.terminate()
        app.wait(20)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["nameless"] == []
    assert sum(found["roles"].values()) > 300  # the window was there
    assert "sky_03.jpg" in found["cells"]
    assert any("%" in cell for cell in found["cells"])
    assert found["pressed"]
    assert any("Trained" in text for text in found["announced"])
