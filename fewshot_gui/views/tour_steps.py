"""What the tour says, and of which parts of the window."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar

from fewshot_gui.actions import ActionTable, plain_text, shortcut_text
from fewshot_gui.translation import tr
from fewshot_gui.views.bins_view import BinsView
from fewshot_gui.views.inspector_view import InspectorView
from fewshot_gui.views.results_view import ResultsView
from fewshot_gui.views.tour import Step


def tour_steps(
    table: ActionTable,
    tools: QToolBar,
    menus: QMenuBar,
    bins: BinsView,
    results: ResultsView,
    inspector: InspectorView,
) -> tuple[Step, ...]:
    """Bins, training, classifying, the region that says why, review and report; with the keys as they are now."""
    entry = _entry_with(menus, table["review"])
    return (
        Step(
            tr("Bins hold examples"),
            tr(
                "One bin for each class. Drag a few images onto it, or select them and press its number. Five of each "
                "are a good start. No file is moved or changed."
            ),
            bins,
        ),
        Step(
            tr("Train"),
            tr(
                "{command} learns from the examples, in a second or so. The line above the bins then says how many of "
                "them are recognised when they are left out."
            ).format(command=_called(table["train"])),
            tools.widgetForAction(table["train"]),
        ),
        Step(
            tr("Classify"),
            tr(
                "{command} labels a whole folder: each image gets a class, and how sure that is. What looks like none "
                "of the examples is called unlike every bin."
            ).format(command=_called(table["classify"])),
            tools.widgetForAction(table["classify"]),
        ),
        Step(
            tr("See why"),
            tr(
                "Choose a result to see it here. The box is where the evidence for its class is strongest. Choose "
                "another class below the picture to see what speaks for that one. “?” explains the words."
            ),
            inspector,
        ),
        Step(
            tr("Check, and hand over"),
            tr(
                "{review} goes through what is left to check, by keyboard. {report} writes all of it into one page for "
                "colleagues. This tour is in the Help menu."
            ).format(review=_called(table["review"]), report=_called(table["report"])),
            results if entry is None else menus,
            None if entry is None else partial(menus.actionGeometry, entry),
        ),
    )


def _called(command: QAction) -> str:
    """The command's name and, where it has any, its keys."""
    keys = shortcut_text(command)
    return f"{plain_text(command)} ({keys})" if keys else plain_text(command)


def _entry_with(menus: QMenuBar, command: QAction) -> QAction | None:
    """The entry of the menu bar whose menu has `command`; None where the bar is not in the window (macOS)."""
    if menus.isNativeMenuBar():
        return None
    for entry in menus.actions():
        menu = entry.menu()
        if isinstance(menu, QMenu) and command in menu.actions():
            return entry
    return None
