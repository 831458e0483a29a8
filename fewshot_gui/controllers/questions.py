"""Questions to the user in modal dialogs: files, folders, options, whether to discard changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fewshot_gui.intents import FetchPlan
from fewshot_gui.items.naming import display_name, display_text, names_are_hidden
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.project.recent import RecentProject
from fewshot_gui.project.review import Choice, ReviewPlan
from fewshot_gui.project.session import PROJECT_SUFFIX
from fewshot_gui.project.values import Bin
from fewshot_gui.views.fetch_dialog import Available, FetchDialog
from fewshot_gui.views.folder_export_dialog import FolderExportChoice, FolderExportDialog
from fewshot_gui.views.reading_dialog import ReadingDialog
from fewshot_gui.views.recovery_dialog import RecoveryDialog, Rescue
from fewshot_gui.views.review_dialog import ReviewDialog
from fewshot_gui.views.unnamed_dialog import UnnamedDialog
from model.images.cutting import Cutting
from model.images.rendering import Rendering
from model.messages import translated

if TYPE_CHECKING:
    from fewshot_gui.views.export_dialog import ExportChoice
    from model.exports.exporter import Exporter


class Questions(QObject):
    """Asks in modal dialogs over `window`; every answer may be None: the user declined."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def folder(self, title: str, start: Path) -> Path | None:
        """Ask for a folder."""
        return _path(QFileDialog.getExistingDirectory(self._window, title, str(_start(start))))

    def project_to_open(self, start: Path) -> Path | None:
        """Ask for a project file."""
        title = self.tr("Open project")
        return _path(QFileDialog.getOpenFileName(self._window, title, str(_start(start)), self._project_filter())[0])

    def project_to_save(self, start: Path) -> Path | None:
        """Ask under what name to save the project; the ending is added where it was left out."""
        title = self.tr("Save project as")
        path = _path(QFileDialog.getSaveFileName(self._window, title, str(_start(start)), self._project_filter())[0])
        if path is None or path.suffix == PROJECT_SUFFIX:
            return path
        return path.with_name(path.name + PROJECT_SUFFIX)

    def reading(
        self, cutting: Cutting, rendering: Rendering, hashes: Path | None, picture: QImage | None = None
    ) -> tuple[Cutting, Rendering, Path | None] | None:
        """Ask how images are read, and which are left out."""
        dialog = ReadingDialog(cutting, rendering, self._window, hashes=hashes, picture=picture)

        def browse() -> None:
            title = self.tr("List of hashes of files to leave out")
            path = _path(QFileDialog.getOpenFileName(self._window, title, str(_start(hashes or Path.home())))[0])
            if path is not None:
                dialog.hashes_field.setText(str(path))

        dialog.browse_requested.connect(browse)
        is_accepted = dialog.exec() == ReadingDialog.DialogCode.Accepted
        return (dialog.cutting(), dialog.rendering(), dialog.hashes()) if is_accepted else None

    def project_to_recover(self, start: Path) -> Path | None:
        """Ask for a project file that is damaged."""
        title = self.tr("Recover project")
        return _path(QFileDialog.getOpenFileName(self._window, title, str(_start(start)), self._project_filter())[0])

    def rescue(self, damaged: Path, trouble: str, rescues: Sequence[Rescue]) -> int | None:
        """Ask with which of `rescues` to go on; returns its number."""
        dialog = RecoveryDialog(damaged, trouble, rescues, self._window)
        try:
            return dialog.chosen if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def unnamed_to_discard(self, projects: Sequence[RecentProject], chosen: Collection[Path]) -> tuple[Path, ...]:
        """Ask which of the projects without a name to discard, see `UnnamedDialog`."""
        dialog = UnnamedDialog(projects, chosen, self._window)
        try:
            return dialog.chosen() if dialog.exec() else ()
        finally:
            dialog.deleteLater()

    def folder_export(
        self, rows: RowsInView, is_odd: Sequence[bool], examples: int, stale: int, target: Path
    ) -> FolderExportChoice | None:
        """Ask what to put into folders by class, and where, see `FolderExportDialog`."""
        dialog = FolderExportDialog(rows, is_odd, examples, stale, target, self._window)

        def browse() -> None:
            folder = self.folder(self.tr("Export into folders by class"), dialog.choice().target.parent)
            if folder is not None:
                dialog.set_target(folder)

        dialog.browse_requested.connect(browse)
        try:
            return dialog.choice() if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def export(
        self, rows: RowsInView, total: int, stale: int, name: str, dropped: Collection[str], *, can_undo: bool
    ) -> ExportChoice | None:
        """Ask what to export, see `ExportDialog`."""
        from fewshot_gui.views.export_dialog import ExportDialog  # here: the window starts without the exporters

        dialog = ExportDialog(rows, total, stale, name, dropped, can_undo=can_undo, parent=self._window)
        try:
            return dialog.choice() if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def export_target(self, exporter: Exporter, start: Path) -> Path | None:
        """Ask for the file, or the folder, that an export is written to; a file gets the right ending."""
        title = self.tr("Export: {format}").format(format=translated(exporter.label))
        if not exporter.endings:
            return self.folder(title, start)
        kind = f"{translated(exporter.label)} (*{' *'.join(exporter.endings)})"
        begin = _start(start / f"results{exporter.endings[0]}")
        path = _path(QFileDialog.getSaveFileName(self._window, title, str(begin), kind)[0])
        if path is None or path.suffix.lower() in exporter.endings:
            return path
        path = path.with_name(path.name + exporter.endings[0])
        return path if not path.exists() or self._may_replace(path) else None

    def _may_replace(self, path: Path) -> bool:
        """Ask whether a file may be replaced: the system's dialog asked for another name, without the ending."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.tr("“{name}” is there already. Replace it?").format(name=display_name(path)))
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        return box.exec() == QMessageBox.StandardButton.Yes

    def review(
        self,
        start: ReviewPlan,
        bins: Sequence[Bin],
        counts: Mapping[Choice, int],
        stacked: Mapping[Choice, int] | None,
        readers: Sequence[str],
    ) -> ReviewPlan | None:
        """Ask what to review, see `ReviewDialog`."""
        dialog = ReviewDialog(start, bins, counts, stacked, readers, self._window)
        try:
            return dialog.plan() if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def fetch(self, start: FetchPlan, available: Available) -> FetchPlan | None:
        """Ask which images to fetch, see `FetchDialog`."""
        dialog = FetchDialog(start, available, self._window)
        try:
            return dialog.plan() if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def report_file(self, start: Path) -> Path | None:
        """Ask where to write the report."""
        title, kind = self.tr("Write a report"), self.tr("Web page (*.html)")
        path = _path(QFileDialog.getSaveFileName(self._window, title, str(_start(start / "report.html")), kind)[0])
        is_page = path is None or path.suffix.lower() in {".html", ".htm"}
        return path if path is None or is_page else path.with_name(path.name + ".html")

    def classifier_folder(self, start: Path) -> Path | None:
        """Ask for the name of a folder to export the classifier into, a new one or that of a classifier."""
        title, kind = self.tr("Export the classifier into a folder"), self.tr("Folder (*)")
        return _path(QFileDialog.getSaveFileName(self._window, title, str(_start(start / "classifier")), kind)[0])

    def picture_file(self, start: Path) -> Path | None:
        """Ask where to write a picture; `start` is the name suggested."""
        title, kind = self.tr("Save picture"), self.tr("PNG picture (*.png)")
        begin = start if not names_are_hidden() else Path.home() / "picture.png"
        path = _path(QFileDialog.getSaveFileName(self._window, title, str(begin), kind)[0])
        return path if path is None or path.suffix else path.with_name(path.name + ".png")

    def discard(self, reason: str) -> bool:
        """Ask whether to close although the last changes could not be saved."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.tr("The last changes could not be saved."))
        box.setInformativeText(display_text(reason))
        box.setStandardButtons(QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        return box.exec() == QMessageBox.StandardButton.Discard

    def _project_filter(self) -> str:
        return self.tr("Fewshot projects (*{suffix})").format(suffix=PROJECT_SUFFIX)


def _start(suggested: Path) -> Path:
    """Where a file dialog begins: not among files whose names are to be hidden, nor with such a name suggested.

    (It shows the names of the files that it is to choose from; that is what it is for.)
    """
    if not names_are_hidden():
        return suggested
    return Path.home() / suggested.name if suggested.stem in {"results", "report"} and suggested.suffix else Path.home()


def _path(text: str) -> Path | None:
    return Path(text) if text else None
