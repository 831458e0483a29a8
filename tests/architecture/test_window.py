"""How the window's rooms use one another, beyond what import contracts can tell."""

from __future__ import annotations

import ast
import importlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTROLLERS = sorted((ROOT / "fewshot_gui" / "controllers").glob("*.py"))
_WINDOWS = {"window", "_window", "status", "_status"}


@pytest.mark.parametrize("path", CONTROLLERS, ids=lambda path: path.stem)
def test_controllers_reach_into_no_view(path: Path) -> None:
    assert list(_reached_into(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_the_scan_finds_what_it_looks_for() -> None:
    code = "self._window.library.model.paths\nwindow.results.table\nself._window.show_message('a')\nwindow.close()"
    assert sorted(_reached_into(ast.parse(code))) == ["line 1: _window.library", "line 2: window.results"]


def _reached_into(tree: ast.AST) -> Iterator[str]:
    """Yield each use of a part of the window; calls of the window's own methods are fine."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in called:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if name in _WINDOWS:
                yield f"line {node.lineno}: {name}.{node.attr}"


def _commands() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {**project["scripts"], **project["gui-scripts"]}


def test_both_commands_are_there() -> None:
    assert set(_commands()) == {"fewshot", "fewshot-gui"}


@pytest.mark.parametrize("target", _commands().values())
def test_what_a_command_runs_can_be_imported(target: str) -> None:
    module, function = target.split(":")
    assert callable(getattr(importlib.import_module(module), function))
