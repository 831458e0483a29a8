"""Names of images as the window shows them: the file's name or, where names are hidden, a number.

Names of files and folders often tell a patient's name, or the class. Where they are hidden, an
image keeps its number in every run, in reports and in exports; bins keep their names. `names` is the one
switch; every text with a name in it is made by a function of this module, and made anew on `names.changed`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakMethod

from PySide6.QtCore import QObject, Signal

from fewshot_gui.items.roles import readable
from model.images.hidden_names import hidden_name
from model.images.items import source_file
from model.messages import translated

_FILE = re.compile("“([^“”]*)”")  # as messages of the app quote files and folders
_BIN = re.compile("‘([^‘’]*)’")  # as they quote bins
_NO_FILES = frozenset(
    {
        "Save as…",
        "Open for editing",
        "name (2)",
        "另存为…",
        "打开以编辑",
        "名称 (2)",
        "训练",
        "添加文件夹",
        "分类文件夹",
    }
)  # what is quoted otherwise, in English and Chinese
_PATH = re.compile(rf"(?<![\w.]){re.escape(os.sep)}[^\s“”‘’\"':;,]+{re.escape(os.sep)}[^\s“”‘’\"':;,]*")
_ELSEWHERE = "…"
_MOST_TEXTS = 1000


@dataclass(frozen=True)
class Known:
    """What a message may name: images, other files and folders; and bins, whose names are shown.

    `state` is another one whenever any of these are.
    """

    images: Iterable[Path] = ()
    places: Iterable[Path] = ()
    bins: Iterable[str] = ()
    state: object = None


class NameSwitch(QObject):
    """Whether names are hidden. `changed` tells whoever shows a name to show it anew."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._hidden = False
        self._known: WeakMethod[Callable[[], Known]] | None = None
        self._cleaned: dict[str, str] = {}  # texts without the names in them
        self._cleaned_for: object = None

    @property
    def hidden(self) -> bool:
        """Whether names are hidden."""
        return self._hidden

    def hide(self, hidden: bool) -> None:
        """Show or hide names from now on."""
        if hidden != self._hidden:
            self._hidden = hidden
            self.changed.emit()

    def look_in(self, known: Callable[[], Known]) -> None:
        """Have `known`, a method of an object that is not kept alive by this, say what a message may name."""
        self._known = WeakMethod(known)

    def without_names(self, text: str) -> str:
        """Return `text` without names; quick for a text that was asked for lately, as the cells of a table are."""
        method = None if self._known is None else self._known()
        known = Known() if method is None else method()
        if known.state != self._cleaned_for or len(self._cleaned) > _MOST_TEXTS:
            self._cleaned, self._cleaned_for = {}, known.state
        if text not in self._cleaned:
            self._cleaned[text] = _without_names(text, known)
        return self._cleaned[text]


names = NameSwitch()
"""The one switch: there is one window."""


def hide_names(hidden: bool) -> None:
    """Show or hide names from now on."""
    names.hide(hidden)


def names_are_hidden() -> bool:
    """Whether names are hidden."""
    return names.hidden


def display_name(path: Path) -> str:
    """Return the name of an image, a project or a folder."""
    return hidden_name(path) if names.hidden else readable(path.name)


def display_path(path: Path) -> str:
    """Return its whole path."""
    return hidden_name(path) if names.hidden else readable(path)


def display_folder(path: Path) -> str:
    """Return the path of the image's folder; nothing where names are hidden."""
    return "" if names.hidden else readable(path.parent)


def display_text(text: str) -> str:
    """Return a text that came from elsewhere, such as an error's, in the window's language; perhaps without names."""
    text = readable(translated(text))
    return names.without_names(text) if names.hidden else text


def _without_names(text: str, known: Known) -> str:
    text = _without_images(text, known.images, known.places)
    bins = set(known.bins)
    text = _FILE.sub(lambda quoted: quoted.group() if quoted.group(1) in _NO_FILES else f"“{_ELSEWHERE}”", text)
    text = _BIN.sub(lambda quoted: quoted.group() if quoted.group(1) in bins else f"‘{_ELSEWHERE}’", text)
    return _PATH.sub(_ELSEWHERE, text)


def _without_images(text: str, images: Iterable[Path], places: Iterable[Path]) -> str:
    folders = {str(place) for place in places}
    found: list[Path] = []
    has_paths = os.sep in text
    for image in images:
        name = readable(image.name)
        if name in text or ("#" in name and name.rpartition("#")[0] in text):
            found.append(image)
        if has_paths:
            folders.add(os.path.dirname(image))
    for image in sorted(found, key=lambda path: -len(str(path))):  # "10.png" before "0.png"
        text = _replaced(_replaced(text, image), source_file(image), image)
    for folder in sorted(map(readable, folders), key=len, reverse=True):
        if len(folder) > 1:
            text = re.sub(re.escape(folder) + r"(/[^\n“”‘’\"':]*)?", _ELSEWHERE, text)
    return text


def _replaced(text: str, path: Path, shown_as: Path | None = None) -> str:
    number = hidden_name(shown_as or path)
    for words in (readable(path), readable(path.name)):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?![\w{re.escape(os.sep)}])", lambda _: number, text)
    return text
