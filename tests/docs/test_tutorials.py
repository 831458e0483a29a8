"""The tutorials are true: their commands give what they print, their menus and keys are those of the window.

Blocks marked `console` are run in their order, in a folder of their own; what they print must be as it stands there
(`...` stands for anything). A project that a command reads is made before as the tutorial says: in the real window.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.paths import AppPaths
from fewshot_gui.views.menus import MenuBar
from model.cli.command import main
from model.images.decoder_process import pool
from tests.conftest import EXAMPLE

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
TAUGHT = [*TUTORIALS, *sorted((ROOT / "docs" / "explained").glob("*.md")), ROOT / "docs" / "index.md"]
FOLDERS = {"sky.fewshot": ("sky/bins", "sky/photos"), "ward.fewshot": ("ct/bins", "ct/ward")}
"""What the tutorials have in the bins and in the results of a project."""

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_MENUS = r"File|Edit|Bins|Run|View|Picture|Help"
_NAMED = re.compile(rf"\*((?:{_MENUS}), [^*]+)\*(?:\s\(([A-Z][\w+]*)\))?")
_ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_LONG = 120_000  # milliseconds


def commands(page: Path) -> list[tuple[str, str]]:
    """Each command of the page with what it prints."""
    lines = [line for block in _BLOCK.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()]
    found: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return found


@pytest.fixture
def make_project(qapp: object, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes a project of the tutorials in the window."""

    def make(name: str) -> None:
        app = App(AppPaths.below(tmp_path / "app"))
        qtbot.addWidget(app.window)
        with qtbot.waitSignal(app.started):
            app.start()
        bins, folder = (Path(part).resolve() for part in FOLDERS[name])
        table, document = app.window.command_table, app.session.document

        def run(command: str) -> None:
            qtbot.waitUntil(table[command].isEnabled)
            with qtbot.waitSignal(app.running.job_ended, timeout=_LONG):
                table[command].trigger()

        monkeypatch.setattr(app.questions, "folder", lambda *_: bins)
        table["binsFromFolder"].trigger()
        qtbot.waitUntil(lambda: len(document.bins) == len([one for one in bins.iterdir() if one.is_dir()]))
        run("train")
        monkeypatch.setattr(app.questions, "folder", lambda *_: folder)
        run("classify")
        assert len(app.session.results) == len([one for one in folder.rglob("*") if one.is_file()])
        monkeypatch.setattr(app.questions, "project_to_save", lambda _start: Path(name).resolve())
        table["saveAs"].trigger()
        qtbot.waitUntil(lambda: Path(name).exists())
        app.window.close()
        assert app.shutdown() == []

    return make


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="the example pictures are missing")
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_every_command_does_what_the_tutorial_says(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    make_project: Callable[[str], None],
) -> None:
    pool.close()  # it would look for files in the folder of the test before
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    found = commands(page)
    assert len(found) > 3
    for command, expected in found:
        words = shlex.split(command)
        for name in words:
            if name in FOLDERS and not Path(name).exists():
                make_project(name)
                capsys.readouterr()
        if words[0] == "fewshot":
            status = main(words[1:])
            printed, said = capsys.readouterr()
        else:
            assert words[0] == "python"
            words[1] = str(ROOT / words[1]) if words[1].startswith("docs/") else words[1]
            done = subprocess.run([sys.executable, *words[1:]], env=os.environ | {"PYTHONPATH": str(ROOT)},
                                  capture_output=True, text=True, check=False)  # fmt: skip
            status, printed, said = done.returncode, done.stdout, done.stderr
        assert status == 0, f"{command}\n{said}"
        if not doctest.OutputChecker().check_output(expected, printed, _ALIKE):
            pytest.fail(f"{page.name}: {command}\nprints\n{printed}\nand not\n{expected}")


@pytest.fixture
def menus(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Every command in the menus, "File, Add folder", with its keys."""
    app = App(AppPaths.below(tmp_path / "app"))
    qtbot.addWidget(app.window)
    with qtbot.waitSignal(app.started):
        app.start()
    bar = app.window.menuBar()
    assert isinstance(bar, MenuBar)
    found: dict[str, str] = {}
    for top in bar.actions():
        menu = top.menu()
        for action in menu.actions():  # type: ignore[union-attr]
            name = f"{_plain(top.text())}, {_plain(action.text())}"
            inside = action.menu().actions() if action.menu() else []  # type: ignore[union-attr]
            found[name] = ", ".join(key.toString() for one in (action, *inside) for key in one.shortcuts())
    yield found
    assert app.shutdown() == []


def _plain(text: str) -> str:
    return text.replace("&", "").removesuffix("…")


def test_menus_and_keys_are_those_of_the_window(menus: dict[str, str]) -> None:
    wrong, seen = [], 0
    for page in TAUGHT:
        for name, key in _NAMED.findall(" ".join(page.read_text(encoding="utf-8").split())):
            seen += 1
            if name not in menus or (key and key not in menus[name].split(", ")):
                wrong.append(f"{page.name}: {name} {key}; {menus.get(name, 'no such command')}")
    assert wrong == []
    assert seen > 30
