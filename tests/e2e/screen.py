"""A virtual X screen with a real mouse, and the app running on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from PIL import Image, ImageGrab

_T = TypeVar("_T")
_ROOT = Path(__file__).resolve().parents[2]
_SIZE = "1280x800x24"
_PAUSE = 0.4  # seconds after a drop: no hand presses again while the programs still hand over the files
_PATIENCE = 5.0  # seconds a busy app may take to show that it would take the drop
_ATTEMPTS = 3  # a press that comes while the app is busy may start no drag; a user tries again
_STEPS = 8  # of a drag: too few and no drag begins

Rect = tuple[int, int, int, int]  # x, y, width, height


def wait_for(answer: Callable[[], _T | None], what: str, seconds: float = 30.0) -> _T:
    """Ask until there is an answer; fail the test after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = answer()
        if found is not None and found is not False:
            return found
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


class Screen:
    """An Xvfb server and xdotool's hand on it; with `window_manager`, openbox as well, where it is installed."""

    def __init__(self, *, window_manager: bool = False) -> None:
        self._wants_manager = window_manager
        self._manager: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Screen:
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", _SIZE, "-nolisten", "tcp"],
            pass_fds=(write_end,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        self.display = f":{number}"
        if self._wants_manager and shutil.which("openbox") is not None:
            environment = {**os.environ, "DISPLAY": self.display}
            self._manager = subprocess.Popen(["openbox", "--sm-disable"], env=environment, stderr=subprocess.DEVNULL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._manager is not None:
            self._manager.terminate()
            self._manager.wait(10)
        self._server.terminate()
        self._server.wait(10)

    def grab(self) -> Image.Image:
        """Return what the screen shows."""
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    def click(self, rect: Rect) -> None:
        """Press and release the left button on the middle of `rect`."""
        x, y = _center(rect)
        self._do("mousemove", str(x), str(y), "click", "1")

    def right_drag(self, rect: Rect, across: int, down: int) -> None:
        """Press the right button on the middle of `rect`, move, and release it."""
        x, y = _center(rect)
        self._do("mousemove", str(x), str(y))
        time.sleep(0.1)
        self._do("mousedown", "3")
        for step in range(1, _STEPS + 1):
            self._do("mousemove", str(x + across * step // _STEPS), str(y + down * step // _STEPS))
            time.sleep(0.05)
        self._do("mouseup", "3")

    def click_too(self, rect: Rect) -> None:
        """Click with Ctrl held: what is clicked is selected, too."""
        self._do("keydown", "ctrl")
        self.click(rect)
        self._do("keyup", "ctrl")

    def press(self, *keys: str) -> None:
        """Press keys, by their names for X, one after the other."""
        self._do("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type a text, character by character."""
        self._do("type", "--delay", "30", text)

    def drag(self, source: Rect, target: Rect) -> None:
        """Press on the middle of `source`, move in steps, release on the middle of `target` once it lights up."""
        for _ in range(_ATTEMPTS):
            before = self._look_at_edge(target)
            (x0, y0), (x1, y1) = _center(source), _center(target)
            self._do("mousemove", str(x0), str(y0))
            time.sleep(0.1)
            self._do("mousedown", "1")
            for step in range(1, _STEPS + 1):
                x, y = x0 + (x1 - x0) * step // _STEPS, y0 + (y1 - y0) * step // _STEPS
                self._do("mousemove", str(x), str(y))
                time.sleep(0.05)
            end = time.monotonic() + _PATIENCE
            while not (lit := self._look_at_edge(target) != before) and time.monotonic() < end:
                time.sleep(0.05)
            self._do("mouseup", "1")
            time.sleep(_PAUSE)
            if lit:
                return
        raise AssertionError("the place to drop on never lit up")

    def _look_at_edge(self, rect: Rect) -> bytes:
        """Pixels at the left edge of `rect`, where what is dragged does not cover them."""
        x, y, _width, height = rect
        return self.grab().crop((x + 4, y + height - 40, x + 20, y + height - 20)).tobytes()

    def _do(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env={**os.environ, "DISPLAY": self.display}, check=True, timeout=20)


class RunningApp:
    """The app on `screen`, as a process of its own (see drive_app.py)."""

    def __init__(self, screen: Screen, folder: Path, *folders: Path) -> None:
        environment = {**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": "1"}
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        script = Path(__file__).with_name("drive_app.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(folder), *map(str, folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "PYTHONPATH": path},
        )

    def where(self, question: str, seconds: float = 30.0) -> Rect:
        """Wait until the thing is on the screen and stands still; return its rectangle."""

        def answer() -> Rect | None:
            first = self._ask(question)
            time.sleep(0.1)
            return first if first == self._ask(question) else None

        return wait_for(answer, question, seconds)

    def close(self) -> int:
        """Close the window as a user would; returns the exit status."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(30)

    def ended(self) -> int:
        """Wait until it has ended by itself; returns the exit status."""
        return self._process.wait(30)

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait(10)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _ask(self, question: str) -> Rect | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.poll() is None, "the app has ended"
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return None if answer is None else tuple(answer)


def _center(rect: Rect) -> tuple[int, int]:
    return rect[0] + rect[2] // 2, rect[1] + rect[3] // 2
