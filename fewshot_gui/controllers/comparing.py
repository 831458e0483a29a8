"""The comparison of backbones: a dialog that stays open beside the window, and a job in a thread of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.jobs.messages import (
    ComparedBackbone,
    CompareRequest,
    CompareResult,
    JobFailure,
    JobProgress,
    JobResult,
)
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.views.backbones_dialog import BackbonesDialog
from model.backbones.names import DEFAULT_BACKBONE, THOROUGH_BACKBONE, installed_names, is_thorough_installed


class ComparingController(QObject):
    """One dialog at a time; closing it, or opening another project, stops the job."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._session, self._document = services, services.session, services.document
        self._settings, self._runner = services.settings, services.runner
        self._status, self._window, self._intents = services.status, services.window, services.intents
        self._dialog: BackbonesDialog | None = None
        self._job: int | None = None
        services.intents.compare_backbones_requested.connect(self._on_requested)
        runner = services.runner
        runner.progressed.connect(self._on_progressed)
        runner.batch_ready.connect(self._on_batch_ready)
        runner.succeeded.connect(self._on_succeeded)
        runner.failed.connect(self._on_failed)
        runner.cancelled.connect(self._on_cancelled)
        services.document.reset.connect(self._on_reset)

    @Slot()
    def _on_requested(self) -> None:
        if self._dialog is None:
            usual = (DEFAULT_BACKBONE, *((THOROUGH_BACKBONE,) if is_thorough_installed() else ()))
            self._dialog = dialog = BackbonesDialog(installed_names(), self._in_use(), usual, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.compare_requested.connect(self._on_compare_requested)
            dialog.stop_requested.connect(self._stop)
            dialog.use_requested.connect(self._on_use_requested)
            dialog.finished.connect(self._on_finished)
        self._dialog.show()
        self._dialog.activateWindow()

    def _in_use(self) -> str:
        """The backbone that the next training uses."""
        own = self._session.settings.backbone
        is_thorough = own == DEFAULT_BACKBONE and self._settings.thorough and is_thorough_installed()
        return THOROUGH_BACKBONE if is_thorough else own

    @Slot(list)
    def _on_compare_requested(self, names: list[str]) -> None:
        bins = [bin_ for bin_ in self._document.bins if bin_.examples]
        settings = self._session.settings
        self._job = self._runner.submit(
            partial(
                CompareRequest,
                class_names=tuple(bin_.name for bin_ in bins),
                images=tuple(tuple(example.path for example in bin_.examples) for bin_ in bins),
                backbones=tuple(names),
                device=self._settings.device,
                seed=settings.seed,
                rendering=replace(self._settings.rendering, roi=settings.roi),
                attend=self._document.boxes_of_examples(),
            )
        )

    @Slot()
    def _stop(self) -> None:
        if self._job is not None:
            self._runner.cancel(self._job)
            if self._dialog is not None:
                self._dialog.say(self.tr("Stopping …"))

    @Slot(str)
    def _on_use_requested(self, name: str) -> None:
        try:
            self._session.set_settings(replace(self._session.settings, backbone=name))
        except ProjectError as error:
            self._status.show_message(str(error))
            return
        if name == DEFAULT_BACKBONE and self._settings.thorough:
            self._intents.thorough_chosen.emit(False)  # or training would take the thorough one in its place
            self._window.set_choices(thorough=False)
        if self._runner.is_busy:
            self._status.show_message(self.tr("{name} is used from the next training on.").format(name=name))
        else:
            self._intents.train_requested.emit()

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None
        self._stop()
        self._job = None

    @Slot()
    def _on_reset(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        if progress.job_id == self._job and self._dialog is not None:
            self._dialog.show_progress(progress.phase, progress.done, progress.total)

    @Slot(object)
    def _on_batch_ready(self, batch: object) -> None:
        if isinstance(batch, ComparedBackbone) and batch.job_id == self._job and self._dialog is not None:
            self._dialog.add_figures(batch.figures)

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        if isinstance(result, CompareResult):
            self._end(result.job_id, self.tr("Done. Choose a row to use its backbone."))

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self._end(failure.job_id, failure.message)

    @Slot(int)
    def _on_cancelled(self, job_id: int) -> None:
        self._end(job_id, self.tr("Stopped. What was compared so far stays."))

    def _end(self, job_id: int, text: str) -> None:
        if job_id == self._job and self._dialog is not None:
            self._job = None
            self._dialog.set_running(False)
            self._dialog.say(text)
