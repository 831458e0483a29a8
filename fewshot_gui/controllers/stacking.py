"""Stacking: near copies among the images of the library and of the results are found in the background."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.jobs.messages import JobResult, StacksRequest, StacksResult

_PAUSE = 1000  # milliseconds after the last new image until it is compared with the others


class StackingController(QObject):
    """Looks for near copies while images are stacked, and again when there are other images."""

    def __init__(self, services: AppServices, running: RunningController, parent: QObject) -> None:
        super().__init__(parent)
        self._library, self._results, self._settings = services.library, services.results, services.settings
        self._stacks, self._status, self._running = services.stacks, services.status, running
        self._job: int | None = None
        self._asked = 0  # images that were asked about last
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self._on_settled)
        services.intents.stacks_chosen.connect(self._on_stacks_chosen)
        services.runner.succeeded.connect(self._on_succeeded)
        services.runner.finished.connect(self._on_finished)
        services.document.reset.connect(self._on_reset)
        services.library.scanning_changed.connect(self._on_more)
        services.results.appended.connect(self._on_more)

    def stop(self) -> None:
        """Look for nothing any more: the program ends."""
        self._soon.stop()

    @Slot(bool)
    def _on_stacks_chosen(self, chosen: bool) -> None:
        self._stacks.set_on(chosen)
        self._asked = 0
        if chosen:
            self._look()

    @Slot()
    def _on_more(self) -> None:
        if self._stacks.is_on:
            self._soon.start()

    @Slot()
    def _on_settled(self) -> None:
        if self._job is not None:
            self._soon.start()  # when that one is done
        elif self._stacks.is_on and not self._library.is_scanning:
            self._look()

    def _look(self) -> None:
        every = dict.fromkeys((*self._library.paths, *(made.path for made in self._results)))
        if not every or len(every) == self._asked or self._job is not None:
            return
        self._asked = len(every)
        paths: tuple[Path, ...] = tuple(every)
        self._job = self._running.submit(
            self.tr("Looking for near copies"),
            partial(StacksRequest, paths=paths, rendering=self._settings.rendering),
        )

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        if isinstance(result, StacksResult) and result.job_id == self._job:
            self._stacks.set_links(result.paths, result.links, result.alike)
            count, images = self._stacks.counts()
            text = self.tr("{count} stacks of {images} near copies among {total} images")
            if count == 1:
                text = self.tr("1 stack of {images} near copies among {total} images")
            text = text.format(count=f"{count:,}", images=f"{images:,}", total=f"{len(result.paths):,}")
            if result.unreadable:
                text += self.tr("; {count} could not be read").format(count=f"{result.unreadable:,}")
            self._status.show_message(text)

    @Slot(int)
    def _on_finished(self, job_id: int) -> None:
        if job_id == self._job:
            self._job = None

    @Slot()
    def _on_reset(self) -> None:
        self._job, self._asked = None, 0
        self._stacks.clear()  # the search of the new library's folders starts it again
