"""Folders of the app's own files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import platformdirs

APP_NAME = "Fewshot"
LOG_NAME = "fewshot.log"


@dataclass(frozen=True)
class AppPaths:
    """The folders of settings, of unnamed projects, of caches and of logs; made when first used."""

    config: Path
    data: Path
    cache: Path
    logs: Path

    @classmethod
    def of_user(cls) -> Self:
        """Return the folders that the system keeps for this user."""
        return cls(
            platformdirs.user_config_path(APP_NAME, appauthor=False),
            platformdirs.user_data_path(APP_NAME, appauthor=False),
            platformdirs.user_cache_path(APP_NAME, appauthor=False),
            platformdirs.user_log_path(APP_NAME, appauthor=False),
        )

    @classmethod
    def below(cls, folder: Path) -> Self:
        """Return folders below one folder, for runs that must leave the user's own alone."""
        return cls(folder / "config", folder / "data", folder / "cache", folder / "logs")

    @property
    def settings_file(self) -> Path:
        """The file of `fewshot_gui.settings`."""
        return self.config / "settings.ini"

    @property
    def untitled_projects(self) -> Path:
        """The folder of projects that have no file of the user's choice yet."""
        return self.data / "projects"
