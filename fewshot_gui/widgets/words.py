"""Explanations of the window's words: read from resources/help, and the button that asks for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QStyleOptionToolButton, QToolButton, QWidget

from model.messages import language_in_use
from model.resource_files import resource

_HEADING = re.compile(r"^## (?P<id>[a-z-]+): (?P<title>.+)$", re.MULTILINE)
_ALSO = "also:"
_PROPERTY = "words"


@dataclass(frozen=True)
class Word:
    """A word, what else people call it, and its explanation in Markdown, with links to other words (“#id”)."""

    id: str
    title: str
    also: tuple[str, ...]
    text: str

    def place_of(self, wanted: str) -> int | None:
        """Where it has a text, in any case; None: nowhere.

        0: its title begins with it; 1, 2, 3: in the title, in other names, in the explanation.
        """
        wanted, title = wanted.casefold(), self.title.casefold()
        if title.startswith(wanted):
            return 0
        texts = (title, ", ".join(self.also).casefold(), self.text.casefold())
        return next((at for at, text in enumerate(texts, start=1) if wanted in text), None)


def words() -> Mapping[str, Word]:
    """All words in the language in use, by their ids, in the order in which one meets them."""
    return _read(language_in_use())


@cache
def _read(language: str) -> Mapping[str, Word]:
    text = resource(f"help/words_{language}.md").read_text(encoding="utf-8")
    heads = list(_HEADING.finditer(text))
    found: dict[str, Word] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : None if following is None else following.start()].strip()
        first, _, rest = body.partition("\n")
        also = first.removeprefix(_ALSO) if first.startswith(_ALSO) else ""
        names = tuple(name.strip() for name in also.split(",") if name.strip())
        found[head["id"]] = Word(head["id"], head["title"], names, (rest if also else body).strip())
    return found


def explain(widget: QWidget, ids: Sequence[str]) -> None:
    """Say which words are met in `widget`, for `words_at`."""
    widget.setProperty(_PROPERTY, list(ids))


def words_at(widget: QObject | None) -> tuple[str, ...]:
    """The words of `widget`, or of the nearest parent that has some; else none."""
    while widget is not None:
        found = widget.property(_PROPERTY)
        if found:
            return tuple(found)
        widget = widget.parent()
    return ()


class WordButton(QToolButton):
    """A small “?” that offers the words of its place; emits the id of the one that is chosen."""

    chosen = Signal(str)

    def __init__(self, ids: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wordButton")
        self.setText("?")
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("What do the words mean? (Shift+F1)"))
        self.setAccessibleName(self.tr("What do the words mean?"))
        menu = QMenu(self)
        for word_id in ids:
            action = menu.addAction(words()[word_id].title.replace("&", "&&"))
            action.triggered.connect(partial(self._choose, word_id))
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        """No arrow beside so small a sign (Qt)."""
        super().initStyleOption(option)
        option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu

    def _choose(self, word_id: str, _checked: bool = False) -> None:
        self.chosen.emit(word_id)
