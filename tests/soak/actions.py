"""What a user can do in the window: `ACTIONS` by name, with how often each is chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QItemSelectionModel, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider

from fewshot_gui import style
from fewshot_gui.drop_events import files_data
from fewshot_gui.items.mime import BIN_TYPE, IMAGES_TYPE, encode_bin
from fewshot_gui.project.session import PROJECT_SUFFIX
from tests.soak.user import User

Action = Callable[[User], None]
ACTIONS: dict[str, tuple[int, Action]] = {}

_NAMES = (
    "cells",
    "=1+1",
    "Übergrößen",
    "rückwärts \u202eabc",
    "<b>bold</b>",
    "a & b",
    "",
    "   ",
    "x" * 300,
    "細胞",
    "a\nb",
)
_KEYS = "nothing", "red", "1", "zzz", "", "grey 1", "*.png", "[", "ü"


def action(weight: int) -> Callable[[Action], Action]:
    """Add a function to `ACTIONS`."""

    def add(function: Action) -> Action:
        ACTIONS[function.__name__] = (weight, function)
        return function

    return add


@action(8)
def drop_files_on_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None:
        user.drop(user.window.bins.card(bin_.id), files_data(user.some(user.pictures)))


@action(3)
def drop_a_folder_on_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None:
        user.drop(user.window.bins.card(bin_.id), files_data([user.random.choice(user.pictures).parent]))


@action(3)
def drop_folders_on_the_board(user: User) -> None:
    folder = user.folder / "pictures"
    user.app.window.intents.files_dropped_on_board.emit([user.random.choice([folder, folder / "red", folder / "odd"])])


@action(3)
def drop_images_on_the_board(user: User) -> None:
    user.window.intents.files_dropped_on_board.emit(user.some(user.pictures))


@action(4)
def drop_on_the_library(user: User) -> None:
    user.drop(user.window.library, files_data([user.random.choice(user.pictures).parent]))


@action(2)
def remove_a_library_folder(user: User) -> None:
    if user.document.folders:
        user.window.intents.remove_folder_requested.emit(user.random.choice(user.document.folders))


@action(3)
def drop_what_is_no_image(user: User) -> None:
    odd = user.folder / "pictures" / "odd"
    data = QMimeData()
    match user.random.randrange(5):
        case 0:
            data = files_data([odd / "notes.txt", odd / "gone.png", odd / "empty"])
        case 1:
            data.setText("some text")
        case 2:
            data.setData(IMAGES_TYPE, QByteArray(b'{"source": "bin", "bin": "nobody", "paths": ["/nowhere.png"]}'))
        case 3:
            data.setData(BIN_TYPE, QByteArray(b"\xff\x00nobody"))
        case _:
            data.setData(IMAGES_TYPE, QByteArray(json.dumps(["no", "object"]).encode()))
    bin_ = user.any_bin()
    targets = [user.window.library, user.window.bins] + ([user.window.bins.card(bin_.id)] if bin_ else [])
    user.drop(user.random.choice(targets), data)


@action(6)
def drag_from_the_library_to_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None:
        user.drop(user.window.bins.card(bin_.id), user.drag_of(user.window.library.images))


@action(6)
def drag_between_bins(user: User) -> None:
    source, target = user.any_bin(), user.any_bin()
    if source is not None and target is not None:
        user.drop(user.window.bins.card(target.id), user.drag_of(user.window.bins.card(source.id).images))


@action(4)
def drag_a_result_to_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None:
        user.drop(user.window.bins.card(bin_.id), user.drag_of(user.window.results.table))


@action(3)
def drag_out_of_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None:
        user.drop(user.window.library, user.drag_of(user.window.bins.card(bin_.id).images))


@action(4)
def new_bin(user: User) -> None:
    user.do("newBin")
    user.process()
    user.type_name(user.document.bins[-1].id, user.random.choice(_NAMES))


@action(3)
def rename_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None:
        user.window.edit_bin_name(bin_.id)
        user.process()
        user.type_name(bin_.id, f"{user.random.choice(_NAMES)} {user.random.randrange(9)}")


@action(2)
def leave_a_bin_while_its_name_is_edited(user: User) -> None:
    if user.do("renameBin"):
        user.do(user.random.choice(("undo", "newBin", "nextBin", "train")))


@action(2)
def recolour_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None:
        user.window.intents.bin_recolor_requested.emit(bin_.id, f"#{user.random.randrange(1 << 24):06X}")


@action(3)
def move_a_bin(user: User) -> None:
    bin_, target = user.any_bin(), user.any_bin()
    if bin_ is not None and target is not None:
        user.drop(user.window.bins.card(target.id), encode_bin(bin_.id))
        user.window.intents.bin_move_requested.emit(bin_.id, user.random.randrange(len(user.document.bins)))


@action(2)
def merge_bins(user: User) -> None:
    source, target = user.any_bin(), user.any_bin()
    if source is not None and target is not None:
        user.window.intents.bin_merge_requested.emit(source.id, target.id)


@action(4)
def remove_a_bin(user: User) -> None:
    bin_ = user.any_bin()
    if bin_ is not None and len(user.document.bins) > 2:
        user.window.intents.bin_remove_requested.emit(bin_.id)


@action(6)
def select_and_press_keys(user: User) -> None:
    view = user.any_view()
    if view is None or not view.model().rowCount():
        return
    view.setFocus(Qt.FocusReason.MouseFocusReason)
    row = user.random.randrange(view.model().rowCount())
    view.selectionModel().setCurrentIndex(view.model().index(row, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    for _ in range(user.random.randrange(4)):
        shift = user.random.choice((Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier))
        keys = (Qt.Key.Key_Space, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_Backspace, Qt.Key.Key_Down, Qt.Key.Key_End)
        QTest.keyClick(view, user.random.choice(keys), shift)


@action(6)
def assign_what_is_selected(user: User) -> None:
    select_and_press_keys(user)
    found = user.window.findChild(QAction, f"assign{user.random.randint(1, 9)}Action")
    if isinstance(found, QAction):
        found.trigger()


@action(3)
def remove_what_is_selected(user: User) -> None:
    select_and_press_keys(user)
    user.do("removeExamples")


@action(3)
def select_all_none_or_the_others(user: User) -> None:
    for name in user.some(["selectAll", "selectNone", "selectInvert"], 3):  # type: ignore[list-item]
        user.do(str(name))


@action(9)
def undo(user: User) -> None:
    for _ in range(user.random.randint(1, 6)):
        user.do("undo")


@action(6)
def redo(user: User) -> None:
    for _ in range(user.random.randint(1, 4)):
        user.do("redo")


@action(7)
def train(user: User) -> None:
    user.do("train")


@action(2)
def train_automatically_or_not(user: User) -> None:
    user.do("autoTrain")


@action(2)
def let_similar_images_agree_or_not(user: User) -> None:
    user.do("transductive")


@action(1)
def look_closely_at_every_image_or_not(user: User) -> None:
    user.do("closely")


@action(4)
def classify_the_library(user: User) -> None:
    user.do("classifyLibrary")


@action(3)
def classify_a_folder(user: User) -> None:
    user.answer("folder", user.random.choice([user.folder / "pictures", user.pictures[0].parent, None]))
    user.do("classify")


@action(3)
def suggest(user: User) -> None:
    user.do("suggest")


@action(2)
def show_all(user: User) -> None:
    user.do("showAll")


@action(4)
def cancel(user: User) -> None:
    user.process(user.random.random() * 0.2)
    user.do("cancel")


@action(3)
def wait(user: User) -> None:
    user.wait_until_idle()


@action(4)
def filter_the_library(user: User) -> None:
    user.window.library.filter.setText(user.random.choice(_KEYS))
    user.window.library.unsorted_only.setChecked(user.random.random() < 0.3)
    user.process(0.2 * user.random.random())


@action(4)
def filter_and_sort_results(user: User) -> None:
    results = user.window.results
    results.filter.setText(user.random.choice(_KEYS))
    results.bin_choice.setCurrentIndex(user.random.randrange(results.bin_choice.count()))
    results.status_choice.setCurrentIndex(user.random.choice((0, 0, 1, 2, 3, 5, 8)))
    orders = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
    columns = results.model.columnCount()
    results.table.sortByColumn(user.random.randrange(-1, columns), user.random.choice(orders))


@action(2)
def find(user: User) -> None:
    user.do("find")


@action(2)
def choose_a_theme(user: User) -> None:
    user.window.intents.theme_chosen.emit(user.random.choice(style.THEMES))


@action(5)
def look_closely(user: User) -> None:
    canvas = user.window.inspector.canvas
    for _ in range(user.random.randint(1, 4)):
        user.do(user.random.choice(("zoomIn", "zoomOut", "zoomFit", "zoomActual")))
    place = QPointF(user.random.randrange(1, 200), user.random.randrange(1, 200))
    wheel = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, user.random.choice((-240, 120, 480))),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    scores = user.window.inspector.scores
    if scores.count():
        scores.setCurrentRow(user.random.randrange(scores.count()))
    slider = user.window.inspector.findChild(QSlider, "opacitySlider")
    if isinstance(slider, QSlider):
        slider.setValue(user.random.randrange(101))


@action(3)
def open_or_close_the_estimates(user: User) -> None:
    estimates = user.window.estimates
    if estimates.isVisible() and user.random.random() < 0.5:
        estimates.close()
        return
    user.do("estimates")
    user.process()
    table = estimates.confusion
    if table.rowCount():
        table.setCurrentCell(user.random.randrange(table.rowCount()), user.random.randrange(table.columnCount()))
        QTest.keyClick(table, Qt.Key.Key_Return)


@action(1)
def read_the_help(user: User) -> None:
    user.do("help")


@action(2)
def resize(user: User) -> None:
    user.window.resize(user.random.randint(700, 1800), user.random.randint(500, 1100))


@action(2)
def refresh(user: User) -> None:
    user.do("refresh")


@action(2)
def export(user: User) -> None:
    name = user.random.choice(["csv", "xlsx", "jsonl", "coco", "contact-sheet"])
    user.choose_export(name)
    target = user.folder / "results.out"
    user.answer("results", user.random.choice([target, Path("/nowhere/at all.csv"), None]))
    user.do("export")


@action(2)
def save_as(user: User) -> None:
    path = user.folder / f"project {user.random.randrange(4)}{PROJECT_SUFFIX}"
    user.answer("save", path)
    if user.do("saveAs") and path.exists() and path not in user.projects:
        user.projects.append(path)


@action(2)
def open_a_project(user: User) -> None:
    user.answer("open", user.random.choice([*user.projects, user.folder / "no project.fewshot"]))
    user.do("open")
    user.wait_until(lambda: not user.app.projects.is_opening, "the project to be read")


@action(1)
def new_project(user: User) -> None:
    user.do("new")
