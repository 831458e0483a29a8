"""The example project: opened with `--demo`."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fewshot_gui.app import App
from model.images.scan import class_folders
from model.resource_files import resource

EXAMPLES = resource("example/examples")
TO_CLASSIFY = resource("example/to_classify")
SHOWN_FIRST = "sky_03.jpg"
"""The image that is shown first, and is recognised on every processor, with bfloat16 and without."""


class ExampleProject(QObject):
    """Fills a new project with the example, trains it and classifies its folder, once `app` is shown."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._app = app
        self._is_classifying = False
        app.started.connect(self._on_started)

    @Slot()
    def _on_started(self) -> None:
        document = self._app.session.document
        groups = [(readable_name(name), paths) for name, paths in class_folders(EXAMPLES)]
        document.add_bins_from_folder(EXAMPLES, groups)
        document.add_folders([TO_CLASSIFY])
        self._app.running.job_ended.connect(self._on_job_ended)
        self._app.running.train()

    @Slot()
    def _on_job_ended(self) -> None:
        results = self._app.session.results
        if not self._is_classifying and results.report is not None:
            self._is_classifying = True
            self._app.running.classify((TO_CLASSIFY,))
        else:
            self._app.running.job_ended.disconnect(self._on_job_ended)
            if len(results):
                self._app.window.results.table.select_paths([TO_CLASSIFY / SHOWN_FIRST])
            self._app.window.status.show_message(
                self.tr("Try this: click a result, drag it onto another bin and press Train. The results follow.")
            )


def readable_name(name: str) -> str:
    """Return a folder's name as the name of a bin."""
    return name.replace("_", " ")
