"""The masking test: an image is predicted once more without its region, in the background."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.jobs.messages import JobFailure, JobResult, WithoutRegionRequest, WithoutRegionResult
from model.types import Region


class MaskingController(QObject):
    """Sends what was asked for last to the runner; older answers are dropped."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._window = services.runner, services.window
        self._asked: tuple[int, Path, Region] | None = None
        services.intents.without_region_requested.connect(self._on_requested)
        services.runner.succeeded.connect(self._on_succeeded)
        services.runner.failed.connect(self._on_failed)
        services.document.reset.connect(self._on_reset)

    @Slot(Path, object)
    def _on_requested(self, path: Path, region: Region) -> None:
        job_id = self._runner.submit(partial(WithoutRegionRequest, path=path, region=region))
        self._asked = (job_id, path, region)

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        if isinstance(result, WithoutRegionResult) and self._asked is not None and result.job_id == self._asked[0]:
            self._window.show_without_region(result.path, result.region, result.prediction)

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        if self._asked is not None and failure.job_id == self._asked[0]:
            self._window.show_without_region_failure(*self._asked[1:], failure.message)

    @Slot()
    def _on_reset(self) -> None:
        self._asked = None
