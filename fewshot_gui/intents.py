"""Everything that the user can want of the app, as signals: views emit them, controllers and the app answer.

There is one `Intents` for a window. It is handed to every view and to every controller, so that neither knows the
other. Signals that only one view is concerned with, such as a scroll or a zoom, are that view's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from model.types import FetchKind

FETCH_COUNTS = (10, 25, 50, 100)
"""How many images can be fetched at once."""


class Among(StrEnum):
    """Out of what images are fetched; always those that are in no bin."""

    LIBRARY = "library"
    RESULTS = "results"  # those shown


@dataclass(frozen=True)
class FetchPlan:
    """Which images to fetch.

    bin_id: with `FetchKind.TYPICAL`, the class; seed: with `FetchKind.RANDOM`
    is_of_region: with `FetchKind.LIKE`, the part marked in the inspector, or its box, rather than the whole image
    """

    kind: FetchKind = FetchKind.TEACH
    count: int = FETCH_COUNTS[0]
    among: Among = Among.LIBRARY
    bin_id: str | None = None
    seed: int = 0
    is_of_region: bool = False


class Intents(QObject):
    """One signal for each intent. Emitted in the window's thread; what they carry is not changed afterwards."""

    # Project
    new_requested = Signal()
    open_requested = Signal()  # ask which file
    example_requested = Signal()  # the example in a new project
    recent_requested = Signal(Path)  # the project's file
    discard_unnamed_requested = Signal(list)  # ask which projects without a name; those to be checked (paths)
    save_requested = Signal()
    save_as_requested = Signal()
    edit_again_requested = Signal()  # open the project, which is read only, for editing
    recover_requested = Signal()  # ask which damaged project
    export_requested = Signal(object)  # results, in any format; RowsInView
    report_requested = Signal()  # an HTML file on the project
    export_classifier_requested = Signal()  # the classifier into a folder
    export_folders_requested = Signal(object)  # images into folders by class; RowsInView
    undo_move_requested = Signal()  # images back out of folders by class
    history_requested = Signal()  # show the trainings of the project
    who_said_requested = Signal(Path)  # show what the record says of an image
    cache_requested = Signal()  # show where embeddings are kept

    # Library
    add_folder_requested = Signal()  # ask which folder
    remove_folder_requested = Signal(Path)
    refresh_requested = Signal()
    reading_requested = Signal()  # ask how files are cut into images
    files_dropped_on_library = Signal(list)  # paths from another program
    examples_dropped_out = Signal(list)  # paths, dragged from a bin to the library

    # Bins
    bins_from_folder_requested = Signal()  # ask for a folder whose sub-folders become bins
    files_dropped_on_board = Signal(list)  # paths, dropped beside all cards
    files_dropped_on_bin = Signal(str, object)  # bin id, DraggedImages
    remove_examples_requested = Signal(list)  # paths
    boxes_requested = Signal(Path, object)  # the example; its boxes from now on (Attend)
    assign_requested = Signal(int, list)  # position of the bin, paths
    bin_add_requested = Signal()
    bin_rename_requested = Signal(str, str)  # bin id, name
    bin_recolor_requested = Signal(str, str)  # bin id, "#rrggbb"
    bin_move_requested = Signal(str, int)  # bin id, position
    bin_merge_requested = Signal(str, str)  # source, target
    bin_remove_requested = Signal(str)  # bin id

    # Jobs
    train_requested = Signal()
    classify_requested = Signal(list)  # paths; empty: ask for a folder
    suggest_requested = Signal()  # fetch images as was chosen last
    watch_requested = Signal(list)  # folders; empty: ask which
    stop_watching_requested = Signal()
    polling_chosen = Signal(bool)
    stacks_chosen = Signal(bool)  # show near copies as stacks
    fetch_choice_requested = Signal()  # ask which images to fetch
    like_requested = Signal(bool)  # fetch images like the one in the inspector, or like a region of it
    cancel_requested = Signal()
    compare_backbones_requested = Signal()  # show the dialog
    explain_requested = Signal(Path)
    without_region_requested = Signal(Path, object)  # the image, and the Region that is covered
    auto_train_chosen = Signal(bool)
    thorough_chosen = Signal(bool)
    closely_chosen = Signal(bool)
    transductive_chosen = Signal(bool)
    review_requested = Signal()  # ask which results
    false_alarms_chosen = Signal(float)  # one of settings.FALSE_ALARMS

    go_on_requested = Signal()  # with the work that a crash cut off
    leave_unfinished_requested = Signal()  # as it is

    # Looking
    image_selected = Signal(Path)
    examples_chosen = Signal(list)  # paths of the examples that a cell of the confusion matrix counts
    device_chosen = Signal(str)  # one of settings.DEVICES
    reopen_chosen = Signal(bool)  # whether the last project is opened at the start
    theme_chosen = Signal(str)  # one of style.THEMES
    settings_requested = Signal()
    log_requested = Signal()
    jobs_requested = Signal()  # show the jobs of this session
    shortcuts_requested = Signal()
    shortcuts_changed = Signal(object)  # portable texts by id, of the commands that do not have their own
    next_step_chosen = Signal(bool)  # whether to say what to do next
    language_chosen = Signal(str)  # one of translation.CHOICES
    picture_save_requested = Signal(Path, object)  # of which image; what is shown of it (QImage)
    names_hidden_chosen = Signal(bool)
    cover_chosen = Signal(object, object)  # covers.CoverStyle, covers.Strength

    # What a view could not do by itself
    refused = Signal(object)  # why, one line for the status bar
