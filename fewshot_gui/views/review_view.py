"""The review: one large picture with its region, the classes as keys beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QImage, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.naming import display_folder, display_name, display_path, display_text, names
from fewshot_gui.items.thumbnail_source import PictureSource, Thumbnails
from fewshot_gui.items.verdicts import describe_labels, describe_prediction
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.texts import confidence_text
from fewshot_gui.views.plain_keys import is_plain, key_letter
from fewshot_gui.views.side_by_side import SideBySide
from fewshot_gui.widgets.elided_label import ElidedLabel
from fewshot_gui.widgets.empty_hint import EmptyHint, EmptyOr
from fewshot_gui.widgets.pane_header import PaneHeader
from fewshot_gui.widgets.score_bars import ScoreBars, ScoreRow
from model.types import Explanation, Status

CLASS_KEYS = "123456789acdeghijklmnopqrtvwxyz"
"""The keys of the classes, in the order of the bins: not B, F, S and U, which mean something else."""

_SETTLE = 120  # milliseconds an image is looked at before its map is computed: keys run past many
_SIDE = 280  # pixels of what is beside the picture


class ReviewView(QWidget):
    """Shows what the controller says, and tells what the person answers."""

    accepted = Signal()
    corrected = Signal(object)  # bin id, or None: none of these
    example_wanted = Signal()  # accepted, and put into the bin as well
    flagged = Signal(str)  # why
    went_back = Signal()
    skipped = Signal()
    left = Signal()

    def __init__(
        self,
        document: Document,
        results: Results,
        intents: Intents,
        pictures: PictureSource,
        thumbnails: Thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("reviewView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Review"))
        self._document, self._results, self._intents = document, results, intents
        self._pictures, self._thumbnails = pictures, thumbnails
        self._path: Path | None = None
        self._is_blind = False
        self._copies = 0
        self._reader = ""
        self._explanation: Explanation | None = None
        self._bin_ids: tuple[str, ...] = ()
        self._is_overlay_shown = True
        self._entry_for = ""  # "class" or "note"
        self.header = PaneHeader(self.tr("Review"))
        self.classes, self.entry = ScoreBars(), QLineEdit()
        self.progress = QProgressBar()
        self._name, self._facts, self._trouble = ElidedLabel(), QLabel(), QLabel()
        self._first_name, self._other_name = QLabel(), QLabel()
        self.pair = SideBySide(self._first_name, self._other_name)
        self.canvas, self.other = self.pair.canvases
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._build()
        self._connect()

    @property
    def path(self) -> Path | None:
        """The image that is looked at; None at the end."""
        return self._path

    def begin(self, reader: str, *, is_blind: bool) -> None:
        """Get ready for a review; with `is_blind` nothing is shown of predictions and of other readers' labels."""
        self._reader, self._is_blind = reader, is_blind
        self._path = None
        self.pair.show_beside(False)
        self._is_overlay_shown = True
        self.entry.hide()

    def show_image(self, path: Path, copies: int = 0) -> None:
        """Show an image; its map is asked for once it has stayed a moment. `copies` of it get the same label."""
        self._content.set_empty(False)
        self._copies = copies
        if path == self._path:
            self.refresh()
            return
        self._path, self._explanation = path, None
        self._trouble.hide()
        self._drop_entry()
        for canvas in (self.canvas, self.other):
            canvas.clear(self.tr("Reading …"))
        thumbnail = self._thumbnails.image(path)
        if thumbnail is not None:
            self.pair.set_image(thumbnail)
        self.refresh()
        self._pictures.request(path)
        if not self._is_blind:
            self._settle.start()

    def show_end(self, title: str, text: str) -> None:
        """Show that the review is done, and what came of it."""
        self._path = None
        self._drop_entry()
        self._settle.stop()
        self._content.hint.set_text(title, text)
        self._content.set_empty(True)

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Say how far it is."""
        self.header.set_note(text, text)
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def refresh(self) -> None:
        """Show anew what is known of the image."""
        path = self._path
        if path is None:
            return
        self._name.show_text(display_name(path))
        self._name.setToolTip("\n".join((display_path(path), display_folder(path))))
        lines = [] if self._is_blind else [describe_prediction(self._document, self._results, path)]
        only = self._reader if self._is_blind else None
        lines.append(describe_labels(self._document, path, only))
        if self._copies:
            text = self.tr("1 near copy gets the same label.")
            if self._copies > 1:
                text = self.tr("{count} near copies get the same label.").format(count=f"{self._copies:,}")
            lines.append(text)
        self._facts.setText("\n".join(line for line in lines if line))
        self._show_classes(path)
        self._show_region(path)

    def show_explanation(self, path: Path, bin_ids: Sequence[str], explanation: Explanation) -> None:
        """Lay the map over the picture; dropped where another image is shown by now."""
        if path == self._path and not self._is_blind:
            self._explanation, self._bin_ids = explanation, tuple(bin_ids)
            self._show_region(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer (Qt)."""
        if event.isAutoRepeat() and event.key() != Qt.Key.Key_Backspace and key_letter(event) != "s":
            return  # a key that is held answers once
        if not self._answer(event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take keys that the window has commands for while the review has the keyboard (Qt)."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_plain(event):
            event.accept()
            return True
        return super().event(event)

    def _answer(self, event: QKeyEvent) -> bool:
        """Do what a key means; False where it means nothing here."""
        if not is_plain(event):
            return False
        key, letter = Qt.Key(event.key()), key_letter(event)
        calls: dict[Qt.Key | str, Callable[[], None]] = {
            Qt.Key.Key_Return: self.accepted.emit,
            Qt.Key.Key_Enter: self.accepted.emit,
            Qt.Key.Key_Backspace: self.went_back.emit,
            Qt.Key.Key_Escape: self.left.emit,
            Qt.Key.Key_Space: self._flip_overlay,
            "u": self._none_of_these,
            "s": self.skipped.emit,
            "b": self._flip_side_by_side,
            "f": self._ask_note,
            "/": self._ask_class,
            "+": self.example_wanted.emit,
        }
        call = calls.get(key) or calls.get(letter)
        bins = self._document.bins
        if call is not None:
            call()
        elif letter and letter in CLASS_KEYS[: len(bins)]:
            self.corrected.emit(bins[CLASS_KEYS.index(letter)].id)
        else:
            return False
        return True

    def _build(self) -> None:
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(style.GRID // 2)
        self.progress.setAccessibleName(self.tr("Images that are checked"))
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        for label in (self._facts, self._trouble):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble.hide()
        self.classes.setObjectName("reviewClasses")
        self.classes.setAccessibleName(self.tr("Classes and their keys; a click says what the image shows"))
        self.classes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.classes.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.entry.setObjectName("reviewEntry")
        self.entry.hide()
        keys = self._make_keys()
        for canvas in (self.canvas, self.other):
            canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for name in (self._first_name, self._other_name):
            name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pair.show_beside(False)
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(style.GRID, style.GRID, style.GRID, style.GRID)
        column.setSpacing(style.GRID)
        for widget in (self._name, self._facts, self._trouble):
            column.addWidget(widget)
        column.addWidget(self.classes, 1)
        column.addWidget(self.entry)
        column.addWidget(keys)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.pair, 1)
        row.addWidget(side)
        self._content = EmptyOr(page, EmptyHint("results", "", ""))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.progress)
        layout.addWidget(self._content, 1)

    def _make_keys(self) -> QLabel:
        keys = QLabel(
            self.tr(
                "Enter  as predicted · keys  another class\n/  type a class · U  none of these\n"
                "Space  overlay · B  beside the runner-up\nBackspace  back · S  skip · F  second look\n"
                "+  into the bin as well · Esc  leave"
            )
        )
        keys.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        keys.setWordWrap(True)
        return keys

    def _connect(self) -> None:
        leave = self.leave = QAction(self.tr("Leave the review"), self)
        leave.setToolTip(self.tr("Leave the review (Esc); what was said is kept"))
        leave.setObjectName("leaveReviewAction")
        leave.triggered.connect(self._on_leave)
        self.header.add_button(leave)
        self._settle.timeout.connect(self._on_settled)
        self._pictures.picture_ready.connect(self._on_picture_ready)
        self._pictures.picture_failed.connect(self._on_picture_failed)
        self.classes.itemClicked.connect(self._on_class_clicked)
        self.entry.textEdited.connect(self._on_typed)
        self.entry.installEventFilter(self)
        names.changed.connect(self.refresh)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keep Enter and Escape in the line for typing: they would answer or leave the review as well (Qt)."""
        if watched is self.entry and isinstance(event, QKeyEvent):
            call = {
                Qt.Key.Key_Escape: self._end_entry,
                Qt.Key.Key_Return: self._on_entered,
                Qt.Key.Key_Enter: self._on_entered,
            }.get(Qt.Key(event.key()))
            if call is not None and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            if call is not None and event.type() == QEvent.Type.KeyPress:
                call()
            return call is not None
        return False

    def _show_classes(self, path: Path) -> None:
        """The bins in their order, with their keys, and the scores of the prediction."""
        made = None if self._is_blind else self._results.prediction(path)
        said = next((label for label in self._document.labels_of(path) if label.reader == self._reader), None)
        chosen = made.bin_id if made is not None and made.status is Status.OK else None  # what Enter would say
        if said is not None and said.is_decided:
            chosen = said.bin_id
        rows = []
        for at, bin_ in enumerate(self._document.bins):
            score = 0.0 if made is None else made.score(bin_.id)
            text = confidence_text(score) if made is not None and bin_.id in made.bin_ids else ""
            key = CLASS_KEYS[at].upper() if at < len(CLASS_KEYS) else "/"
            rows.append(ScoreRow(bin_.id, bin_.name, bin_.color, score, text, key))
        self.classes.set_rows(rows, chosen, by_score=False)

    def _show_region(self, path: Path) -> None:
        made = self._results.prediction(path)
        for canvas in (self.canvas, self.other):
            canvas.evidence.clear()
        if self._is_blind or not self._is_overlay_shown or made is None or made.bin_id is None:
            return
        explanation = self._explanation
        if explanation is None:
            self.canvas.evidence.show_region(made.region, QColor(look_of(self._document, made.bin_id).color))
            return
        ranked = sorted(self._bin_ids, key=lambda bin_id: -explanation.scores[self._bin_ids.index(bin_id)])
        first = made.bin_id if made.bin_id in self._bin_ids else ranked[0]
        others = [bin_id for bin_id in ranked if bin_id != first]
        for canvas, bin_id in ((self.canvas, first), *((self.other, other) for other in others[:1])):
            at = self._bin_ids.index(bin_id)
            color = QColor(look_of(self._document, bin_id).color)
            canvas.set_original_size(QSize(*explanation.image_size))
            shown = explanation.evidence_maps[at], explanation.regions[at], color
            canvas.evidence.show(*shown, is_of_unlikeness=explanation.is_of_unlikeness)
        for label, bin_id in zip((self._first_name, self._other_name), (first, *others[:1]), strict=False):
            label.setText(self.tr("Where ‘{name}’ looks").format(name=look_of(self._document, bin_id).name))

    def _flip_overlay(self) -> None:
        self._is_overlay_shown = not self._is_overlay_shown
        if self._path is not None:
            self._show_region(self._path)

    def _flip_side_by_side(self) -> None:
        self.pair.show_beside(not self.pair.is_beside and not self._is_blind)

    def _none_of_these(self) -> None:
        self.corrected.emit(None)

    def _ask_class(self) -> None:
        self._begin_entry("class", self.tr("Type a class, then Enter"))

    def _ask_note(self) -> None:
        self._begin_entry("note", self.tr("Why a second look? Enter"))

    def _begin_entry(self, kind: str, hint: str) -> None:
        if self._path is None:
            return
        self._entry_for = kind
        self.entry.clear()
        self.entry.setPlaceholderText(hint)
        self.entry.setAccessibleName(hint)
        self.entry.show()
        self.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _drop_entry(self) -> None:
        """What is being typed was meant for the image before."""
        if self.entry.isVisible():
            self._end_entry()

    def _end_entry(self) -> None:
        self.entry.hide()
        self.classes.show_only(None)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_entered(self) -> None:
        text, kind = self.entry.text().strip(), self._entry_for
        if kind == "note":
            self._end_entry()
            self.flagged.emit(text)
            return
        found = self._bins_called(text)
        if found:
            self._end_entry()
            self.corrected.emit(found[0])

    def _on_typed(self, text: str) -> None:
        """Show the classes that are called so; Enter takes the first."""
        if self._entry_for == "class":
            self.classes.show_only(self._bins_called(text.strip()) if text.strip() else None)

    def _bins_called(self, text: str) -> list[str]:
        """The bin of that name, else those whose name begins so, else those whose name holds it."""
        wanted, bins = text.casefold(), self._document.bins
        if not wanted:
            return []
        exact = [bin_.id for bin_ in bins if bin_.name.casefold() == wanted]
        begin = [bin_.id for bin_ in bins if bin_.name.casefold().startswith(wanted)]
        return exact or begin or [bin_.id for bin_ in bins if wanted in bin_.name.casefold()]

    def _on_leave(self) -> None:
        self.left.emit()

    def _on_settled(self) -> None:
        if self._path is not None and self.isVisible():
            self._intents.explain_requested.emit(self._path)

    def _on_picture_ready(self, path: Path, image: QImage, size: QSize) -> None:
        if path == self._path:
            self.pair.set_image(image, size)
            self._show_region(path)

    def _on_picture_failed(self, path: Path, message: str) -> None:
        if path == self._path:
            for canvas in (self.canvas, self.other):
                canvas.clear(self.tr("This image cannot be shown."))
            self._trouble.setText(display_text(message))
            self._trouble.show()

    def _on_class_clicked(self, item: QListWidgetItem) -> None:
        row = self.classes.row_of(item)
        self.corrected.emit(row.bin_id)
