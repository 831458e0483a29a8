"""The images of the opened folders: search them, choose, and drag them to the bins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.library_model import LibraryModel
from fewshot_gui.items.mime import decode_images, may_carry_images
from fewshot_gui.items.naming import names_are_hidden
from fewshot_gui.items.roles import readable
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.stacks import Stacks
from fewshot_gui.views.bin_menu import color_icon
from fewshot_gui.views.drops import DropZone, take_images
from fewshot_gui.views.image_view import ImageView
from fewshot_gui.views.stack_bar import StackBar
from fewshot_gui.widgets.empty_hint import EmptyHint, EmptyOr
from fewshot_gui.widgets.notice import Notice
from fewshot_gui.widgets.pane_header import PaneHeader
from fewshot_gui.widgets.size_slider import SizeSlider

_THUMBNAIL_SIDE, _LARGEST_SIDE = 88, 480
_TYPING_PAUSE = 150  # milliseconds after the last key before the filter works


class LibraryView(DropZone):
    """Shows the images of `library`; images of bins dropped here leave their bin."""

    def __init__(
        self,
        document: Document,
        library: Library,
        intents: Intents,
        thumbnails: Thumbnails,
        tiles: TileSource,
        parent: QWidget | None = None,
        stacks: Stacks | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._library, self._intents = document, library, intents
        self._stacks = stacks or Stacks(self)
        self.model = LibraryModel(document, library, thumbnails, self, self._stacks)
        self.stack_bar = StackBar(self._stacks)
        self.images = ImageView(_THUMBNAIL_SIDE, show_names=True)
        # Were the bar to come and go, its width would change the number of columns, and with it the need for a bar.
        self.images.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.images.setModel(self.model)
        self.images.setObjectName("libraryView")
        self.images.allow_sizes(tiles, _THUMBNAIL_SIDE, _LARGEST_SIDE)
        self.size_ = SizeSlider(self.tr("Size of the pictures"), _THUMBNAIL_SIDE, _LARGEST_SIDE)
        self.size_.setObjectName("librarySize")
        self.size_.setFixedWidth(64)
        self.images.setAccessibleName(self.tr("Library of images"))
        self.header = PaneHeader(self.tr("Library"))
        self.filter = QLineEdit()
        self.filter.setObjectName("libraryFilter")
        self.filter.setPlaceholderText(self.tr("Filter by name or folder"))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.setClearButtonEnabled(True)
        self.unsorted_only = QCheckBox(self.tr("In no bin"))
        self.unsorted_only.setToolTip(self.tr("Hide the images that are in a bin"))
        self.header.add_tool(self.size_, gives_way=True)
        self._notice = Notice("", icon_name="suggest")
        self._offered: tuple[QAction, ...] = ()
        self._in_menu: QAction | None = None
        self._title = "{count}"  # of what was fetched
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        hint = EmptyHint("images", "", "")
        self._content = EmptyOr(self.images, hint)
        self._build()
        self._connect()
        self._show_state()

    def offer_fetching(self, fetch: QAction, others: Sequence[QAction], show_all: QAction) -> None:
        """Put the command that fetches images beside the title, `others` into its menu, and the way back."""
        self._offered = (fetch, *others, show_all)
        show_all.setIconText(self.tr("Show all"))  # on the button, where there is little room
        self._notice.set_action(show_all)
        self.header.add_button(fetch, others)

    def offer_in_menu(self, action: QAction) -> None:
        """Put a command into the menu of images."""
        self._in_menu = action

    def entry(self) -> QWidget:
        """What the keyboard comes to: the images or, where there are none, the filter."""
        return self.images if self.images.isVisible() else self.filter

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [self.size_, self.filter, self.unsorted_only, self.images]

    def show_fetched(self, paths: Sequence[Path], title: str) -> None:
        """Show only these images, best first, and the first of them selected; `title` has a place for their count."""
        self.filter.clear()
        self._title = title
        self.model.set_suggested(paths)
        if self.model.rowCount():
            self.images.select_paths([self.model.path(0)])

    def show_all(self) -> None:
        """Show the others again; what is selected stays selected."""
        if self.model.suggested is None:
            return
        selected = self.images.selected_paths()
        self.model.set_suggested(None)
        self.images.select_paths(selected)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped (Qt)."""
        self._set_target(False)
        images = take_images(event)
        if images is None:
            self._intents.refused.emit(self.tr("Nothing was added: only image files and folders can be dropped here."))
        elif images.source == "bin":
            self._intents.examples_dropped_out.emit(list(images.paths))
        elif images.source == "files":
            self._intents.files_dropped_on_library.emit(list(images.paths))
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A frame under a drag (Qt)."""
        if self._is_target:
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().highlight().color(), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _build(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(style.GRID, 0, style.GRID, style.GRID // 2)
        tools.setSpacing(style.GRID)
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.unsorted_only)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(tools)
        layout.addWidget(self.stack_bar)
        layout.addWidget(self._notice)
        layout.addWidget(self._content, 1)

    def _connect(self) -> None:
        self.size_.valueChanged.connect(self.images.set_side)
        self.images.side_changed.connect(self.size_.show_size)
        self.filter.textChanged.connect(self._on_filter_typed)
        self.unsorted_only.toggled.connect(self._apply_filter)
        self._typing.timeout.connect(self._apply_filter)
        self.images.stack_clicked.connect(self.toggle_stack)
        self.images.image_selected.connect(self._intents.image_selected)
        self.images.customContextMenuRequested.connect(self._on_menu_requested)
        self.model.rowsInserted.connect(self._show_state)
        self.model.modelReset.connect(self._show_state)
        self.model.rowsRemoved.connect(self._show_state)
        self._library.scanning_changed.connect(self._show_state)
        self._document.folders_changed.connect(self._show_state)
        self._document.reset.connect(self._show_state)

    def _wants(self, event: QDropEvent) -> bool:
        """Whether files of another program or examples of a bin are dragged."""
        images = decode_images(event.mimeData()) if may_carry_images(event.mimeData()) else None
        return images is not None and images.source in ("files", "bin")

    def _set_target(self, is_target: bool) -> None:
        super()._set_target(is_target)
        margin = 3 if is_target else 0
        self._content.setContentsMargins(margin, margin, margin, margin)

    def _on_filter_typed(self) -> None:
        self._typing.start()

    def _apply_filter(self) -> None:
        selected = self.images.selected_paths()
        self.model.set_filter(self.filter.text(), self.unsorted_only.isChecked())
        self.images.select_paths(selected)

    def _show_state(self) -> None:
        """The count beside the title, and what to do where there is nothing."""
        shown, total = self.model.rowCount(), self.model.total
        note = (
            f"{total:,}"
            if shown == total
            else self.tr("{shown} of {total}").format(shown=f"{shown:,}", total=f"{total:,}")
        )
        if self._library.is_scanning:
            note = self.tr("{count} – reading …").format(count=note)
        self.header.set_note(note if total or self._library.is_scanning else "")
        self._content.set_empty(shown == 0)
        suggested = self.model.suggested
        left = sum(self._document.bin_of(path) is None for path in suggested or ())
        self._notice.setVisible(suggested is not None)
        if left:
            self._notice.set_text(self._title.format(count=left))
        else:
            self._notice.set_text(self.tr("All that was fetched is in bins."))
        if suggested is not None and not suggested:
            title, text = self.tr("No image is of that kind"), self.tr("Choose others to fetch (Ctrl+Alt+G).")
            self._notice.set_text(title)
        elif suggested is not None and not left:
            title, text = self.tr("All fetched images are in bins"), self.tr("Train, or fetch more (Ctrl+G).")
        elif total:
            title, text = self.tr("No image matches"), self.tr("Change the filter above.")
        elif self._library.is_scanning:
            title, text = self.tr("Reading the folder …"), self.tr("Images appear here as they are found.")
        elif self._document.folders:
            title, text = self.tr("No images found"), self.tr("The opened folders hold no image files.")
        else:
            title = self.tr("No folder opened")
            text = self.tr("Drop a folder of images here, or choose Add folder (Ctrl+Shift+O).")
        self._content.hint.set_text(title, text)

    def toggle_stack(self, path: Path) -> None:
        """Spread the stack of an image, or put it together; the selection stays where it is shown."""
        wanted = [*self.images.selected_paths(), path]
        self._stacks.toggle(path)
        group = self._stacks.members(path)
        shown = [one for one in wanted if self.model.row_of(one) is not None]
        self.images.select_paths(shown or [one for one in group if self.model.row_of(one) is not None])

    def _on_menu_requested(self, position: QPoint) -> None:
        menu = QMenu(self)
        paths = self.images.selected_paths()
        bins: dict[QAction, int] = {}
        folders: dict[QAction, Path] = {}
        watched: dict[QAction, Path] = {}
        if paths:
            put = menu.addMenu(self.tr("Put into"))
            for at, bin_ in enumerate(self._document.bins):
                bins[put.addAction(color_icon(bin_.color), bin_.name.replace("&", "&&"))] = at
            put.setEnabled(bool(bins))
        if self._in_menu is not None and 1 <= len(paths) <= 2:
            menu.addAction(self._in_menu)
        who = menu.addAction(self.tr("Who said this?")) if len(paths) == 1 else None
        for action in self._offered:
            if action.isEnabled():
                menu.addAction(action)
        if self._document.folders and not names_are_hidden():
            if not self._document.read_only_reason:
                watched = self._add_folders(menu.addMenu(self.tr("Watch folder")))
            folders = self._add_folders(menu.addMenu(self.tr("Close folder")))
        chosen = menu.exec(self.images.viewport().mapToGlobal(position)) if not menu.isEmpty() else None
        menu.deleteLater()
        if chosen is not None and chosen is who:
            self._intents.who_said_requested.emit(paths[0])
        elif chosen in bins:
            self._intents.assign_requested.emit(bins[chosen], paths)
        elif chosen in watched:
            self._intents.watch_requested.emit([watched[chosen]])
        elif chosen in folders:
            self._intents.remove_folder_requested.emit(folders[chosen])

    def _add_folders(self, menu: QMenu) -> dict[QAction, Path]:
        return {menu.addAction(readable(folder).replace("&", "&&")): folder for folder in self._document.folders}
