"""What a file says of how its picture was taken."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fewshot_gui.items.naming import names, names_are_hidden
from fewshot_gui.items.roles import readable
from model.images.facts import Fact
from model.messages import translated


class FactsPanel(QLabel):
    """A table of facts; those that may tell who or where somebody is are left out where names are hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("factsPanel")
        self.setAccessibleName(self.tr("Facts of the picture"))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts: tuple[Fact, ...] = ()
        self._more: tuple[tuple[str, str], ...] = ()
        names.changed.connect(self._show)

    def set_facts(self, facts: Sequence[Fact], more: Sequence[tuple[str, str]] = ()) -> None:
        """Show what a file says, and what is known beside that: pairs of a word and a text."""
        self._facts, self._more = tuple(facts), tuple(more)
        self._show()

    def shown(self) -> list[tuple[str, str]]:
        """Return what is shown: pairs of a word and a text."""
        told = [
            (_word(one.key), readable(one.value)) for one in self._facts if not (one.personal and names_are_hidden())
        ]
        return [*self._more, *told]

    def _show(self) -> None:
        rows = "".join(
            f"<tr><td>{escape(word)}&nbsp;&nbsp;</td><td>{escape(text)}</td></tr>" for word, text in self.shown()
        )
        nothing = escape(self.tr("The file says nothing of the picture."))
        self.setText(f"<table cellspacing='0' cellpadding='1'>{rows}</table>" if rows else nothing)


def _word(key: str) -> str:
    """Return what a fact is of, as it is read."""
    word = translated(key)
    return word[:1].upper() + word[1:]
