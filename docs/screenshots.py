"""Take pictures of every state of the window, to be looked at: `make screenshots`.

    python docs/screenshots.py [--out DIR] [--only VARIANT ...] [--tutorials DIR]

The real window, trained on the example, without a screen. A variant is a language, a theme, a size and a scale; each
gets a folder of pictures, with every text of them in `texts.txt`, and all of it on sheets. The states are the functions
below, in their order. `--tutorials` puts those that the documents show into a folder, small, from the first variant.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # this checkout, whatever is installed

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from fewshot_gui.app import App

PATIENCE = 300.0  # seconds that a state may take on a slow machine
REST = 0.3  # seconds without anything to wait for until a picture is taken
MANY = 4000  # images in the state of many
COLUMNS, SHEET_WIDTH, ROWS = 3, 2400, 6  # of a sheet
MOST_COLUMNS = 20  # of a table
_MARKUP = re.compile(r"</?[a-z]+[^<>]*>|&nbsp;")


@dataclass(frozen=True)
class Variant:
    """How the window is shown; size in logical pixels, of which `scale` are one of the screen's."""

    language: str
    theme: str
    size: tuple[int, int]
    scale: float = 1.0

    @property
    def name(self) -> str:
        """E.g. "zh_CN-dark-1280x720-150"."""
        width, height = self.size
        return f"{self.language}-{self.theme}-{width}x{height}-{round(100 * self.scale)}"


VARIANTS = (
    Variant("en", "light", (1280, 720)),
    Variant("en", "dark", (1280, 720)),
    Variant("zh_CN", "light", (1280, 720)),
    Variant("zh_CN", "dark", (1440, 900)),
    Variant("en", "light", (1440, 900)),
    Variant("en", "dark", (2560, 1440)),
    Variant("en", "light", (1280, 720), 1.5),
    Variant("zh_CN", "dark", (1280, 720), 1.5),
    Variant("en", "dark", (1280, 720), 2.0),
)

IN_TUTORIALS = {
    "empty": "empty",
    "bins": "bins-filled",
    "inspector": "inspector",
    "review": "review",
    "estimates": "estimates",
    "stacks": "stacks",
    "slice": "slice",
    "hidden": "slice-names-hidden",
    "frames": "frames",
}
"""Pictures of the documents, images/tutorial-NAME.webp, and their states."""

State = Callable[["Stage"], None]
STATES: list[State] = []


def state(take: State) -> State:
    """Register a state; it begins where the one before ended."""
    STATES.append(take)
    return take


class Stage:
    """The app, and what states do with it."""

    def __init__(self, qt_app: QApplication, app: App, folder: Path, work: Path) -> None:
        self.qt_app, self.app, self.folder, self.work = qt_app, app, folder, work
        self.window, self.table = app.window, app.window.command_table
        self.texts: dict[str, None] = {}  # every text that was seen
        self._count = 0
        self._idle = True
        app.running.job_ended.connect(self._on_job_ended)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Let the window work until `condition`. Raises `TimeoutError`."""
        end = time.monotonic() + PATIENCE
        while not condition():
            self.qt_app.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end:
                raise TimeoutError(f"The window could not {what}.")

    def settle(self) -> None:
        """Let the window finish what it is about."""
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < REST:
            self.qt_app.processEvents()
            time.sleep(0.005)
            if self.app.thumbnails.is_loading or self.app.tiles.is_loading:
                quiet_since = time.monotonic()

    def run(self, command: str) -> None:
        """Trigger a command that starts a job, and wait for its end."""
        self.wait(self.table[command].isEnabled, f"enable {command}")
        self._idle = False
        self.table[command].trigger()
        self.wait(lambda: self._idle, command)

    def shot(self, name: str, widget: QWidget | None = None, *, at_once: bool = False) -> None:
        """Save a picture of the window, or of `widget`."""
        if not at_once:
            self.settle()
        self._count += 1
        self.texts.update(dict.fromkeys(texts_of(widget or self.window)))
        (widget or self.window).grab().save(str(self.folder / f"{self._count:02}-{name}.png"))

    def dialog(self, name: str, command: str | Callable[[], object]) -> None:
        """Save a picture of the dialog that a command opens, and close it."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication, QDialog

        taken: list[str] = []

        def take() -> None:
            shown = QApplication.activeModalWidget()
            windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
            shown = shown or next(iter(windows), None)
            if shown is not None:
                self.shot(name, shown)
                taken.append(name)
                shown.close()

        QTimer.singleShot(400, self.app, take)
        if isinstance(command, str):
            self.wait(self.table[command].isEnabled, f"enable {command}")
            self.table[command].trigger()
        else:
            command()
        self.wait(lambda: bool(taken), f"open the dialog {name}")
        self.settle()

    def menus(self) -> Iterator[tuple[str, QWidget]]:
        """Open each menu of the menu bar in turn."""
        from PySide6.QtCore import QPoint
        from PySide6.QtWidgets import QMenu

        for number, action in enumerate(self.window.menuBar().actions(), 1):
            menu = action.menu()
            if isinstance(menu, QMenu) and action.isVisible():
                menu.popup(QPoint(0, 0))
                yield f"menu-{number}", menu
                menu.close()

    def _on_job_ended(self) -> None:
        self._idle = True


@state
def empty(stage: Stage) -> None:
    stage.shot("empty")


@state
def bins(stage: Stage) -> None:
    from fewshot_gui.demo import EXAMPLES, readable_name
    from model.images.scan import class_folders

    document = stage.app.session.document
    for name, examples in class_folders(EXAMPLES):
        bin_id = document.add_bin(readable_name(name))
        if document.bins[1:]:
            stage.shot("one-bin-filled")
        document.add_examples(bin_id, examples)
    stage.shot("bins-filled")


@state
def training(stage: Stage) -> None:
    begun: list[bool] = []
    stage.app.runner.progressed.connect(lambda *_: begun.append(True))
    stage.table["train"].trigger()
    stage.wait(lambda: bool(begun), "begin to train")
    stage.shot("training", at_once=True)
    stage.wait(lambda: stage._idle and stage.app.session.results.report is not None, "train")
    stage.shot("trained")


@state
def results(stage: Stage) -> None:
    from PIL import Image

    from fewshot_gui.demo import TO_CLASSIFY

    folder = stage.work / "folder"
    shutil.copytree(TO_CLASSIFY, folder)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    first = Image.open(next(iter(sorted(TO_CLASSIFY.glob("*.jpg")))))
    for quality in (60, 30):  # near copies
        first.save(folder / f"sky_01 saved at {quality}.jpg", quality=quality)
    (folder / "notes.txt").write_text("of another kind")
    stage.app.library.add_folders((folder,))
    expected = len(list(folder.glob("*.jpg")))
    stage.wait(lambda: stage.window.library.model.total == expected, "find the folder's images")
    stage.shot("library")
    stage.run("classifyLibrary")
    stage.shot("results")


@state
def inspector(stage: Stage) -> None:
    explained: list[object] = []
    stage.app.runner.succeeded.connect(explained.append)
    results = stage.app.session.results
    good = [made.path for made in results if made.bin_id is not None]
    stage.window.results.table.select_paths(good[:1])
    stage.wait(lambda: any(type(one).__name__ == "ExplainResult" for one in explained), "explain an image")
    stage.shot("inspector")
    broken = next(made.path for made in results if made.bin_id is None)
    stage.window.results.table.select_paths([broken])
    stage.shot("unreadable-image")
    stage.window.results.table.select_paths(good[:2])
    stage.table["compare"].trigger()
    stage.shot("side-by-side")
    stage.window.leave_comparison()


@state
def gallery(stage: Stage) -> None:
    stage.table["resultsGallery"].trigger()
    stage.shot("gallery")
    stage.table["resultsAlone"].trigger()
    stage.shot("gallery-alone")
    stage.table["stacks"].trigger()
    stage.wait(lambda: stage.window.stacks.counts()[0] > 0, "look for near copies")
    stage.shot("stacks")
    stage.dialog("review-dialog-stacks", "review")
    stage.table["stacks"].trigger()
    stage.table["resultsAlone"].trigger()
    stage.table["resultsTable"].trigger()
    stage.table["binGallery"].trigger()
    stage.shot("bin-gallery")
    stage.table["binGallery"].trigger()


@state
def review(stage: Stage) -> None:
    from fewshot_gui.project.review import Reviewed, ReviewPlan

    stage.dialog("review-dialog", "review")
    stage.app.reviewing.begin(ReviewPlan(Reviewed.ALL, "Ana"))
    stage.shot("review")
    view = stage.window.review
    while view.path is not None:
        view.skipped.emit()
        stage.qt_app.processEvents()
    stage.shot("review-end")
    view.left.emit()


@state
def looks(stage: Stage) -> None:
    stage.table["hideNames"].trigger()
    stage.shot("names-hidden")
    stage.table["hideNames"].trigger()
    stage.table["coverPictures"].trigger()
    stage.shot("covered")
    stage.table["coverPictures"].trigger()


@state
def greys(stage: Stage) -> None:
    import numpy as np
    import tifffile

    values = np.hypot(*np.mgrid[-200:200, -300:300]) * 160
    path = stage.work / "folder" / "deep.tif"
    tifffile.imwrite(path, values.astype(np.uint16))
    stage.table["histogram"].setChecked(True)
    stage.table["facts"].trigger()
    stage.window.intents.image_selected.emit(path)
    stage.shot("greys-and-facts")
    stage.table["facts"].trigger()


@state
def boxes(stage: Stage) -> None:
    from model.types import Attend, Region

    document = stage.app.session.document
    example = document.bins[0].examples[0].path
    stage.window.intents.image_selected.emit(example)
    stage.settle()
    size = stage.window.inspector.canvas.view.image_size().toSize()
    width, height = size.width(), size.height()
    here = Region(width // 3, height // 4, width // 3, height // 2)
    other = Region(width // 20, height * 3 // 4, width // 4, height // 5)
    stage.window.intents.boxes_requested.emit(example, Attend((here,), (other,)))
    stage.shot("boxes-on-an-example")
    document.undo_stack.undo()


@state
def layouts(stage: Stage) -> None:
    for name in ("layoutLabel", "layoutReview", "layoutInspect"):
        stage.table[name].trigger()
        stage.shot(name)
    stage.table["layoutReset"].trigger()


@state
def tour(stage: Stage) -> None:
    from fewshot_gui.views.tour import TourCard

    stage.table["tour"].trigger()
    for step in range(1, 6):
        stage.shot(f"tour-{step}")
        card = stage.window.findChild(TourCard)
        assert card is not None
        card.next.click()


@state
def dialogs(stage: Stage) -> None:
    names = (
        "estimates", "export", "exportFolders", "fetchChoose", "reading", "leftAside", "history", "cache", "settings",
        "shortcuts", "compareBackbones", "words", "jobs",
    )  # fmt: skip
    for name in names:
        stage.dialog(name, name)


@state
def menus(stage: Stage) -> None:
    for name, menu in stage.menus():
        stage.shot(name, menu)


@state
def read_only(stage: Stage) -> None:
    from fewshot_gui.project.session import Session

    mine, other = stage.work / "Night shift.fewshot", stage.work / "Ward 4.fewshot"
    stage.app.session.save_as(mine)
    shutil.copy(mine, other)
    elsewhere = Session(stage.work / "elsewhere")
    elsewhere.open(other)
    stage.app.projects.open(other)
    stage.wait(lambda: bool(stage.app.session.document.read_only_reason), "open a project that is open elsewhere")
    stage.shot("read-only")
    elsewhere.close()
    stage.app.projects.open(mine)
    stage.wait(lambda: not stage.app.session.document.read_only_reason, "open the project again")


@state
def many(stage: Stage) -> None:
    from fewshot_gui.demo import TO_CLASSIFY

    folder, pictures = stage.work / "many", sorted(TO_CLASSIFY.glob("*.jpg"))
    folder.mkdir()
    for number in range(MANY):
        (folder / f"frame {number:05}.jpg").hardlink_to(_copy(pictures[number % len(pictures)], stage.work))
    stage.app.library.add_folders((folder,))
    total = stage.window.library.model.total
    stage.wait(lambda: stage.window.library.model.total >= total + MANY, "find many images")
    stage._idle = False
    stage.table["classifyLibrary"].trigger()
    before = len(stage.app.session.results)
    stage.wait(lambda: len(stage.app.session.results) > before + 50, "classify many images")
    stage.shot("many-while-classifying", at_once=True)
    stage.wait(lambda: stage._idle, "classify many images")
    stage.shot("many")
    stage.table["resultsGallery"].trigger()
    stage.shot("many-gallery")
    stage.table["resultsTable"].trigger()


@state
def start_again(stage: Stage) -> None:
    stage.table["new"].trigger()
    stage.app.projects.show_recent()
    stage.shot("recent-projects")


@state
def slices(stage: Stage) -> None:
    from sample_data import ct

    ct(stage.work / "ct")
    document, patient = stage.app.session.document, stage.work / "ct" / "ward" / "p21"
    for folder in sorted((stage.work / "ct" / "bins").iterdir()):
        document.add_examples(document.add_bin(folder.name), sorted(folder.iterdir()))
    stage.run("train")
    stage.app.library.add_folders((patient.parent,))
    stage.wait(lambda: stage.window.library.model.total >= len(list(patient.parent.rglob("*.dcm"))), "find slices")
    stage.run("classifyLibrary")
    stage.table["facts"].trigger()
    explained: list[object] = []
    stage.app.runner.succeeded.connect(explained.append)
    stage.window.results.table.select_paths([patient / "2.dcm"])
    stage.wait(lambda: any(type(one).__name__ == "ExplainResult" for one in explained), "explain a slice")
    stage.shot("slice")
    stage.table["hideNames"].trigger()
    stage.shot("slice-names-hidden")
    stage.table["hideNames"].trigger()
    stage.table["facts"].trigger()


@state
def frames(stage: Stage) -> None:
    from dataclasses import replace

    from sample_data import night

    from model.images.roi import Roi

    stage.table["new"].trigger()
    night(stage.work / "night")
    session, inbox = stage.app.session, stage.work / "night" / "inbox"
    session.set_settings(replace(session.settings, roi=Roi(0, 0.1, 1, 0.9)))
    quiet = sorted((stage.work / "night" / "quiet" / "nobody").iterdir())
    session.document.add_examples(session.document.add_bin("nobody"), quiet)
    stage.run("train")
    stage.app.library.add_folders((inbox,))
    stage.wait(lambda: stage.window.library.model.total == len(list(inbox.iterdir())), "find frames")
    stage.run("classifyLibrary")
    stage.table["resultsGallery"].trigger()
    stage.table["resultsAlone"].trigger()
    stage.shot("frames")
    stage.table["resultsAlone"].trigger()
    stage.table["resultsTable"].trigger()


def _copy(picture: Path, work: Path) -> Path:
    """A copy on the same disk as `work`, of which links can be made."""
    copy = work / "sources" / picture.name
    copy.parent.mkdir(exist_ok=True)
    if not copy.exists():
        shutil.copy(picture, copy)
    return copy


def take_all(variant: Variant, folder: Path) -> None:
    """Take the pictures of one variant in this process."""
    os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(variant.scale)}
    from PySide6.QtCore import qInstallMessageHandler

    from fewshot_gui.app import App, make_qt_app
    from fewshot_gui.paths import AppPaths
    from fewshot_gui.settings import Settings

    folder.mkdir(parents=True, exist_ok=True)
    qInstallMessageHandler(_pass_on)
    qt_app = make_qt_app()
    with tempfile.TemporaryDirectory(prefix="fewshot-screens-") as temporary:
        work = Path(temporary)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")  # on Linux: apart from the user's
        paths = AppPaths.below(work / "app")
        paths.config.mkdir(parents=True)
        settings = Settings(paths.settings_file)
        settings.language, settings.theme = variant.language, variant.theme
        app = App(paths)
        begun: list[bool] = []
        app.started.connect(lambda: begun.append(True))
        app.start()
        stage = Stage(qt_app, app, folder, work)
        stage.wait(lambda: bool(begun), "open a project")
        app.window.resize(*variant.size)
        try:
            for take in STATES:
                take(stage)
        finally:
            (folder / "texts.txt").write_text("\n".join(stage.texts) + "\n", encoding="utf-8")
            app.window.close()
            app.shutdown()


def _pass_on(_kind: object, _context: object, text: str) -> None:
    """Write a message of Qt's, but not what the platform without a screen cannot do."""
    if "plugin does not support" not in text:
        sys.stderr.write(f"{text}\n")


def texts_of(widget: QWidget) -> Iterator[str]:
    """Yield every text that a widget and what is in it show or tell."""
    from PySide6.QtCore import QAbstractItemModel, QObject, Qt
    from PySide6.QtWidgets import QWidget

    for one in (widget, *widget.findChildren(QObject)):
        if isinstance(one, QWidget) and not one.isVisibleTo(widget):
            continue
        for name in ("text", "title", "windowTitle", "placeholderText", "toolTip", "accessibleName", "currentText"):
            said = one.property(name)
            if isinstance(said, str) and said:
                yield _MARKUP.sub(" ", said)
        if isinstance(one, QAbstractItemModel):
            for column in range(MOST_COLUMNS):
                said = one.headerData(column, Qt.Orientation.Horizontal)
                if isinstance(said, str):
                    yield said


def make_sheets(folder: Path) -> list[Path]:
    """Put the pictures of a folder on sheets, each with its name; returns these."""
    from PIL import Image, ImageDraw, ImageFont

    pictures = sorted(folder.glob("*.png"))
    sheets: list[Path] = []
    width = SHEET_WIDTH // COLUMNS
    font = ImageFont.load_default(22)
    for begin in range(0, len(pictures), COLUMNS * ROWS):
        shown = []
        for path in pictures[begin : begin + COLUMNS * ROWS]:
            picture = Image.open(path).convert("RGB")
            picture.thumbnail((width - 16, width))
            shown.append((path.stem, picture))
        rows = [shown[at : at + COLUMNS] for at in range(0, len(shown), COLUMNS)]
        heights = [max(picture.height for _, picture in row) + 48 for row in rows]
        sheet = Image.new("RGB", (SHEET_WIDTH, sum(heights)), "#777777")
        draw = ImageDraw.Draw(sheet)
        for number, row in enumerate(rows):
            top = sum(heights[:number])
            for column, (name, picture) in enumerate(row):
                draw.text((column * width + 8, top + 8), name, fill="white", font=font)
                sheet.paste(picture, (column * width + 8, top + 40))
        target = folder.with_name(f"{folder.name}-{len(sheets) + 1}.webp")
        sheet.save(target, quality=80)
        sheets.append(target)
    return sheets


def make_pictures(folder: Path, target: Path) -> list[Path]:
    """Save the pictures of `IN_TUTORIALS` as small files; returns these."""
    from PIL import Image

    made = []
    for name, shown in IN_TUTORIALS.items():
        (source,) = folder.glob(f"[0-9][0-9]-{shown}.png")
        picture = Image.open(source).convert("RGB")
        picture.thumbnail((1280, 1280))
        made.append(target / f"tutorial-{name}.webp")
        picture.save(made[-1], quality=80, method=6)
    return made


def main() -> int:
    """Take each variant in a process of its own: language, theme and scale are those of a process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "screens")
    parser.add_argument("--only", nargs="*", choices=[one.name for one in VARIANTS], help="by default, all")
    parser.add_argument("--tutorials", type=Path, metavar="DIR", help="also put the documents' pictures there")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    chosen = [one for one in VARIANTS if not options.only or one.name in options.only]
    if options.here:
        take_all(chosen[0], options.out / chosen[0].name)
        return 0
    failed = []
    for variant in chosen:
        folder = options.out / variant.name
        shutil.rmtree(folder, ignore_errors=True)
        begin = time.monotonic()
        command = [sys.executable, __file__, "--here", "--out", str(options.out), "--only", variant.name]
        if subprocess.run(command, check=False).returncode:
            failed.append(variant.name)
        sheets = make_sheets(folder)
        count, seconds = len(list(folder.glob("*.png"))), time.monotonic() - begin
        sys.stdout.write(f"{variant.name}: {count} pictures, {seconds:.0f} s; {', '.join(map(str, sheets))}\n")
    if options.tutorials and chosen[0].name not in failed:
        make_pictures(options.out / chosen[0].name, options.tutorials)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
