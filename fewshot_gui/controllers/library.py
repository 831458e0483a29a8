"""Background work on files: finding the library's images, hashing examples, finding files that were moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QImage

from fewshot_gui.controllers.job_history import JobHistoryController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.jobs.files import FoundImages, HashedFile
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.file_records import FileRecord
from fewshot_gui.project.relocate import Whereabouts, find_files
from fewshot_gui.project.search_notes import SearchNotes
from fewshot_gui.project.values import FileIdentity
from fewshot_gui.views.jobs_dialog import JobEnd
from model.images.cutting import Cutting
from model.images.rendering import Rendering
from model.progress import CancelToken

_RELOCATE = "relocate"
_OPENED_PAUSE = 500  # milliseconds in which the others show the project, before its files are looked for


class LibraryController(QObject):
    """Scans, hashes and relocates whenever the document's folders or examples change."""

    def __init__(self, services: AppServices, jobs: JobHistoryController, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._noted = jobs, 0  # 0: no folder is being searched
        self._session, self._document, self._library = services.session, services.document, services.library
        self._files, self._settings = services.files, services.settings
        self._thumbnails, self._tiles = services.thumbnails, services.tiles
        self._pictures = services.pictures, services.full_pictures
        self._status, self._questions, self._intents = services.status, services.questions, services.intents
        self._status, self._questions, self._window = services.status, services.questions, services.window
        self._read_by(self._settings.cutting, self._settings.rendering, self._settings.hashes)
        self._scan_id = 0
        self._scanned: tuple[Path, ...] = ()
        self._hashing: set[Path] = set()
        self._look_soon = QTimer(self, singleShot=True, interval=_OPENED_PAUSE)
        self._look_soon.timeout.connect(self._look_for_files)
        document = self._document
        document.reset.connect(self._on_reset)
        document.folders_changed.connect(self._on_folders_changed)
        document.examples_changed.connect(self._on_examples_changed)
        services.files.images_found.connect(self._on_images_found)
        services.files.scan_noted.connect(self._on_scan_noted)
        services.files.scan_finished.connect(self._on_scan_finished)
        services.files.files_hashed.connect(self._on_files_hashed)
        services.files.call_returned.connect(self._on_call_returned)
        services.intents.files_dropped_on_library.connect(self._on_files_dropped)
        services.intents.reading_requested.connect(self._on_reading_requested)
        services.intents.bins_from_folder_requested.connect(self._on_bins_from_folder_requested)
        services.intents.add_folder_requested.connect(self._on_add_folder_requested)
        services.intents.remove_folder_requested.connect(self._on_remove_folder_requested)
        services.intents.refresh_requested.connect(self.refresh)

    def add_folders(self, folders: tuple[Path, ...]) -> None:
        """Show more folders."""
        try:
            self._document.add_folders(folders)
        except ProjectError as error:
            self._status.show_message(str(error))

    @Slot()
    def refresh(self) -> None:
        """Scan the folders and check the files again."""
        self._thumbnails.clear()
        self._tiles.clear()
        for pictures in self._pictures:
            pictures.read_anew()
        self._scan()
        self._look_for_files()

    @Slot()
    def _on_reset(self) -> None:
        self._files.cancel()
        self._hashing.clear()
        self._status.forget_notes()
        self._scan()
        if self._document.bins or self._document.folders:
            self._look_soon.start()
        else:
            self._look_soon.stop()

    @Slot()
    def _on_folders_changed(self) -> None:
        if self._document.folders != self._scanned:
            self._scan()

    @Slot(list)
    def _on_files_dropped(self, paths: list[Path]) -> None:
        # A file stands for its folder: the library shows folders.
        self.add_folders(tuple(dict.fromkeys(path if path.is_dir() else path.parent for path in paths)))

    @Slot()
    def _on_add_folder_requested(self) -> None:
        folder = self._questions.folder(self.tr("Add a folder to the library"), self._settings.last_folder)
        if folder is not None:
            self._settings.last_folder = folder
            self.add_folders((folder,))

    @Slot()
    def _on_bins_from_folder_requested(self) -> None:
        folder = self._questions.folder(self.tr("A folder whose sub-folders become bins"), self._settings.last_folder)
        if folder is not None:
            self._settings.last_folder = folder
            self._intents.files_dropped_on_board.emit([folder])

    @Slot()
    def _on_reading_requested(self) -> None:
        own = self._session.settings
        present = (self._settings.cutting, replace(self._settings.rendering, roi=own.roi), self._settings.hashes)
        chosen = self._questions.reading(*present, self._example_picture())
        if chosen is None or chosen == present:
            return
        cutting, rendering, hashes = chosen
        if rendering.roi != own.roi:
            try:
                self._session.set_settings(replace(own, roi=rendering.roi))
            except ProjectError as error:
                self._status.show_message(str(error))
            else:
                self._status.show_message(self.tr("Train again to look at this part of the images."))
        rendering = replace(rendering, roi=None)
        kept = self._settings
        if (cutting, rendering, hashes) != (kept.cutting, kept.rendering, kept.hashes):
            kept.cutting, kept.rendering, kept.hashes = cutting, rendering, hashes
            self._read_by(cutting, rendering, hashes)
            self.refresh()

    def _example_picture(self) -> QImage | None:
        """A small picture of the image in the inspector, or else of an example or an image of the library."""
        examples = (example.path for bin_ in self._document.bins for example in bin_.examples)
        shown = self._window.image_in_inspector()
        path = shown or next(examples, None) or next(iter(self._library.paths), None)
        return None if path is None else self._thumbnails.image(path)

    def _read_by(self, cutting: Cutting, rendering: Rendering, hashes: Path | None) -> None:
        self._files.hashes = hashes
        self._files.cutting, self._thumbnails.rendering = cutting, rendering
        for pictures in self._pictures:
            pictures.set_rendering(rendering, cutting)
        self._tiles.set_rendering(rendering)

    @Slot(Path)
    def _on_remove_folder_requested(self, folder: Path) -> None:
        try:
            self._document.remove_folder(folder)
        except ProjectError as error:
            self._status.show_message(str(error))

    def _scan(self) -> None:
        self._end_scan(JobEnd.STOPPED)
        self._scanned = self._document.folders
        self._library.clear()
        self._library.set_scanning(bool(self._scanned))
        if self._scanned:
            self._noted = self._jobs.begin(self.tr("Searching the library's folders"), self._stop_scan)
        self._scan_id = self._files.scan(self._scanned)

    def _stop_scan(self) -> None:
        self._files.cancel_scan()
        self._library.set_scanning(False)
        self._end_scan(JobEnd.STOPPED)

    def _end_scan(self, end: JobEnd) -> None:
        if self._noted:
            found = self.tr("Images found: {count}").format(count=f"{len(self._library):,}")
            self._jobs.end(self._noted, found, end=end)
            self._noted = 0

    @Slot(object)
    def _on_images_found(self, found: FoundImages) -> None:
        if found.scan_id == self._scan_id:
            self._library.add(found.paths)
            self._jobs.show_progress(self._noted, self.tr("Images found:"), len(self._library), 0)

    @Slot(int, object)
    def _on_scan_noted(self, scan_id: int, notes: SearchNotes) -> None:
        if scan_id == self._scan_id:
            self._status.show_notes(notes)

    @Slot(int, int)
    def _on_scan_finished(self, scan_id: int, _count: int) -> None:
        if scan_id == self._scan_id:
            self._library.set_scanning(False)
            self._end_scan(JobEnd.DONE)

    @Slot()
    def _look_for_files(self) -> None:
        """Find files that moved since the project was saved, and hash those never hashed."""
        if not self._document.bins and not self._document.folders:
            return
        project = self._document.path
        try:
            read_records = self._session.record_reader()
        except ProjectError as error:
            self._status.show_message(str(error))
            return
        search = partial(_search, read_records, None if project is None else project.parent, self._document.folders)
        self._files.call(_RELOCATE, search)
        for bin_ in self._document.bins:
            self._on_examples_changed(bin_.id)

    @Slot(str, object)
    def _on_call_returned(self, key: str, result: object) -> None:
        if key == _RELOCATE and isinstance(result, Whereabouts):
            self._document.apply_relocations(result.moved)
            self._document.set_missing(result.missing)
        elif key == _RELOCATE:
            self._status.show_message(str(result))

    @Slot(str)
    def _on_examples_changed(self, bin_id: str) -> None:
        examples = self._document.bin(bin_id).examples
        unknown = [
            example.path for example in examples if example.content_hash is None and example.path not in self._hashing
        ]
        if unknown:
            self._hashing.update(unknown)
            self._files.hash_files(unknown)

    @Slot(object)
    def _on_files_hashed(self, hashed: tuple[HashedFile, ...]) -> None:
        self._hashing.difference_update(one.path for one in hashed)
        self._document.set_identities({one.path: FileIdentity(one.content_hash, one.size) for one in hashed})


def _search(
    read_records: Callable[[], tuple[FileRecord, ...]],
    project_folder: Path | None,
    library_folders: tuple[Path, ...],
    token: CancelToken,
) -> Whereabouts | str:
    """Read what is known of the files and look for them; returns what was found, or why it could not be read."""
    try:
        records = read_records()
    except ProjectError as error:
        return str(error)
    return find_files(records, project_folder, library_folders, token)
