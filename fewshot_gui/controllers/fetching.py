"""Fetching: a few images of the library or of the results are chosen and shown, as the user wants them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.job_words import describe_fetched, fetched_title
from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.intents import Among, FetchPlan
from fewshot_gui.items.bin_look import look_of
from fewshot_gui.jobs.messages import JobResult, SuggestRequest, SuggestResult
from fewshot_gui.views.fetch_dialog import Available
from model.backbones.names import DEFAULT_BACKBONE, TRAINED_ON_BINS
from model.types import FetchKind, Region, Wanted


class FetchingController(QObject):
    """Fetches as was chosen last, or asks; shows what came where it was looked for.

    Images that are in a bin are never fetched. What arrives after another project was opened is dropped.
    """

    def __init__(self, services: AppServices, running: RunningController, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._results, self._library = services.document, services.results, services.library
        self._settings, self._window, self._status = services.settings, services.window, services.status
        self._questions, self._running = services.questions, running
        self._plans: dict[int, FetchPlan] = {}  # of the jobs that are asked for
        self._bin_id: str | None = None  # the class that was chosen last, in this project
        services.intents.suggest_requested.connect(self.fetch)
        services.intents.fetch_choice_requested.connect(self._on_choice_requested)
        services.intents.like_requested.connect(self._on_like_requested)
        services.runner.succeeded.connect(self._on_succeeded)
        services.runner.finished.connect(self._on_finished)
        services.document.reset.connect(self._on_reset)

    @Slot()
    def fetch(self) -> None:
        """Fetch as was chosen last; asks where that cannot be had now."""
        plan = replace(self._settings.fetch_plan, bin_id=self._bin_id)
        is_trained = self._results.classifier_revision is not None
        lacks_class = plan.kind is FetchKind.TYPICAL and plan.bin_id not in self._results.classifier_bin_ids
        if lacks_class or (plan.kind.needs_classifier and not is_trained):
            self._on_choice_requested()
        else:
            self._begin(plan)

    @Slot()
    def _on_choice_requested(self) -> None:
        start = replace(self._settings.fetch_plan, bin_id=self._bin_id)
        known = [bin_ for bin_ in self._document.bins if bin_.id in self._results.classifier_bin_ids]
        plan = self._questions.fetch(
            start,
            Available(
                known,
                self._window.image_in_inspector() is not None,
                self._window.region_in_inspector() is not None,
                len(self._library) - len(self._library.numbers_in_bins()),
                len(self._pool(Among.RESULTS)),
            ),
        )
        if plan is not None:
            self._settings.fetch_plan, self._bin_id = plan, plan.bin_id or self._bin_id
            self._begin(plan)

    @Slot(bool)
    def _on_like_requested(self, is_of_region: bool) -> None:
        """As many as were chosen last, out of the same."""
        self._begin(replace(self._settings.fetch_plan, kind=FetchKind.LIKE, is_of_region=is_of_region))

    def _begin(self, plan: FetchPlan) -> None:
        like, region = self._like(plan)
        if plan.kind is FetchKind.LIKE and (like is None or (plan.is_of_region and region is None)):
            text = self.tr("Choose an image first, so that the inspector shows it.")
            if like is not None:
                text = self.tr("No region is shown: hold Shift and drag over the picture in the inspector to mark one.")
            self._status.show_message(text)
            return
        pool = self._pool(plan.among)
        if not pool:
            self._status.show_message(self._nothing_to_fetch(plan.among))
            return
        backbone = self._running.backbone()
        job_id = self._running.submit(
            self.tr("Fetching images"),
            partial(
                SuggestRequest,
                pool=pool,
                labelled=tuple(example.path for bin_ in self._document.bins for example in bin_.examples),
                backbone=DEFAULT_BACKBONE if backbone in TRAINED_ON_BINS else backbone,
                device=self._settings.device,
                rendering=self._running.rendering,
                wanted=Wanted(plan.kind, plan.count, None, like, region, plan.seed),
                bin_id=plan.bin_id,
                known=tuple(self._results) if plan.kind.needs_classifier else (),
                revision=self._results.up_to_date_revision,
            ),
        )
        self._plans[job_id] = plan

    def _like(self, plan: FetchPlan) -> tuple[Path | None, Region | None]:
        if plan.kind is not FetchKind.LIKE:
            return None, None
        return self._window.image_in_inspector(), self._window.region_in_inspector() if plan.is_of_region else None

    def _pool(self, among: Among) -> tuple[Path, ...]:
        if among is Among.LIBRARY:
            return tuple(self._library.free_paths())
        rows = self._window.rows_shown()
        paths = (self._results.at(row).path for row in rows)
        return tuple(path for path in paths if self._document.bin_of(path) is None)

    def _nothing_to_fetch(self, among: Among) -> str:
        if among is Among.RESULTS:
            return self.tr("None of the results shown can be fetched: there is none, or all are in bins.")
        if self._library.is_scanning:
            return self.tr("The library is still being searched for images; all that were found so far are in bins.")
        if not len(self._library):
            return self.tr("The library holds no image. Add a folder (Ctrl+Shift+O).")
        return self.tr("Every image of the library is in a bin.")

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        plan = self._plans.get(result.job_id)
        if plan is None or not isinstance(result, SuggestResult):
            return
        name = "" if plan.bin_id is None else look_of(self._document, plan.bin_id).name
        self._window.show_fetched(result.images, plan, fetched_title(plan, name))
        self._status.show_message(describe_fetched(result, is_searching=self._library.is_scanning))

    @Slot(int)
    def _on_finished(self, job_id: int) -> None:
        self._plans.pop(job_id, None)

    @Slot()
    def _on_reset(self) -> None:
        self._plans.clear()
        self._bin_id = None
