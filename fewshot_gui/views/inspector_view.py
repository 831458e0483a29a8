"""The inspector: one image, the attention map of a class over it, and what is known of the image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QImage, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.naming import display_folder, display_name, display_path, display_text, names
from fewshot_gui.items.thumbnail_source import PictureSource, Thumbnails
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.items.verdicts import (
    describe_example,
    describe_labels,
    describe_origin,
    describe_prediction,
    most_unlike,
)
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.texts import REMARK, confidence_text, unpacked
from fewshot_gui.views.here_tools import HereTools
from fewshot_gui.views.like_strip import LikeRow, LikeStrip
from fewshot_gui.views.map_choice import MapChoice
from fewshot_gui.views.masking_strip import MaskingStrip
from fewshot_gui.views.picture_tools import PictureTools
from fewshot_gui.widgets.difference_legend import DifferenceLegend
from fewshot_gui.widgets.elided_label import ElidedLabel
from fewshot_gui.widgets.empty_hint import EmptyHint, EmptyOr
from fewshot_gui.widgets.giving_scroll import GivingScroll
from fewshot_gui.widgets.notice import Notice
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from fewshot_gui.widgets.pane_header import PaneHeader
from fewshot_gui.widgets.score_bars import ScoreBars, ScoreRow
from fewshot_gui.widgets.slider import Slider
from model.types import Explanation, MapStyle, Region

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SETTLE = 120  # milliseconds an image must stay chosen before it is explained: arrow keys run past many
_REST = 60  # milliseconds the view must rest before finer pixels are asked for
_SAID_SHARE = 0.62  # of the height, at most, for what is said below the picture; the rest is reached by scrolling
_DEFAULT_OPACITY = 55  # percent, as in exported overlays


class InspectorView(QWidget):
    """Asks the picture source for the picture and, by `Intents.explain_requested`, for the explanation."""

    def __init__(
        self,
        document: Document,
        results: Results,
        intents: Intents,
        pictures: PictureSource,
        thumbnails: Thumbnails,
        tiles: TileSource,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorView")
        self._document, self._results, self._intents = document, results, intents
        self._pictures, self._thumbnails = pictures, thumbnails
        self._is_preview = False  # the thumbnail is shown, until the picture is read
        self._path: Path | None = None
        self._trouble = ""  # why it could not be shown or explained
        self._explanation: Explanation | None = None
        self._bin_ids: tuple[str, ...] = ()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._remark = ""  # what people should know of the picture
        self.header = PaneHeader(self.tr("Inspector"))
        self.canvas = OverlayCanvas()
        self.scores = ScoreBars()
        self.like = LikeStrip(tiles)
        self._name, self._verdict, self._status = ElidedLabel(), QLabel(), QLabel()
        self._zoom = QLabel()
        self._opacity, self._threshold = Slider(), Slider()
        self.map_choice = MapChoice(between_classes=True)
        self.legend, self.masking = DifferenceLegend(), MaskingStrip(document, intents)
        self._mark_notice = Notice(self.tr("A part is marked."), icon_name="search")
        self._is_next = False  # the image is of the same series as the one before
        self.tools = PictureTools(self.canvas, pictures)
        self.boxes = HereTools(document, intents, self.canvas)
        self._build()
        self.canvas.marked_changed.connect(self._on_marked_changed)
        self._settle.timeout.connect(self._on_settled)
        self._rest.timeout.connect(self._on_rested)
        self.canvas.zoom_changed.connect(self._on_zoom_changed)
        self._opacity.valueChanged.connect(self._on_opacity_changed)
        self._threshold.valueChanged.connect(self._on_threshold_changed)
        self.scores.class_chosen.connect(self._on_class_chosen)
        self.like.example_chosen.connect(self._on_example_chosen)
        pictures.picture_ready.connect(self._on_picture_ready)
        pictures.picture_failed.connect(self._on_picture_failed)
        pictures.detail_ready.connect(self._on_detail_ready)
        for signal in (document.reset, document.bin_changed, document.bin_removed, document.examples_changed):
            signal.connect(self._on_document_changed)
        for signal in (
            results.reset,
            results.appended,
            results.changed,
            results.stale_changed,
            results.training_changed,
        ):
            signal.connect(self._on_document_changed)
        document.labels_changed.connect(self._on_document_changed)
        document.paths_relocated.connect(self._on_paths_relocated)
        names.changed.connect(self.show_name)
        self._content.set_empty(True)

    @property
    def path(self) -> Path | None:
        """The image shown, or None."""
        return self._path

    def region(self) -> Region | None:
        """The part of the picture that is marked or, where none is, the box that is shown; else None."""
        return self.canvas.marked or self.canvas.evidence.region

    def offer_fetching(self, actions: Sequence[QAction]) -> None:
        """Put commands that fetch images like this one into the picture's menu; the last goes by the marked part."""
        self.canvas.addActions(list(actions))
        self._mark_notice.set_action(actions[-1])

    def entry(self) -> QWidget:
        """What the keyboard comes to: the classes or, where none are shown, the strength of the overlay."""
        return self.scores if self.scores.isVisible() else self._opacity

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [
            *self.tools.tab_stops(),
            *self.boxes.tab_stops(),
            self.map_choice,
            self._opacity,
            self._threshold,
            self.scores,
            self.masking.button,
        ]

    def show_image(self, path: Path) -> None:
        """Show `path`; its explanation is asked for once it has stayed a moment."""
        if path == self._path:
            return
        self._path, self._explanation, self._trouble, self._remark = path, None, "", ""
        self.canvas.clear_mark()
        self.boxes.show_image(None)  # until its picture is there
        self._show_like()
        self._show_why()
        self._content.set_empty(False)
        self.show_name()
        self._is_next = self.tools.begin(path)
        if self._is_next:
            self.canvas.evidence.clear()
        else:
            self._show_preview(path)
        self._show_facts()
        self._pictures.request(path, self.tools.greys.look)
        self._settle.start()

    def show_name(self) -> None:
        """Show the image's name, and what is said of it, as names are shown now."""
        if self._path is not None:
            self._show_facts()
            self._name.show_text(display_name(self._path))
            self._name.setToolTip(display_path(self._path))
            self.header.set_note(display_folder(self._path))

    def clear(self) -> None:
        """Show nothing."""
        self.canvas.clear_mark()
        self.boxes.show_image(None)
        self._path, self._explanation = None, None
        self._show_why()
        self.canvas.clear()
        self.tools.clear()
        self.header.set_note("")
        self._content.set_empty(True)

    def explain_again(self) -> None:
        """Ask once more for the explanation (the classifier is another now)."""
        self._explanation = None
        self._show_why()
        self.canvas.evidence.clear()
        if self._path is not None:
            self._settle.start()

    def show_explanation(self, path: Path, bin_ids: Sequence[str], explanation: Explanation) -> None:
        """Lay the attention over the picture; dropped where another image is shown by now."""
        if path != self._path:
            return
        self._explanation, self._bin_ids, self._trouble = explanation, tuple(bin_ids), ""
        self._show_facts()
        self._show_map()
        self._show_like()

    def show_explanation_failure(self, path: Path, message: str) -> None:
        """Say why there is no explanation of `path`."""
        if path == self._path:
            self._set_trouble(message)

    def set_map_style(self, map_style: MapStyle) -> None:
        """How the map is shown."""
        self.canvas.evidence.set_map_style(map_style)
        self.legend.set_map_style(map_style)

    def add_zoom_actions(self, actions: Sequence[QAction]) -> None:
        """Put the zoom and the window's commands for it beside the title."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            self.header.add_tool(button, gives_way=True)
        self.header.add_tool(self._zoom, gives_way=True)

    def _build(self) -> None:
        self._opacity.setRange(0, 100)
        self._opacity.setValue(_DEFAULT_OPACITY)
        self.map_choice.setObjectName("inspectorMap")
        self._opacity.setMinimumWidth(40)
        self._opacity.setObjectName("opacitySlider")
        self._opacity.setAccessibleName(self.tr("Strength of the attention overlay"))
        self._opacity.setToolTip(self.tr("How strongly the attention covers the picture"))
        self._threshold.setRange(0, 90)
        self._threshold.setMinimumWidth(30)
        self._threshold.setObjectName("thresholdSlider")
        self._threshold.setAccessibleName(self.tr("Threshold of the attention overlay"))
        self._threshold.setToolTip(
            self.tr("Leave out of the heat map what has less evidence than this share of the most")
        )
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1,000 %"))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._zoom.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        for label in (self._verdict, self._status):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(style.GRID)
        row.addWidget(self.map_choice)
        row.addWidget(self._opacity, 2)
        row.addWidget(self._threshold, 1)
        said = QWidget()
        facts = QVBoxLayout(said)
        facts.setContentsMargins(style.GRID, style.GRID // 2, style.GRID, style.GRID)
        facts.setSpacing(6)
        facts.addWidget(self.tools)
        facts.addWidget(self.boxes)
        facts.addLayout(row)
        for widget in (self.legend, self._name, self._verdict, self._status, self.scores, self.masking, self.like):
            facts.addWidget(widget)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._mark_notice)
        column.addWidget(GivingScroll(said, _SAID_SHARE))
        hint = EmptyHint(
            "inspect",
            self.tr("No image chosen"),
            self.tr("Choose an image to see it here and, once trained, where each class looks."),
        )
        self._content = EmptyOr(page, hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._content, 1)

    def _show_facts(self) -> None:
        """Scores and verdict: both from the prediction on record, as in the table, else from the explanation."""
        path = self._path
        if path is None:
            return
        made = self._results.prediction(path)
        lines = [describe_example(self._document, self._results, path)]
        lines.append(describe_prediction(self._document, self._results, path))
        lines.append(describe_labels(self._document, path))
        if self._shows_unlike() and made is None:
            lines.append(most_unlike())
        lines.append(describe_origin(self._results, path))
        text = "\n".join(line for line in lines if line) or self.tr("Not classified yet.")
        is_said = made is not None and bool(made.message) and made.message in self._trouble  # by the prediction
        self._status.setText(display_text(self._trouble))
        self._status.setVisible(bool(self._trouble) and not is_said)
        remark = display_text(self._remark)
        self._verdict.setText(f"{text}\n{self.tr('Note:')} {remark}" if remark else text)
        bin_ids, scores = self._known_scores(path)
        rows = []
        for bin_id, score in zip(bin_ids, scores, strict=True):
            look = look_of(self._document, bin_id)
            text = confidence_text(score) if len(bin_ids) > 1 else ""
            rows.append(ScoreRow(bin_id, look.name, look.color, score, text))
        self.scores.set_rows(rows, self.scores.chosen_bin() if self._explanation is None else None)
        self.scores.setVisible(len(rows) > 1)  # the probability of a single class says nothing

    def _shows_unlike(self) -> bool:
        """Whether the explanation shows what is most unlike a single bin."""
        return self._explanation is not None and self._explanation.is_of_unlikeness

    def _known_scores(self, path: Path) -> tuple[Sequence[str], Sequence[float]]:
        """The bins and their scores: those of the record, so that one image has one number wherever it stands.

        (The explanation sees the image alone, and may be by a newer classifier.)
        """
        prediction = self._results.prediction(path)
        if prediction is not None and prediction.scores:
            return prediction.bin_ids, prediction.scores
        if self._explanation is not None:
            return self._bin_ids, self._explanation.scores
        return (), ()

    def _show_map(self) -> None:
        """Lay the map of the chosen class over the picture."""
        chosen, explanation = self.scores.chosen_bin(), self._explanation
        if explanation is None or chosen not in self._bin_ids:
            return
        self.canvas.set_original_size(QSize(*explanation.image_size))
        at = self._bin_ids.index(chosen)
        color = QColor(look_of(self._document, chosen).color)
        difference = self._show_why()
        shown = explanation.evidence_maps[at], explanation.regions[at], color, difference
        self.canvas.evidence.show(*shown, is_of_unlikeness=explanation.is_of_unlikeness)

    def _show_why(self) -> npt.NDArray[np.float32] | None:
        """Offer the masking test for the chosen class; name the classes of the difference, and return it."""
        chosen, explanation, path = self.scores.chosen_bin(), self._explanation, self._path
        if explanation is None or path is None or chosen not in self._bin_ids:
            self.legend.set_classes("", "")
            self.masking.clear()
            return None
        at = self._bin_ids.index(chosen)
        self.masking.show_class(path, self._bin_ids, explanation, at)
        if len(self._bin_ids) < 2:
            return None
        first, runner_up = explanation.ranked[:2]
        second = at if at != first else runner_up
        self.legend.set_classes(*(look_of(self._document, self._bin_ids[c]).name for c in (first, second)))
        return explanation.between(first, second)

    def _show_like(self) -> None:
        """Show the examples whose regions are like the image's, for the first two classes."""
        rows = []
        for said in self._explanation.by_example if self._explanation is not None else ():
            look = look_of(self._document, self._bin_ids[said.class_index])
            rows.append(LikeRow(look.name, look.color, said.like, is_nearest=self._shows_unlike()))
        self.like.set_rows(rows)

    def _on_example_chosen(self, path: Path) -> None:
        self._intents.examples_chosen.emit([path])

    def _show_preview(self, path: Path) -> None:
        """Show the thumbnail, if there is one, until the picture is read."""
        thumbnail = self._thumbnails.image(path)
        self._is_preview = True
        self.canvas.clear(self.tr("Reading …"))
        if thumbnail is not None:
            self.canvas.set_image(thumbnail)

    def _set_trouble(self, message: str) -> None:
        palette = self._status.palette()
        palette.setColor(QPalette.ColorRole.WindowText, style.failure(self.palette()))
        self._status.setPalette(palette)
        self._trouble = message
        self._show_facts()

    def _on_settled(self) -> None:
        if self._path is not None:
            self._intents.explain_requested.emit(self._path)

    def _on_rested(self) -> None:
        wanted = self.canvas.wanted_detail()
        if wanted is not None and self._path is not None and not self._is_preview:
            self._pictures.request_detail(self._path, *wanted)

    def _on_detail_ready(self, path: Path, image: QImage, rect: QRectF) -> None:
        if path == self._path:
            self.canvas.set_detail(image, rect)

    def _on_picture_ready(self, path: Path, image: QImage, size: QSize) -> None:
        if path == self._path:
            self._is_preview = False
            if self._is_next:
                self.canvas.go_on_with(image, size)
            else:
                self.canvas.set_image(image, size)
            self.boxes.show_image(path)
            self._remark = unpacked(image.text(REMARK))
            self._show_facts()
            self._show_map()
            self.tools.ask(size)

    def _on_picture_failed(self, path: Path, message: str) -> None:
        if path == self._path:
            self.canvas.clear(self.tr("This image cannot be shown."))
            self.boxes.hide()
            self._set_trouble(message)

    def _on_class_chosen(self) -> None:
        self._show_map()

    def _on_opacity_changed(self, percent: int) -> None:
        self.canvas.evidence.set_opacity(percent / 100)

    def _on_marked_changed(self) -> None:
        self._mark_notice.setVisible(self.canvas.marked is not None)

    def _on_threshold_changed(self, percent: int) -> None:
        self.canvas.evidence.set_threshold(percent / 100)

    def _on_zoom_changed(self, scale: float) -> None:
        self._zoom.setText("" if self._is_preview else f"{100 * scale:,.0f} %")
        self._rest.start()

    def _on_paths_relocated(self, moved: Mapping[Path, Path]) -> None:
        if self._path is not None and self._path in moved:
            self.show_image(moved[self._path])

    def _on_document_changed(self) -> None:
        self._show_facts()
