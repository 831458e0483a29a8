"""The signals by which everyone follows a project's content."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class ContentSignals(QObject):
    """A slot that is called sees the content after the last change."""

    reset = Signal()  # another content altogether
    path_changed = Signal()  # the project goes on in another file
    bin_inserted = Signal(str, int)  # bin id, position
    bin_removed = Signal(str)
    bin_changed = Signal(str)  # name or colour
    bins_reordered = Signal()
    examples_changed = Signal(str)  # bin id
    example_changed = Signal(object)  # path (Path): its file was read, went missing or came back
    folders_changed = Signal()
    labels_changed = Signal(object)  # images (list of Path) of which people say something else
    boxes_changed = Signal(object)  # the image (Path) that has other boxes
    revision_changed = Signal(int)
    message_posted = Signal(object)  # one line for the status bar
    saved = Signal()  # the project file holds the last changes (again)
    save_failed = Signal(object)  # why the project file does not hold the last changes
