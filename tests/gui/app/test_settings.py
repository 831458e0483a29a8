"""Settings keep their types whatever is in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from fewshot_gui.settings import MAX_RECENT, Settings


def test_values_survive_a_restart(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "new" / "settings.ini")
    settings.theme, settings.device, settings.last_folder = "dark", "cpu", tmp_path
    settings.auto_train = True
    settings.window.geometry = QByteArray(b"\x00\x01")
    settings.save()
    again = Settings(tmp_path / "new" / "settings.ini")
    assert (again.theme, again.device, again.last_folder) == ("dark", "cpu", tmp_path)
    assert again.auto_train is True
    assert again.window.geometry == QByteArray(b"\x00\x01")


def test_recent_projects_are_few_each_once_and_the_latest_first(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    for number in range(2 * MAX_RECENT):
        settings.add_recent_project(tmp_path / f"{number}, with comma.fewshot")
    settings.add_recent_project(tmp_path / f"{2 * MAX_RECENT - 2}, with comma.fewshot")
    settings.save()
    recent = Settings(tmp_path / "settings.ini").recent_projects
    assert len(recent) == MAX_RECENT
    assert recent[0].name == f"{2 * MAX_RECENT - 2}, with comma.fewshot"
    assert len(set(recent)) == MAX_RECENT
    settings.remove_recent_project(recent[0])
    assert recent[0] not in settings.recent_projects


@pytest.mark.parametrize("one", [0, 1])
def test_few_recent_projects_come_back_too(tmp_path: Path, one: int) -> None:
    settings = Settings(tmp_path / "settings.ini")
    for number in range(one):
        settings.add_recent_project(tmp_path / f"{number}.fewshot")
    settings.save()
    assert len(Settings(tmp_path / "settings.ini").recent_projects) == one


def test_values_that_make_no_sense_give_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_text("[view]\ntheme=purple\n[training]\ndevice=@Variant(nonsense\n[window]\ngeometry=7\n")
    settings = Settings(file)
    assert settings.theme == "system"
    assert settings.device == "auto"
    assert settings.window.geometry == QByteArray()
    assert settings.last_folder == Path.home()
    assert settings.recent_projects == ()


@pytest.mark.expected_log("settings file is damaged")
def test_a_damaged_file_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_bytes(b"\x00\xff[[[ no ini \x00\n]]=\n= =\n\xfe")
    settings = Settings(file)
    assert settings.theme == "system"
    settings.theme = "light"
    settings.save()
    assert Settings(file).theme == "light"
