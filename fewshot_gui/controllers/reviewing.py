"""The review of results: which image comes next, what the person says of it, and what is left."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from fewshot_gui.controllers.review_words import describe_end, describe_progress
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.labels import Label, LabelSource, now
from fewshot_gui.project.results import BinPrediction
from fewshot_gui.project.review import (
    AsExamples,
    Reviewed,
    ReviewPlan,
    ReviewQueue,
    chosen_images,
    copies_labelled,
    copies_to_label,
    doubt_first,
    is_right,
    readers_of,
    sizes,
)
from fewshot_gui.views.review_dialog import review_choices
from model.estimates.checking import Doubts, SampleErrors
from model.types import Status

_log = logging.getLogger(__name__)
_Order = tuple[bool, bool, float, str]
_IDLE = 10  # times as long as sorting takes the window is left alone before the next time
_PAUSE = 300  # milliseconds after results changed before the rest is sorted anew


class ReviewingController(QObject):
    """Connects the review's view to the project. A label is saved before the next image is shown."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._results, self._settings = services.document, services.results, services.settings
        self._window, self._view, self._status = services.window, services.review, services.status
        self._questions, self._stacks = services.questions, services.stacks
        self._plan: ReviewPlan | None = None  # of the review that is under way
        self._last = ReviewPlan(Reviewed.TO_CHECK, "")
        self._queue = ReviewQueue(())
        self._in_queue: set[Path] = set()
        self._checked: set[Path] = set()  # of the queue, by this reader
        self._unchecked: dict[Path, float] = {}  # confidence of every prediction that nobody checked
        self._doubts = Doubts()
        self._order: dict[Path, _Order] = {}  # of the queue's images, once they were sorted anew
        self._moved: set[Path] = set()  # images of the queue that were predicted anew since
        self._must_recount = False
        self._taken = 0.0  # seconds that it took last to sort the rest
        self._is_answering = False
        self._is_over = False  # the line that the person set was reached; going on is a second thought
        self._later = QTimer(self, singleShot=True, interval=_PAUSE)
        self._later.timeout.connect(self._on_results_settled)
        services.intents.review_requested.connect(self._on_review_requested)
        view = self._view
        view.accepted.connect(self._on_accepted)
        view.corrected.connect(self._on_corrected)
        view.example_wanted.connect(self._on_example_wanted)
        view.flagged.connect(self._on_flagged)
        view.went_back.connect(self._on_went_back)
        view.skipped.connect(self._on_skipped)
        view.left.connect(self.leave)
        document, results = self._document, self._results
        document.reset.connect(self.leave)
        document.labels_changed.connect(self._on_labels_changed)
        for signal in (document.bin_changed, document.bin_inserted, document.bin_removed, document.bins_reordered):
            signal.connect(self._on_bins_changed)
        results.changed.connect(self._on_results_changed)
        results.appended.connect(self._on_results_appended)
        for signal in (results.reset, results.training_changed):
            signal.connect(self._on_results_replaced)

    def begin(self, plan: ReviewPlan) -> bool:
        """Review the images of `plan`; False where there are none."""
        members_of = self._stacks.members if plan.with_stacks else None
        images = chosen_images(self._document, self._results, plan, members_of)
        if not images:
            self._status.show_message(self.tr("There is nothing to review."))
            return False
        self._plan = self._last = plan
        self._settings.reader = plan.reader
        self._document.who = self._settings.who
        self._queue, self._in_queue = ReviewQueue(images), set(images)
        self._checked, self._is_over = set(), False
        self._order, self._moved = {}, set()
        self._count_doubts()
        self._view.begin(plan.reader, is_blind=plan.is_blind)
        self._window.set_reviewing(True)
        self._show()
        return True

    @Slot()
    def leave(self) -> None:
        """Show the bins and results again; what was said is kept."""
        if self._plan is None:
            return
        self._plan = None
        self._later.stop()
        self._unchecked, self._in_queue, self._checked = {}, set(), set()
        self._order, self._moved = {}, set()
        self._window.set_reviewing(False)

    @Slot()
    def _on_review_requested(self) -> None:
        if self._plan is not None or self._document.read_only_reason:
            return
        start = replace(self._last, reader=self._last.reader or self._settings.who)
        bins = self._document.bins
        choices = review_choices(bins)
        counts = sizes(self._document, self._results, choices, start.reader)
        if self._stacks.counts()[0]:
            stacked = sizes(self._document, self._results, choices, start.reader, self._stacks.members)
        else:
            stacked, start = None, replace(start, with_stacks=False)
        chosen = self._questions.review(start, bins, counts, stacked, readers_of(self._document))
        if chosen is not None:
            self.begin(chosen)

    @Slot()
    def _on_accepted(self) -> None:
        if self._queue.current is None or self._is_over:
            self._go_past_the_line()
            return
        made, plan = self._made(), self._plan
        if made is None or plan is None or self._is_hidden():
            return
        self._say(_predicted(made), LabelSource.ACCEPTED, as_example=plan.as_examples is AsExamples.ALL)

    @Slot(object)
    def _on_corrected(self, bin_id: str | None) -> None:
        made, plan = self._made(), self._plan
        if made is None or plan is None:
            return
        is_correction = bin_id != _predicted(made)
        source = LabelSource.CORRECTED if is_correction else LabelSource.ACCEPTED
        wanted = {AsExamples.NEVER: False, AsExamples.CORRECTIONS: is_correction, AsExamples.ALL: True}
        self._say(bin_id, source, as_example=wanted[plan.as_examples])

    @Slot()
    def _on_example_wanted(self) -> None:
        made, plan = self._made(), self._plan
        if made is None or plan is None:
            return
        said = self._said(made.path)
        is_said = said is not None and said.is_decided
        if not is_said and self._is_hidden():
            return
        bin_id = said.bin_id if said is not None and is_said else _predicted(made)
        if bin_id is None:
            self._status.show_message(self.tr("There is no bin for it: press the key of one."))
            return
        source = LabelSource.ACCEPTED if bin_id == _predicted(made) else LabelSource.CORRECTED
        self._say(bin_id, source, as_example=True)

    @Slot(str)
    def _on_flagged(self, note: str) -> None:
        made, plan = self._made(), self._plan
        if made is None or plan is None:
            return
        said = self._said(made.path)
        if said is None:
            said = self._label(made, None, LabelSource.OPEN)
        self._give({made.path: replace(said, note=note, given_at=now())})

    @Slot()
    def _on_went_back(self) -> None:
        if self._plan is not None:
            self._is_over = False
            self._queue.go_back()
            self._show()

    @Slot()
    def _on_skipped(self) -> None:
        if self._plan is None:
            return
        if self._is_over:
            self._go_past_the_line()
        else:
            self._queue.go_on()
            self._show()

    def _go_past_the_line(self) -> None:
        if self._plan is not None and self._is_over:
            self._plan = replace(self._plan, until=None)
            self._is_over = False
            self._show()

    def _say(self, bin_id: str | None, source: LabelSource, *, as_example: bool) -> None:
        made = self._made()
        if made is None:
            return
        label = self._label(made, bin_id, source)
        labels = {copy.path: self._label_of_copy(copy, label) for copy in self._copies(made.path)}
        self._give({**labels, made.path: label}, as_examples=[made.path] if as_example else [])

    def _label(self, made: BinPrediction, bin_id: str | None, source: LabelSource) -> Label:
        reader, said = "" if self._plan is None else self._plan.reader, self._said(made.path)
        answered = None if said is None else said.answered if said.note is None else said.note
        return Label(reader, source, bin_id, None, now(), _predicted(made), made.confidence, made.revision, answered)

    def _label_of_copy(self, made: BinPrediction, label: Label) -> Label:
        """The label that a near copy gets with the image that is looked at, given at the same time."""
        is_predicted = label.bin_id == _predicted(made)
        source = LabelSource.ACCEPTED if is_predicted else LabelSource.CORRECTED
        copied = self._label(made, label.bin_id, source)
        return replace(copied, given_at=label.given_at)

    def _copies(self, path: Path) -> list[BinPrediction]:
        """The near copies of an image that are labelled with it."""
        plan = self._plan
        if plan is None or not plan.with_stacks:
            return []
        return copies_to_label(self._document, self._results, path, plan.reader, self._stacks.members)

    def _copies_labelled(self) -> int:
        plan = self._plan
        if plan is None or not plan.with_stacks:
            return 0
        return copies_labelled(self._document, self._checked, plan.reader, self._stacks.members)

    def _give(self, labels: Mapping[Path, Label], as_examples: Collection[Path] = ()) -> None:
        self._is_answering = True
        try:
            self._document.give_labels(labels, as_examples=as_examples)
        except ProjectError as error:
            self._status.show_message(str(error))
            return
        finally:
            self._is_answering = False
        self._queue.go_on()
        self._show()

    def _made(self) -> BinPrediction | None:
        """The prediction of the image that is looked at; None at the end, or where there is none any more."""
        path = None if self._is_over else self._queue.current
        if path is None:
            return None
        made = self._results.prediction(path)
        if made is None or made.status is Status.ERROR:
            self._status.show_message(self.tr("Nothing was predicted for this image: S goes on to the next."))
            return None
        return made

    def _is_hidden(self) -> bool:
        """Whether predictions are hidden, so that none can be agreed with; says so."""
        is_hidden = self._plan is not None and self._plan.is_blind
        if is_hidden:
            self._status.show_message(self.tr("The prediction is hidden: say what the image shows."))
        return is_hidden

    def _said(self, path: Path) -> Label | None:
        """What the reader says of an image."""
        reader = None if self._plan is None else self._plan.reader
        return next((label for label in self._document.labels_of(path) if label.reader == reader), None)

    def _show(self) -> None:
        """Show the image that is next, or the end."""
        plan = self._plan
        if plan is None:
            return
        left, sample = self._doubts.errors_left(), self._sample()
        self._view.show_progress(
            describe_progress(len(self._checked), len(self._queue), left, sample), len(self._checked), len(self._queue)
        )
        path = self._queue.current
        is_line_reached = plan.until is not None and bool(self._checked) and left.share <= plan.until
        self._is_over = path is not None and is_line_reached
        if path is None or self._is_over:
            self._view.show_end(
                *describe_end(
                    self._document,
                    plan,
                    (len(self._checked), self._copies_labelled()),
                    left,
                    sample,
                    is_line_reached=path is not None,
                )
            )
        else:
            self._view.show_image(path, len(self._copies(path)))

    def _sample(self) -> SampleErrors | None:
        """What the labels of a random sample say of the predictions; None for another review."""
        if self._plan is None or self._plan.reviewed is not Reviewed.SAMPLE:
            return None
        labels = [label for path in self._checked if (label := self._said(path)) is not None]
        return SampleErrors(len(labels), sum(not is_right(label) for label in labels))

    def _count_doubts(self) -> None:
        """Look at every prediction that nobody checked."""
        self._unchecked, self._must_recount = {}, False
        for made in self._results:
            if made.status is Status.OK and self._is_unchecked(made.path):
                self._unchecked[made.path] = made.confidence
        self._doubts = Doubts(tuple(self._unchecked.values()))
        self._note_checked(self._in_queue)

    def _count_again(self, path: Path, made: BinPrediction | None) -> None:
        """Take in that an image was predicted anew, or labelled."""
        known = self._unchecked.pop(path, None)
        if known is not None:
            self._doubts.add(known, -1)
        if made is not None and made.status is Status.OK and self._is_unchecked(path):
            self._unchecked[path] = made.confidence
            self._doubts.add(made.confidence)

    def _is_unchecked(self, path: Path) -> bool:
        return self._document.label(path) is None and self._document.bin_of(path) is None

    def _note_checked(self, paths: Iterable[Path]) -> None:
        for path in paths:
            if path in self._in_queue:
                said = self._said(path)
                (self._checked.add if said is not None and said.is_decided else self._checked.discard)(path)

    @Slot(object)
    def _on_labels_changed(self, paths: list[Path]) -> None:
        if self._plan is None:
            return
        self._note_checked(paths)
        for path in paths:
            self._count_again(path, self._results.prediction(path))
        if not self._is_answering:  # undone or redone: show where
            self._queue.go_to(next((path for path in paths if path in self._in_queue), None))
            self._is_over = False
            self._show()

    @Slot()
    def _on_bins_changed(self) -> None:
        if self._plan is not None:
            self._view.refresh()

    @Slot(object)
    def _on_results_changed(self, paths: list[Path]) -> None:
        if self._plan is not None:
            for path in paths:
                self._count_again(path, self._results.prediction(path))
            self._moved.update(path for path in paths if path in self._in_queue)
            self._settle_later()

    @Slot(int, int)
    def _on_results_appended(self, first: int, last: int) -> None:
        if self._plan is not None:
            for made in map(self._results.at, range(first, last + 1)):
                self._count_again(made.path, made)
            self._settle_later()

    @Slot()
    def _on_results_replaced(self) -> None:
        if self._plan is not None:
            self._must_recount, self._order = True, {}
            self._settle_later()

    def _settle_later(self) -> None:
        if not self._later.isActive():
            self._later.start(max(_PAUSE, round(_IDLE * 1000 * self._taken)))

    @Slot()
    def _on_results_settled(self) -> None:
        """The classifier was trained anew, say: the place stays, and what comes behind it is sorted again."""
        plan = self._plan
        if plan is None:
            return
        begin, is_replaced = time.monotonic(), self._must_recount
        if is_replaced:
            self._count_doubts()
        if plan.reviewed is not Reviewed.SAMPLE and (is_replaced or self._moved):
            self._sort_the_rest()
        self._show()
        self._taken = time.monotonic() - begin

    def _sort_the_rest(self) -> None:
        """Sort what comes behind; how doubtful an image is, is asked again only where it was predicted anew."""
        for path in self._moved if self._order else self._in_queue:
            self._order[path] = self._doubt_of(path)
        self._moved = set()
        self._queue.sort_the_rest(self._order.__getitem__)

    def _doubt_of(self, path: Path) -> _Order:
        made = self._results.prediction(path)
        return (True, True, 1.0, str(path)) if made is None else (False, *doubt_first(made))


def _predicted(made: BinPrediction) -> str | None:
    """What the classifier says: a bin, or None where the image is unlike every bin."""
    return made.bin_id if made.status is Status.OK else None
