"""Settings kept between runs, typed, in one INI file: the user's choices and the place of the window."""

from __future__ import annotations

import getpass
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QColor

from fewshot_gui.covers import CoverStyle, Strength
from fewshot_gui.intents import FETCH_COUNTS, Among, FetchPlan
from fewshot_gui.translation import CHOICES
from model.images.colour import WHITE
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.greys import AS_THE_FILE_SAYS, GreyRange, Greys
from model.images.rendering import Rendering
from model.types import FetchKind

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

THEMES = ("system", "light", "dark")
DEVICES = ("auto", "cpu", "cuda", "mps")
MAX_RECENT = 8
_KEY_BREAK = " | "  # between the shortcuts of one command
FALSE_ALARMS = (0.01, 0.05, 0.1)
"""Shares of a bin's images that may be called unlike every bin; classifiers are trained for the first."""


class WindowPlace:
    """Place and layout of the window, as Qt and the window wrote them."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def geometry(self) -> QByteArray:
        """The window's place and size as Qt saved them; empty: none saved."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    @property
    def layout(self) -> QByteArray:
        """The window's splitters as it saved them itself; empty: none saved."""
        return self._bytes("window/state")

    @layout.setter
    def layout(self, value: QByteArray) -> None:
        self._store.setValue("window/state", value)

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()


class _Switch:
    """A value of `Settings` that is on or, by default, off."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __get__(self, settings: Settings, _owner: type[Settings]) -> bool:
        return settings._choice(self._key, ("off", "on")) == "on"

    def __set__(self, settings: Settings, value: bool) -> None:
        settings._store.setValue(self._key, "on" if value else "off")


class Settings:
    """Every value has a default, which also stands in for one that cannot be understood.

    A settings file that is damaged as a whole is put aside (".broken") and a new one begun.
    """

    auto_train = _Switch("training/auto")
    """Whether the classifier follows every change of the bins."""

    thorough = _Switch("training/thorough")
    """Whether training uses a backbone of two networks: slower, and right somewhat more often."""

    reopen = _Switch("files/reopen")
    """Whether the project that was open last is opened at the start."""

    next_step_hidden = _Switch("view/next_step_hidden")
    """Whether nothing is said of what to do next."""

    tour_offered = _Switch("view/tour_offered")
    """Whether the tour was offered on the start screen, in an earlier run or in this one."""

    transductive = _Switch("classifying/transductive")
    """Whether results are joined with what similar images of the same run show."""

    polling = _Switch("watching/polling")
    """Whether watched folders are compared at intervals, as network drives need."""

    closely = _Switch("classifying/closely")
    """Whether the regions of results are looked for at twice the size."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._store = QSettings(str(file), QSettings.Format.IniFormat)
        self._store.allKeys()  # reads the whole file: only then the status tells whether it can be read
        if self._store.status() == QSettings.Status.FormatError:
            _log.warning("the settings file is damaged; it was put aside and the defaults are used")
            del self._store
            file.replace(file.with_name(file.name + ".broken"))
            self._store = QSettings(str(file), QSettings.Format.IniFormat)
        self.window = WindowPlace(self._store)

    @property
    def theme(self) -> str:
        """One of `THEMES`."""
        return self._choice("view/theme", THEMES)

    @theme.setter
    def theme(self, value: str) -> None:
        self._store.setValue("view/theme", value)

    @property
    def language(self) -> str:
        """The window's language, one of `translation.CHOICES`."""
        return self._choice("view/language", CHOICES)

    @language.setter
    def language(self, value: str) -> None:
        self._store.setValue("view/language", value)

    @property
    def device(self) -> str:
        """What training runs on, one of `DEVICES`."""
        return self._choice("training/device", DEVICES)

    @device.setter
    def device(self, value: str) -> None:
        self._store.setValue("training/device", value)

    @property
    def reader(self) -> str:
        """Who labels images: the name given last, or "" before there is one."""
        value = self._store.value("review/reader")
        return value if isinstance(value, str) else ""

    @reader.setter
    def reader(self, value: str) -> None:
        self._store.setValue("review/reader", value)

    @property
    def who(self) -> str:
        """Whose name the record has: that of the reader or, before there is one, of who is logged in."""
        if self.reader:
            return self.reader
        try:
            return getpass.getuser()
        except (OSError, ImportError, KeyError):  # no name is known of who is logged in
            return "reader"

    @property
    def kept_megabytes(self) -> int:
        """What earlier classifiers of a project may take together, in 10**6 bytes."""
        return max(0, self._parsed("history/kept_megabytes", int, 50))

    @kept_megabytes.setter
    def kept_megabytes(self, value: int) -> None:
        self._store.setValue("history/kept_megabytes", str(value))

    @property
    def false_alarms(self) -> float:
        """The share of a bin's images that may be called unlike every bin, one of `FALSE_ALARMS`."""
        chosen = self._parsed("classifying/false_alarms", float, FALSE_ALARMS[0])
        return chosen if chosen in FALSE_ALARMS else FALSE_ALARMS[0]

    @false_alarms.setter
    def false_alarms(self, value: float) -> None:
        self._store.setValue("classifying/false_alarms", str(value))

    @property
    def fetch_plan(self) -> FetchPlan:
        """Which images were fetched last; the class is not kept, since it belongs to a project."""
        count = self._parsed("fetching/count", int, FETCH_COUNTS[0])
        return FetchPlan(
            self._parsed("fetching/kind", FetchKind, FetchKind.TEACH),
            count if count in FETCH_COUNTS else FETCH_COUNTS[0],
            self._parsed("fetching/among", Among, Among.LIBRARY),
            seed=max(self._parsed("fetching/seed", int, 0), 0),
            is_of_region=self._choice("fetching/region", ("off", "on")) == "on",
        )

    @fetch_plan.setter
    def fetch_plan(self, value: FetchPlan) -> None:
        self._store.setValue("fetching/kind", str(value.kind))
        self._store.setValue("fetching/count", str(value.count))
        self._store.setValue("fetching/among", str(value.among))
        self._store.setValue("fetching/seed", str(value.seed))
        self._store.setValue("fetching/region", "on" if value.is_of_region else "off")

    @property
    def export_format(self) -> str:
        """The format that was exported last, by its name; "" before there is one."""
        value = self._store.value("export/format")
        return value if isinstance(value, str) else ""

    @export_format.setter
    def export_format(self, value: str) -> None:
        self._store.setValue("export/format", value)

    @property
    def export_dropped(self) -> tuple[str, ...]:
        """The columns of tables that were not wanted last."""
        value = self._store.value("export/dropped")
        return tuple(filter(None, value.split(" "))) if isinstance(value, str) else ()

    @export_dropped.setter
    def export_dropped(self, value: Sequence[str]) -> None:
        self._store.setValue("export/dropped", " ".join(value))

    @property
    def rendering(self) -> Rendering:
        """What transparent pixels are laid over, and the range of greys."""
        ground = QColor.fromString(self._parsed("files/ground", str, "#ffffff"))
        greys = self._parsed("files/greys", _parse_greys, AS_THE_FILE_SAYS)
        return Rendering((ground.red(), ground.green(), ground.blue()) if ground.isValid() else WHITE, greys)

    @rendering.setter
    def rendering(self, value: Rendering) -> None:
        greys = value.greys
        fixed = f" {greys.low!r} {greys.high!r}" if greys.range is GreyRange.FIXED else ""
        self._store.setValue("files/ground", QColor(*value.ground).name())
        self._store.setValue("files/greys", f"{greys.range}{fixed}")

    @property
    def names_hidden(self) -> bool:
        """Whether images are shown by numbers instead of their names."""
        return self._choice("view/names", ("shown", "hidden")) == "hidden"

    @names_hidden.setter
    def names_hidden(self, value: bool) -> None:
        self._store.setValue("view/names", "hidden" if value else "shown")

    @property
    def cover(self) -> tuple[CoverStyle, Strength]:
        """What lies over pictures, and how strong a blur is."""
        style = CoverStyle(self._choice("view/cover", tuple(CoverStyle)))
        return style, Strength(self._choice("view/blur", (Strength.MEDIUM, *Strength)))

    @cover.setter
    def cover(self, value: tuple[CoverStyle, Strength]) -> None:
        self._store.setValue("view/cover", str(value[0]))
        self._store.setValue("view/blur", str(value[1]))

    @property
    def cutting(self) -> Cutting:
        """How files are cut into images."""
        rate = self._parsed("files/video_rate", float, AS_THEY_ARE.video_rate)
        side = self._parsed("files/tile_side", int, 0)
        return Cutting(rate if 0 < rate < math.inf else AS_THEY_ARE.video_rate, side if side > 0 else None)

    @cutting.setter
    def cutting(self, value: Cutting) -> None:
        self._store.setValue("files/video_rate", str(value.video_rate))
        self._store.setValue("files/tile_side", str(value.tile_side or 0))

    @property
    def hashes(self) -> Path | None:
        """The list of hashes of files that are left out, or None."""
        return self._parsed("files/hashes", Path, None)

    @hashes.setter
    def hashes(self, value: Path | None) -> None:
        self._store.setValue("files/hashes", "" if value is None else str(value))

    @property
    def cache(self) -> str:
        """Where embeddings are kept: a folder, "off", or "" for the system's cache folder."""
        value = self._store.value("cache/place")
        return value if isinstance(value, str) and "\0" not in value else ""

    @cache.setter
    def cache(self, value: str) -> None:
        self._store.setValue("cache/place", value)

    @property
    def last_folder(self) -> Path:
        """Where file dialogs begin."""
        return self._parsed("files/last_folder", Path, Path.home())

    @last_folder.setter
    def last_folder(self, value: Path) -> None:
        self._store.setValue("files/last_folder", str(value))

    @property
    def recent_projects(self) -> tuple[Path, ...]:
        """The projects opened last, the latest first."""
        value = self._store.value("files/recent")
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(Path(text) for text in texts if isinstance(text, str) and text)[:MAX_RECENT]

    def add_recent_project(self, path: Path) -> None:
        """Put `path` first in the recent projects."""
        others = [str(other) for other in self.recent_projects if other != path]
        self._store.setValue("files/recent", [str(path), *others][:MAX_RECENT])

    def remove_recent_project(self, path: Path) -> None:
        """Take `path` out of the recent projects, because it is gone."""
        self._store.setValue("files/recent", [str(other) for other in self.recent_projects if other != path])

    @property
    def shortcuts(self) -> dict[str, tuple[str, ...]]:
        """The shortcuts that the user changed: portable texts by the command's id; () for none."""
        self._store.beginGroup("shortcuts")
        found = {key: self._store.value(key) for key in self._store.childKeys()}
        self._store.endGroup()
        texts = {key: value for key, value in found.items() if isinstance(value, str)}
        return {key: tuple(filter(None, value.split(_KEY_BREAK))) for key, value in texts.items()}

    @shortcuts.setter
    def shortcuts(self, value: Mapping[str, Sequence[str]]) -> None:
        self._store.remove("shortcuts")
        for key, texts in value.items():
            self._store.setValue(f"shortcuts/{key}", _KEY_BREAK.join(texts))

    def save(self) -> None:
        """Write to the disk now; a failure is logged, settings are not worth a dialog."""
        self._store.sync()
        if self._store.status() != QSettings.Status.NoError:
            _log.warning("the settings could not be saved")

    def _choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self._store.value(key)
        return value if value in choices else choices[0]

    def _parsed(self, key: str, parse: Callable[[str], _T], default: _T) -> _T:
        value = self._store.value(key)
        try:
            return parse(value) if isinstance(value, str) and value else default
        except ValueError:
            return default


def _parse_greys(text: str) -> Greys:
    """Return what "full" or "fixed -160.0 240.0" says. Raises `ValueError`."""
    name, *numbers = text.split()
    low, high = map(float, numbers) if numbers else (0.0, 0.0)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(text)
    return Greys(GreyRange(name), low, high)
