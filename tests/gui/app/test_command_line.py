"""The desktop app's arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewshot_gui.command_line import Options, parse


def test_no_arguments() -> None:
    assert parse([]) == Options()


def test_project_and_folders_are_told_apart(tmp_path: Path) -> None:
    project = tmp_path / "a.fewshot"
    project.touch()
    assert parse([str(tmp_path), str(project)]) == Options(project=project, folders=(tmp_path,))


def test_demo(tmp_path: Path) -> None:
    assert parse(["--demo"]).demo
    assert parse(["--demo", "--headless", str(tmp_path)]).headless == tmp_path


@pytest.mark.parametrize(
    "arguments", [["--headless", "x"], ["--demo", "x"], ["gone.fewshot"], ["--what"], ["--demo", "--headless"]]
)
def test_wrong_use_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(arguments)
    assert caught.value.code == 2
