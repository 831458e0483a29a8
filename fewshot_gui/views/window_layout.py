"""How the window shares its room: presets for kinds of work, results alone, and what is remembered of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QByteArray, QObject, Qt

from fewshot_gui.actions import ActionTable
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.bins_view import BinsView
from fewshot_gui.views.estimates_view import EstimatesView
from fewshot_gui.views.inspector_view import InspectorView
from fewshot_gui.views.library_view import LibraryView
from fewshot_gui.views.results_view import ResultsView
from fewshot_gui.widgets.flexible_splitter import FlexibleSplitter
from model.types import MapStyle

COLUMNS, ROWS = (288, 680, 336), (400, 360)
"""What the splitters begin with: library, bins and results, inspector; bins, results."""


@dataclass(frozen=True)
class Preset:
    """Wanted sizes in pixels, which give way where there is less room, and what is shown."""

    action: str
    columns: tuple[int, int, int] = COLUMNS
    rows: tuple[int, int] = ROWS
    gallery: bool = False
    alone: bool = False


PRESETS = (
    Preset("layoutLabel", (600, 680, 260), (560, 200)),
    Preset("layoutReview", (288, 680, 420), ROWS, gallery=True, alone=True),
    Preset("layoutInspect", (180, 480, 1100), (260, 500)),
    Preset("layoutReset"),
)


@dataclass(frozen=True)
class Parts:
    """What has sizes and looks in the window."""

    columns: FlexibleSplitter
    rows: FlexibleSplitter
    library: LibraryView
    bins: BinsView
    results: ResultsView
    inspector: InspectorView
    estimates: EstimatesView


class WindowLayout(QObject):
    """Puts the presets into effect, and tells and restores all that can be changed of sizes and looks."""

    def __init__(
        self,
        table: ActionTable,
        parts: Parts,
        document: Document,
        results: Results,
        choose_map: Callable[[MapStyle], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._parts, self._document, self._results = parts, document, results
        self._choose_map, self._alone = choose_map, table["resultsAlone"]
        self._was_alone = False  # in the last run; done again once the project's results are there
        for preset in PRESETS:
            table[preset.action].triggered.connect(partial(self._on_preset_chosen, preset))
        self._alone.toggled.connect(self._on_alone_toggled)
        document.reset.connect(self._on_document_reset)
        results.reset.connect(self._on_results_reset)
        results.appended.connect(self._on_results_appended)

    def state(self) -> QByteArray:
        """Where the splitters and the estimates are and how results look, for `restore` in a later run."""
        parts = self._parts
        place = bytes(parts.estimates.place().toBase64().data()).decode("ascii")
        library = str(parts.library.images.side)
        look = {**parts.results.look(), "map": parts.inspector.map_choice.style_, "library": library}
        sizes = {"columns": parts.columns.wanted(), "rows": parts.rows.wanted(), "estimates": place, "results": look}
        return QByteArray(json.dumps({**sizes, "alone": self._alone.isChecked()}).encode("ascii"))

    def restore(self, state: QByteArray) -> None:
        """Put back what `state` told; a damaged or empty one is ignored."""
        parts = self._parts
        try:
            sizes = json.loads(bytes(state.data()))
            columns, rows = [int(size) for size in sizes["columns"]], [int(size) for size in sizes["rows"]]
            place = QByteArray.fromBase64(str(sizes.get("estimates", "")).encode("ascii"))
        except (ValueError, TypeError, KeyError):
            return
        parts.columns.set_wanted(columns)
        parts.rows.set_wanted(rows)
        parts.estimates.restore_place(place)
        self._was_alone = sizes.get("alone") is True
        self._on_results_reset()
        look = sizes.get("results")
        with suppress(ValueError, TypeError, KeyError):
            parts.results.restore_look(look)
            self._choose_map(MapStyle(look["map"]))
            parts.library.images.set_side(int(look["library"]))

    def _on_preset_chosen(self, preset: Preset, _checked: bool = False) -> None:
        parts = self._parts
        parts.columns.set_wanted(preset.columns)
        parts.rows.set_wanted(preset.rows)
        parts.results.show_gallery(wanted=preset.gallery)
        self._alone.setChecked(preset.alone)

    def _on_alone_toggled(self, alone: bool) -> None:
        parts = self._parts
        parts.library.setVisible(not alone)
        parts.bins.setVisible(not alone)
        if not alone:
            for splitter in (parts.columns, parts.rows):
                splitter.set_wanted(splitter.wanted())
        parts.results.entry().setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_document_reset(self) -> None:
        if not self._document.bins:  # they are what there is to do first
            self._alone.setChecked(False)

    def _on_results_reset(self) -> None:
        if self._was_alone and len(self._results):
            self._was_alone = False
            self._alone.setChecked(True)

    def _on_results_appended(self) -> None:
        self._was_alone = False
