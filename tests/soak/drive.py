"""Random user actions in the real window, for as long as wanted.

    python -m tests.soak.drive FOLDER [--seconds 3600] [--seed N] [--steps N]

FOLDER must be empty. Ends with status 0 when nothing went wrong; otherwise prints what did, the
last steps and the seed, with which the same steps are done again.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import random
import sys
import time
import traceback
from collections import Counter, deque
from pathlib import Path

from tests.soak.measures import Sample, grown, take_sample

_STEPS_OF_A_PROJECT = 60  # then a new one is begun, and the process measured
_SHOWN = 25  # of the last steps
_FROZEN = 300.0  # seconds after which a step that does not return is shown where it hangs
_EXPECTED = (
    "a file job failed",  # what was dropped cannot be read
    "This plugin does not support",  # Qt's offscreen platform
)


class Complaints(logging.Handler):
    """Keeps warnings and errors of the app, the model and Qt."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, unless it is expected."""
        text = self.format(record)
        if not any(expected in text for expected in _EXPECTED):
            self.found.append(text)


def run(folder: Path, seconds: float, seed: int, most_steps: int) -> list[str]:
    """Play for `seconds`; returns what went wrong."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("FEWSHOT_CACHE", str(folder / "cache"))
    from fewshot_gui.app import App, make_qt_app
    from fewshot_gui.logging_setup import ErrorReporter, start_logging
    from fewshot_gui.paths import AppPaths
    from tests.soak.user import SoakError, User

    qt_app = make_qt_app()
    paths = AppPaths.below(folder / "app")
    start_logging(paths.logs)
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    reporter = ErrorReporter()
    reporter.install()
    app = App(paths)
    user = User(app, folder)
    app.start()
    player = Player(user, seed)
    wrong: list[str] = []
    try:
        user.wait_until_idle()
        end = time.monotonic() + seconds
        while time.monotonic() < end and player.step < most_steps and not complaints.found:
            player.play_one_project(end, complaints)
        wrong += grown(player.samples)
    except SoakError as error:
        wrong.append(str(error))
    except Exception:  # noqa: BLE001 - whatever it is, it is a finding
        wrong.append(traceback.format_exc())
    faulthandler.cancel_dump_traceback_later()
    user.close_dialogs()
    app.window.close()
    stuck = app.shutdown()
    wrong += complaints.found + [f"a thread does not end: {name}" for name in stuck]
    reporter.uninstall()
    for sample in player.samples[:: max(len(player.samples) // 20, 1)]:
        say(str(sample))
    say(f"{player.step} steps with seed {seed}: " + ", ".join(f"{name} {n}" for name, n in player.counts.most_common()))
    say(f"Longest step: {player.longest[1]}, {player.longest[0]:.2f} s")
    if wrong:
        say("\nThe last steps:\n" + "\n".join(player.last))
    qt_app.quit()
    return wrong


class Player:
    """Chooses the steps and holds what they showed."""

    def __init__(self, user: object, seed: int) -> None:
        from tests.soak.actions import ACTIONS
        from tests.soak.user import User

        assert isinstance(user, User)
        self._user, self._seed, self._actions = user, seed, ACTIONS
        self.step = 0
        self.samples: list[Sample] = []
        self.counts: Counter[str] = Counter()
        self.last: deque[str] = deque(maxlen=_SHOWN)
        self.longest = (0.0, "none")

    def play_one_project(self, end: float, complaints: Complaints) -> None:
        """Do some steps, then undo all, begin a new project and measure."""
        for _ in range(_STEPS_OF_A_PROJECT):
            self.play_step()
            if complaints.found or time.monotonic() > end:
                break
        self._user.wait_until_idle()
        self.undo_all()
        self._user.do("new")
        self._user.wait_until_idle()
        self._user.process(0.3)
        self.samples.append(take_sample(self.step, self._user.window))

    def play_step(self) -> None:
        """Do one thing."""
        user = self._user
        user.random = random.Random(f"{self._seed} {self.step}")
        name = user.random.choices(list(self._actions), [weight for weight, _ in self._actions.values()])[0]
        self.last.append(f"{self.step}: {name}")
        self.counts[name] += 1
        faulthandler.dump_traceback_later(_FROZEN, exit=True)
        started = time.monotonic()
        self._actions[name][1](user)
        user.process(0.01)
        self.longest = max(self.longest, (time.monotonic() - started, f"{self.step}: {name}"))
        user.wait_for_files()  # else what the next step finds would be up to the disk
        for closed in user.close_dialogs():
            self.last.append(f"   closed {closed}")
        self.step += 1

    def undo_all(self) -> None:
        """Undo everything and do it again: the project must be as it was opened, and then as it was left."""
        from tests.soak.user import SoakError, board_of

        user, stack = self._user, self._user.document.undo_stack
        left, edits = board_of(user.document), stack.index()
        stack.setIndex(0)
        undone = board_of(user.document)
        stack.setIndex(edits)
        if undone != user.start:
            raise SoakError(f"undoing everything led to {undone}\nand not to the start, {user.start}")
        if board_of(user.document) != left:
            raise SoakError(f"redoing everything led to {board_of(user.document)}\nand not to {left}")
        user.process()


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--steps", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    faulthandler.enable()
    say(f"Seed {options.seed}")
    wrong = run(options.folder, options.seconds, options.seed, options.steps)
    for one in wrong:
        say(f"WRONG: {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
