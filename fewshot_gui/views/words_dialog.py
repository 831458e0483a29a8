"""The dialog that explains the window's words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.translation import tr
from fewshot_gui.widgets.words import WordButton, explain, words, words_at

BOARD_WORDS = ("bin", "example", "weight", "suspect", "left-out", "group", "estimate", "interval", "stale")
RESULTS_WORDS = ("confidence", "to-check", "unlike", "nearest", "stale", "agree", "label", "stack")
INSPECTOR_WORDS = (
    *("region", "steady", "confidence", "unlike", "nearest", "most-unlike", "masking"),
    *("weight", "left-out", "stale", "classifier", "window"),
)
LIBRARY_WORDS = ("fetch", "stack", "example")
ESTIMATES_WORDS = ("estimate", "left-out", "interval", "recall", "learning-curve", "group", "stale")
REVIEW_WORDS = ("review", "label", "to-check", "unlike", "agreement")
FETCH_WORDS = ("fetch", "unlike", "region", "stack")
SETTINGS_WORDS = ("unlike", "thorough", "closely", "agree", "window")
BACKBONES_WORDS = ("thorough", "estimate", "interval", "left-out")
HISTORY_WORDS = ("classifier", "estimate", "interval", "stale")
"""Which words are met where: ids of resources/help/words_*.md."""

_ID = int(Qt.ItemDataRole.UserRole)
_SIZE, _COLUMNS = (760, 480), (240, 520)
_STEPS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class WordsDialog(QDialog):
    """A list of words, which can be searched, and the explanation of one of them. Work goes on beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wordsDialog")
        self.setWindowTitle(self.tr("What the words mean"))
        self.filter, self.list, self.page = QLineEdit(), QListWidget(), QTextBrowser()
        self.filter.setObjectName("wordsFilter")
        self.filter.setPlaceholderText(self.tr("Search"))
        self.filter.setAccessibleName(self.tr("Search the words and their explanations"))
        self.filter.setClearButtonEnabled(True)
        self.filter.installEventFilter(self)
        self.list.setAccessibleName(self.tr("Words"))
        self.page.setAccessibleName(self.tr("Explanation"))
        self.page.setOpenLinks(False)
        self.page.document().setDocumentMargin(2 * style.GRID)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.GRID)
        column.addWidget(self.filter)
        column.addWidget(self.list, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(style.GRID)
        splitter.addWidget(left)
        splitter.addWidget(self.page)
        splitter.setSizes(list(_COLUMNS))
        splitter.setStretchFactor(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(splitter, 1)
        layout.addWidget(buttons)
        self.filter.textChanged.connect(self._show_found)
        self.list.currentItemChanged.connect(self._show_word)
        self.page.anchorClicked.connect(self._on_link_clicked)
        self.resize(*_SIZE)
        self._show_found()

    def show_word(self, word_id: str) -> None:
        """Explain a word; where there is none of this id, the one that was shown stays."""
        if word_id in words():
            self.filter.clear()
            self._choose(word_id)

    def shown(self) -> str:
        """The id of the word that is explained; "": none is."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(_ID))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down in the search go through what was found (Qt)."""
        if watched is self.filter and isinstance(event, QKeyEvent) and event.key() in _STEPS:
            if event.type() == QEvent.Type.KeyPress:
                self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _choose(self, word_id: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.data(_ID) == word_id:
                self.list.setCurrentItem(item)

    def _show_found(self) -> None:
        """List what has the text that is looked for: in the title, then in other names, then in the explanation."""
        before, wanted = self.shown(), self.filter.text().strip()
        found = [(place, word) for word in words().values() if (place := word.place_of(wanted)) is not None]
        self.list.clear()
        for _place, word in sorted(found, key=lambda one: one[0]):
            item = QListWidgetItem(word.title)
            item.setData(_ID, word.id)
            item.setToolTip(", ".join(word.also))
            self.list.addItem(item)
        if wanted:
            self.list.setCurrentRow(0)
        else:
            self._choose(before or next(iter(words())))
        if not found:
            self.page.setMarkdown(self.tr("Nothing found."))

    def _show_word(self) -> None:
        word = words().get(self.shown())
        if word is not None:
            also = self.tr("Also: {names}").format(names=", ".join(word.also))
            self.page.setMarkdown(f"### {word.title}\n\n" + (f"*{also}*\n\n" if word.also else "") + word.text)

    def _on_link_clicked(self, link: QUrl) -> None:
        self.show_word(link.fragment())


def show_word(word_id: str, near: QWidget) -> None:
    """Explain a word ("": the one shown last, or the first) in a dialog of the window that `near` is in."""
    window = near.window()
    dialog = window.findChild(WordsDialog)
    if dialog is None:
        dialog = WordsDialog(window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show_word(word_id)
    dialog.show()
    dialog.activateWindow()
    dialog.filter.setFocus(Qt.FocusReason.OtherFocusReason)


def show_words_of(widget: QWidget) -> None:
    """Explain the first word that is met where `widget` is."""
    show_word(next(iter(words_at(widget)), ""), widget)


def offer_word(menu: QMenu, word_id: str, place: QWidget) -> None:
    """Add an entry to `menu` that explains a word."""
    text = tr("What does “{word}” mean?")
    action = menu.addAction(text.format(word=words()[word_id].title.replace("&", "&&")))
    action.setObjectName("whatIsThisAction")
    action.triggered.connect(partial(_show, word_id, place))


def _show(word_id: str, place: QWidget, _checked: bool = False) -> None:
    show_word(word_id, place)


def word_button(ids: Sequence[str], place: QWidget) -> WordButton:
    """Return a “?” that explains `ids`, which are the words of `place`."""
    explain(place, ids)
    button = WordButton(ids)
    button.chosen.connect(partial(show_word, near=place))
    return button
