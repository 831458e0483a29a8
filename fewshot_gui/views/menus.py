"""The main window's menus and tool bar, made from the action table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QSizePolicy, QToolBar, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.actions import ActionTable
from fewshot_gui.intents import Intents
from fewshot_gui.items.naming import display_name, display_path, names
from fewshot_gui.settings import FALSE_ALARMS
from fewshot_gui.translation import CHOICES, LANGUAGES, mark, tr
from fewshot_gui.views.cover_menu import CoverMenu

_SEPARATOR = ""
_RECENT = "recent"
_THEME = "theme"
_LANGUAGE = "language"
_COVER = "cover"
_LAYOUT = "layout"
_PUT_INTO = "put into"
_WINDOWS = "windows of greys"
_UNLIKE = "unlike every bin"
_MENUS = (
    (
        mark("&File"),
        (
            "new",
            "open",
            _RECENT,
            "save",
            "saveAs",
            "recover",
            _SEPARATOR,
            "addFolder",
            "reading",
            "leftAside",
            _SEPARATOR,
            "export",
            "exportFolders",
            "report",
            "exportClassifier",
            "undoMove",
            _SEPARATOR,
            "history",
            _SEPARATOR,
            "close",
            "quit",
        ),
    ),
    (
        mark("&Edit"),
        (
            "undo",
            "redo",
            _SEPARATOR,
            "selectAll",
            "selectNone",
            "selectInvert",
            "find",
            _SEPARATOR,
            "removeExamples",
            _SEPARATOR,
            "cache",
            "shortcuts",
            "settings",
        ),
    ),
    (
        mark("&Bins"),
        (
            "newBin",
            "binsFromFolder",
            "renameBin",
            "binGallery",
            _SEPARATOR,
            _PUT_INTO,
            _SEPARATOR,
            "nextBin",
            "previousBin",
        ),
    ),
    (
        mark("&Run"),
        (
            "train",
            "autoTrain",
            "thorough",
            _SEPARATOR,
            "classify",
            "classifyLibrary",
            "closely",
            "transductive",
            _UNLIKE,
            _SEPARATOR,
            "watch",
            "stopWatching",
            "polling",
            _SEPARATOR,
            "review",
            _SEPARATOR,
            "suggest",
            "fetchChoose",
            "likeImage",
            "likeRegion",
            "compareBackbones",
            _SEPARATOR,
            "cancel",
        ),
    ),
    (
        mark("&View"),
        (
            "resultsTable",
            "resultsGallery",
            "resultsAlone",
            _LAYOUT,
            "estimates",
            _SEPARATOR,
            "stacks",
            "toggleStack",
            _SEPARATOR,
            "nextPane",
            "previousPane",
            _SEPARATOR,
            "zoomIn",
            "zoomOut",
            "zoomFit",
            "zoomActual",
            "compare",
            "whoSaid",
            _SEPARATOR,
            "showAll",
            "refresh",
            _SEPARATOR,
            "nextStep",
            "hideNames",
            _COVER,
            "fullScreen",
            _THEME,
            _LANGUAGE,
        ),
    ),
    (
        mark("&Picture"),
        (
            _WINDOWS,
            "nextWindow",
            "narrowerWindow",
            "widerWindow",
            "darker",
            "brighter",
            "invertGreys",
            "resetWindow",
            "histogram",
            _SEPARATOR,
            "nextInSeries",
            "previousInSeries",
            _SEPARATOR,
            "turnRight",
            "turnLeft",
            "mirror",
            "upsideDown",
            _SEPARATOR,
            "copyPicture",
            "savePicture",
            "facts",
        ),
    ),
    (mark("&Help"), ("help", "words", "tour", "example", "jobs", "log", "about")),
)
_LAYOUTS = ("layoutLabel", "layoutReview", "layoutInspect", "layoutReset")
_TOOLS = (
    ("new", "open", "addFolder"),
    ("newBin",),
    ("train", "classify", "cancel"),
    ("undo", "redo"),
)
_WITH_TEXT = ("addFolder", "newBin", "train", "classify")
_TOOL_ICON = 20
_FOUND = (22, 34, 41)
"""Percent of images of a near kind without a bin that are found at each of `FALSE_ALARMS` (docs/method.md)."""


class MenuBar(QMenuBar):
    """File, Edit, Bins, Run, View, Picture, Help."""

    def __init__(self, actions: ActionTable, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intents, self._discard_unnamed = intents, actions["discardUnnamed"]
        self._recent = QMenu(self.tr("Open &recent"))
        self._recent.setObjectName("recentMenu")
        self.put_into = QMenu(self.tr("Put &selection into"))
        """For the actions that put the selected images into a bin."""
        self.put_into.setObjectName("putIntoMenu")
        self.windows = QMenu(self.tr("Wind&ow"), self)
        """For the windows of greys that the picture in the inspector offers."""
        self.windows.setObjectName("windowsMenu")
        self._themes: dict[str, QAction] = {}
        self._theme_menu = self._make_theme_menu()
        self._languages: dict[str, QAction] = {}
        self._false_alarms: dict[float, QAction] = {}
        self._menus = {
            _RECENT: self._recent,
            _THEME: self._theme_menu,
            _LANGUAGE: self._make_language_menu(),
            _LAYOUT: self._make_layout_menu(actions),
            _COVER: CoverMenu(actions["coverPictures"], intents, self),
            _PUT_INTO: self.put_into,
            _WINDOWS: self.windows,
            _UNLIKE: self._make_unlike_menu(),
        }
        for title, entries in _MENUS:
            menu = self.addMenu(tr(title))
            menu.setToolTipsVisible(True)
            for entry in entries:
                if entry == _SEPARATOR:
                    menu.addSeparator()
                elif entry in self._menus:
                    menu.addMenu(self._menus[entry])
                else:
                    menu.addAction(actions[entry])
        self.set_recent((), {})
        names.changed.connect(self._show_recent)

    def set_recent(self, projects: Sequence[Path], untitled: Mapping[Path, str]) -> None:
        """Offer `projects`, the latest first, then those that have no name yet, with what they are called."""
        self._projects, self._untitled = tuple(projects), dict(untitled)
        self._show_recent()

    def _show_recent(self) -> None:
        projects = self._projects
        self._recent.clear()
        for path in projects:
            action = self._recent.addAction(display_name(path).replace("&", "&&"))
            action.setToolTip(display_path(path))
            action.triggered.connect(partial(self._intents.recent_requested.emit, path))
        for path, name in self._untitled.items():
            action = self._recent.addAction(name.replace("&", "&&"))
            action.triggered.connect(partial(self._intents.recent_requested.emit, path))
        if self._untitled:
            self._recent.addSeparator()
            self._recent.addAction(self._discard_unnamed)
        self._recent.setToolTipsVisible(True)
        self._recent.setEnabled(not self._recent.isEmpty())

    def set_theme(self, theme: str) -> None:
        """Check the theme in force, one of style.THEMES."""
        self._themes[theme].setChecked(True)

    def set_language(self, choice: str) -> None:
        """Check the language that was chosen, one of `translation.CHOICES`."""
        self._languages[choice].setChecked(True)

    def set_false_alarms(self, share: float) -> None:
        """Check how readily images are called unlike every bin, one of settings.FALSE_ALARMS."""
        self._false_alarms[share].setChecked(True)

    def _make_unlike_menu(self) -> QMenu:
        menu = QMenu(self.tr("Call images &unlike every bin"), self)
        menu.setObjectName("unlikeMenu")
        menu.setToolTipsVisible(True)
        group = QActionGroup(self)
        texts = (self.tr("&Seldom: {share}"), self.tr("&More readily: {share}"), self.tr("&Often: {share}"))
        for share, text, near in zip(FALSE_ALARMS, texts, _FOUND, strict=True):
            alarms = self.tr("{share} false alarms").format(share=f"{100 * share:.0f} %")
            action = menu.addAction(text.format(share=alarms))
            action.setObjectName(f"falseAlarms{100 * share:.0f}Action")
            tip = self.tr(
                "About {share} of the images that do belong to a bin are called unlike every bin. Of images of a kind "
                "that looks much like the bins, but has none, about {near} % are found, of others nearly all"
            )
            action.setToolTip(tip.format(share=f"{100 * share:.0f} %", near=near))
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(partial(self._intents.false_alarms_chosen.emit, share))
            self._false_alarms[share] = action
        self.set_false_alarms(FALSE_ALARMS[0])
        return menu

    def _make_layout_menu(self, actions: ActionTable) -> QMenu:
        menu = QMenu(self.tr("Layo&ut"), self)
        menu.setObjectName("layoutMenu")
        menu.setToolTipsVisible(True)
        for action_id in _LAYOUTS:
            menu.addAction(actions[action_id])
        return menu

    def _make_theme_menu(self) -> QMenu:
        menu = QMenu(self.tr("&Theme"))
        group = QActionGroup(self)
        texts = (self.tr("&System"), self.tr("&Light"), self.tr("&Dark"))
        for theme, text in zip(style.THEMES, texts, strict=True):
            action = menu.addAction(text)
            action.setObjectName(f"{theme}ThemeAction")
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(partial(self._intents.theme_chosen.emit, theme))
            self._themes[theme] = action
        self.set_theme(style.THEMES[0])
        return menu

    def _make_language_menu(self) -> QMenu:
        menu = QMenu(self.tr("&Language"), self)
        group = QActionGroup(self)
        for choice in CHOICES:
            action = menu.addAction(LANGUAGES.get(choice) or self.tr("&System"))
            action.setObjectName(f"{choice}LanguageAction")
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(partial(self._intents.language_chosen.emit, choice))
            self._languages[choice] = action
        self.set_language(CHOICES[0])
        return menu


def make_tool_bar(window: QMainWindow, actions: ActionTable) -> QToolBar:
    """Add the tool bar to `window`; Train is the primary button."""
    bar = QToolBar(window.tr("Tools"), window)
    bar.setObjectName("toolBar")
    bar.setMovable(False)
    bar.setIconSize(QSize(_TOOL_ICON, _TOOL_ICON))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for position, group in enumerate(_TOOLS):
        if position == len(_TOOLS) - 1:
            spacer = QWidget()
            spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            bar.addWidget(spacer)
        elif position:
            bar.addSeparator()
        for action_id in group:
            bar.addAction(actions[action_id])
            button = bar.widgetForAction(actions[action_id])
            if isinstance(button, QToolButton):
                button.setObjectName(f"{action_id}Button")
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                if action_id in _WITH_TEXT:
                    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    bar.setStyleSheet(style.tool_bar_sheet())
    window.addToolBar(bar)
    return bar
