"""Every command of the main window in one table: text, shortcuts, icon and when it can be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QIcon, QKeySequence, QPalette

from fewshot_gui.icons import icon
from fewshot_gui.translation import mark, tr

_Key = QKeySequence.StandardKey
_LETTER_BEHIND = re.compile(r"\(&\w\)")


@dataclass(frozen=True)
class ActionSpec:
    """One command. `when` names flags that must all hold ("!busy": must not); see `ActionTable.set_flags`."""

    id: str
    text: str
    shortcuts: tuple[str | QKeySequence.StandardKey, ...] = ()
    icon: str = ""
    when: tuple[str, ...] = ()
    tip: str = ""
    checkable: bool = False

    def sequences(self) -> list[QKeySequence]:
        """The shortcuts as this system has them."""
        sequences = [QKeySequence(shortcut) for shortcut in self.shortcuts]
        return [one for at, one in enumerate(sequences) if not one.isEmpty() and one not in sequences[:at]]


SPECS = (
    # File
    ActionSpec("new", mark("&New project"), (_Key.New,), "new", ("!busy",), mark("Start an empty project")),
    ActionSpec("open", mark("&Open project…"), (_Key.Open,), "open", ("!busy",), mark("Open a project file")),
    ActionSpec(
        "save",
        mark("&Save"),
        (_Key.Save,),
        "save",
        (),
        mark("Every edit is saved at once; give a new project its file"),
    ),
    ActionSpec(
        "saveAs",
        mark("Save &as…"),
        ("Ctrl+Shift+S",),
        "",
        ("!busy",),
        mark("Save to a new file and go on there"),
    ),
    ActionSpec(
        "editAgain",
        mark("Open for e&diting"),
        (),
        "edit",
        ("may_edit_again", "!busy"),
        mark("Nobody else has the project any more: load it as it is now, and edit it"),
    ),
    ActionSpec(
        "discardUnnamed",
        mark("&Discard projects without a name…"),
        (),
        "",
        ("unnamed",),
        mark("Delete projects that were left without being saved under a name"),
    ),
    ActionSpec(
        "binsFromFolder",
        mark("Bins from a &folder…"),
        (),
        "bin-add",
        ("!read_only",),
        mark("Each sub-folder of a folder becomes a bin with its images"),
    ),
    ActionSpec(
        "example",
        mark("Try the &example"),
        (),
        "",
        ("!busy",),
        mark("A new project with pictures that come with the program: bins, a training, and a folder classified"),
    ),
    ActionSpec(
        "nextStep",
        mark("Say what to do &next"),
        (),
        "",
        (),
        mark("A line above the bins that says what would help most now"),
        checkable=True,
    ),
    ActionSpec(
        "recover",
        mark("Reco&ver…"),
        (),
        "",
        ("!busy",),
        mark("Save what can be read of a damaged project, or one of its backups, as a new project"),
    ),
    ActionSpec(
        "addFolder",
        mark("Add &folder…"),
        ("Ctrl+Shift+O",),
        "folder-add",
        ("!read_only",),
        mark("Show the images of a folder in the library"),
    ),
    ActionSpec(
        "reading",
        mark("Ho&w images are read…"),
        (),
        "",
        (),
        mark("How many frames are taken of videos, large images as tiles, transparent pixels, the range of greys"),
    ),
    ActionSpec(
        "leftAside",
        mark("Files &left aside…"),
        (),
        "",
        ("has_left_aside",),
        mark("List what the last search for images left aside"),
    ),
    ActionSpec(
        "export",
        mark("&Export…"),
        ("Ctrl+E",),
        "export",
        ("has_results",),
        mark("Write results and labels as tables, for annotation programs, as pictures"),
    ),
    ActionSpec(
        "exportFolders",
        mark("Export into folders &by class…"),
        ("Ctrl+Alt+E",),
        "",
        ("has_something_to_sort", "!busy"),
        mark("Copy, link or move images into a folder for each class"),
    ),
    ActionSpec(
        "report",
        mark("Re&port…"),
        ("Ctrl+Shift+P",),
        "",
        ("has_something_to_sort",),
        mark("Write what came out, how sure it is and what to be careful about into one HTML file, for colleagues"),
    ),
    ActionSpec(
        "exportClassifier",
        mark("Export class&ifier…"),
        (),
        "",
        ("is_trained", "!busy"),
        mark("Write the classifier into a folder, for other computers and the command, with a page that describes it"),
    ),
    ActionSpec(
        "undoMove",
        mark("Undo a &move into folders…"),
        (),
        "",
        ("!busy",),
        mark("Move the images that were moved last into a folder back to where they were, also after a crash"),
    ),
    ActionSpec(
        "history",
        mark("&History…"),
        ("Ctrl+H",),
        "",
        (),
        mark("List the trainings of this project, compare two, go back to one; check the record"),
    ),
    ActionSpec("close", mark("&Close"), (_Key.Close,)),
    ActionSpec("quit", mark("&Quit"), ("Ctrl+Q",)),
    ActionSpec("goOn", mark("&Go on"), (), "", ("!busy", "!read_only"), mark("Go on with the work that was cut off")),
    ActionSpec("leaveUnfinished", mark("&Leave it"), (), "", (), mark("Leave it as it is, and say no more of it")),
    # Edit
    ActionSpec("undo", mark("&Undo"), (_Key.Undo,), "undo", ("can_undo", "!read_only")),
    ActionSpec("redo", mark("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", ("can_redo", "!read_only")),
    ActionSpec("selectAll", mark("Select &all"), (_Key.SelectAll,)),
    ActionSpec("selectNone", mark("Select &none"), ("Ctrl+Shift+A",)),
    ActionSpec("selectInvert", mark("&Invert selection"), ("Ctrl+I",)),
    ActionSpec("find", mark("&Find…"), (_Key.Find,), "search", (), mark("Filter the library or the results")),
    ActionSpec(
        "removeExamples",
        mark("Remove from bin"),
        (_Key.Delete,),
        "trash",
        ("has_example_selection", "!read_only"),
        mark("Takes the images out of the bin; no file is deleted"),
    ),
    ActionSpec(
        "cache", mark("&Cache…"), (), "", (), mark("What is kept of images between runs: where, how much, clear it")
    ),
    # Bins
    ActionSpec(
        "newBin", mark("New &bin"), ("Ctrl+B",), "bin-add", ("!read_only",), mark("Add a bin: one bin is one class")
    ),
    ActionSpec("renameBin", mark("&Rename bin"), ("F2",), "edit", ("has_bins", "!read_only")),
    ActionSpec(
        "binGallery",
        mark("Bin as a &gallery"),
        ("F11",),
        "",
        ("has_bins",),
        mark("Show the examples of a bin large, those first that may be in the wrong one; again: all bins"),
    ),
    ActionSpec("nextPane", mark("Next &part"), ("F6",), "", (), mark("Go round: library, bins, results, inspector")),
    ActionSpec("previousPane", mark("Pre&vious part"), ("Shift+F6",)),
    ActionSpec("nextBin", mark("Ne&xt bin"), ("Ctrl+PgDown",), "", ("has_bins",)),
    ActionSpec("previousBin", mark("&Previous bin"), ("Ctrl+PgUp",), "", ("has_bins",)),
    # Run
    ActionSpec(
        "train",
        mark("&Train"),
        ("Ctrl+T", "F9"),
        "train",
        ("can_train", "!busy"),
        mark("Learn from the examples in the bins"),
    ),
    ActionSpec(
        "autoTrain",
        mark("Train &automatically"),
        ("Ctrl+Shift+T",),
        "",
        (),
        mark("Train again after every change of the bins"),
        checkable=True,
    ),
    ActionSpec(
        "thorough",
        mark("T&horough"),
        (),
        "",
        ("has_thorough",),
        mark(
            "Train on what two networks see instead of one: somewhat more is right, and an image takes about three "
            "times as long the first time"
        ),
        checkable=True,
    ),
    ActionSpec(
        "closely",
        mark("Look closely at every &image"),
        (),
        "",
        (),
        mark(
            "Look for the region of each result at twice the size, as the inspector does: it is found more often, and "
            "classifying takes about four times as long"
        ),
        checkable=True,
    ),
    ActionSpec(
        "transductive",
        mark("Let si&milar images agree"),
        (),
        "",
        (),
        mark(
            "Join each result with what similar images of the same run show: more is right with few examples, but a "
            "result then depends on the other images"
        ),
        checkable=True,
    ),
    ActionSpec(
        "classify",
        mark("&Classify folder…"),
        ("Ctrl+R",),
        "classify",
        ("is_trained", "!busy"),
        mark("Predict a class for every image of a folder"),
    ),
    ActionSpec(
        "classifyLibrary",
        mark("Classify the &library"),
        ("Ctrl+Alt+R",),
        "",
        ("is_trained", "has_library", "!busy"),
        mark("Predict a class for every image shown in the library"),
    ),
    ActionSpec(
        "watch",
        mark("&Watch folder…"),
        ("Ctrl+Shift+W",),
        "",
        ("is_trained", "!read_only"),
        mark("Classify what comes into a folder, as long as the project is open; files that are there already, too"),
    ),
    ActionSpec(
        "stopWatching",
        mark("St&op watching"),
        (),
        "",
        ("watching",),
        mark("Classify no more what comes into the watched folder; what was classified stays"),
    ),
    ActionSpec(
        "polling",
        mark("Watch &network drives"),
        (),
        "",
        (),
        mark("Compare watched folders every second instead of being told: network drives need it"),
        checkable=True,
    ),
    ActionSpec(
        "review",
        mark("Re&view results…"),
        ("Ctrl+Shift+R",),
        "",
        ("has_results", "!read_only"),
        mark("Go through results one by one with the keyboard, and say what each image shows"),
    ),
    ActionSpec(
        "suggest",
        mark("&Fetch images"),
        ("Ctrl+G",),
        "suggest",
        ("has_something_to_fetch", "!busy"),
        mark("Show a few images chosen as last time; at first, those of the library that would teach the most"),
    ),
    ActionSpec(
        "fetchChoose",
        mark("Fetch &by choice…"),
        ("Ctrl+Alt+G",),
        "",
        ("has_something_to_fetch", "!busy"),
        mark("Choose how many images to fetch, and which: the most doubtful, typical ones, odd ones, random ones"),
    ),
    ActionSpec(
        "likeImage",
        mark("Fetch images li&ke this one"),
        ("Ctrl+L",),
        "",
        ("has_image", "has_something_to_fetch", "!busy"),
        mark("Show the images that are most like the one in the inspector"),
    ),
    ActionSpec(
        "likeRegion",
        mark("Fetch images like this re&gion"),
        ("Ctrl+Shift+L",),
        "",
        ("has_image", "has_something_to_fetch", "!busy"),
        mark("Show the images that have something like the part marked in the inspector (Shift and drag), or its box"),
    ),
    ActionSpec(
        "compareBackbones",
        mark("Com&pare backbones…"),
        (),
        "",
        ("can_train",),
        mark("Find out which network recognises most of the examples when they are left out, and how long each takes"),
    ),
    ActionSpec(
        "cancel",
        mark("Canc&el"),
        ("Esc",),
        "cancel",
        ("busy",),
        mark("Stop; what is done so far is kept"),
    ),
    # View
    ActionSpec(
        "showAll",
        mark("Show all i&mages"),
        ("Ctrl+Shift+G",),
        "",
        ("has_suggestions",),
        mark("Show everything again, not only what was fetched"),
    ),
    ActionSpec(
        "estimates",
        mark("&Estimates"),
        ("Ctrl+Shift+E",),
        "estimates",
        (),
        mark("How good it is: accuracy, recall, precision, confusions"),
    ),
    ActionSpec(
        "refresh",
        mark("&Refresh library"),
        ("F5",),
        "refresh",
        ("has_folders",),
        mark("Look for new images in the library folders"),
    ),
    ActionSpec(
        "stacks",
        mark("Stac&k near copies"),
        ("Ctrl+Alt+S",),
        "",
        (),
        mark("Show near copies (bursts, frames, the same picture saved again) as one, in the library and the results"),
        checkable=True,
    ),
    ActionSpec(
        "toggleStack",
        mark("Sprea&d or close the stack"),
        ("Ctrl+D",),
        "",
        ("has_images",),
        mark("Show all images of the current image's stack, or only the one on top again"),
    ),
    ActionSpec(
        "resultsTable",
        mark("Results as a ta&ble"),
        ("Ctrl+Alt+1",),
        "table",
        (),
        mark("Show the results as a table"),
        checkable=True,
    ),
    ActionSpec(
        "resultsGallery",
        mark("Results as a &gallery"),
        ("Ctrl+Alt+2",),
        "gallery",
        (),
        mark("Show the results as tiles: picture, region and map of many at once"),
        checkable=True,
    ),
    ActionSpec(
        "resultsAlone",
        mark("Results &alone"),
        ("Ctrl+Alt+3",),
        "",
        (),
        mark("Hide library and bins, so that results have their room; keys put images into bins all the same"),
        checkable=True,
    ),
    ActionSpec(
        "layoutLabel",
        mark("Layout for &labelling"),
        ("Ctrl+Alt+4",),
        "",
        (),
        mark("A wide library and large bins"),
    ),
    ActionSpec(
        "layoutReview",
        mark("Layout for &reviewing"),
        ("Ctrl+Alt+5",),
        "",
        (),
        mark("Results alone, as a gallery, beside the inspector"),
    ),
    ActionSpec(
        "layoutInspect",
        mark("Layout for &inspecting"),
        ("Ctrl+Alt+6",),
        "",
        (),
        mark("A large inspector beside the table of results"),
    ),
    ActionSpec(
        "layoutReset", mark("&Usual layout"), (), "", (), mark("All parts at the sizes that they had in the beginning")
    ),
    ActionSpec("zoomIn", mark("Zoom &in"), (_Key.ZoomIn, "Ctrl+="), "zoom-in", ("has_image",)),
    ActionSpec("zoomOut", mark("Zoom &out"), (_Key.ZoomOut,), "zoom-out", ("has_image",)),
    ActionSpec(
        "zoomFit",
        mark("&Fit picture"),
        ("Ctrl+0",),
        "zoom-fit",
        ("has_image",),
        mark("Show the whole picture"),
    ),
    ActionSpec(
        "zoomActual",
        mark("&100 %"),
        ("Ctrl+1",),
        "zoom-actual",
        ("has_image",),
        mark("One image pixel for one pixel of the screen"),
    ),
    ActionSpec(
        "compare",
        mark("Compare side b&y side"),
        ("Ctrl+Alt+C",),
        "",
        ("has_image",),
        mark("Show the two selected images beside each other, or of one image where two classes look"),
    ),
    ActionSpec(
        "copyPicture",
        mark("Cop&y picture"),
        ("Ctrl+Shift+C",),
        "",
        ("has_image",),
        mark("Copy the picture in the inspector with the map and the region over it"),
    ),
    ActionSpec(
        "savePicture",
        mark("&Save picture…"),
        (),
        "",
        ("has_image",),
        mark("Write the picture in the inspector, with the map and the region over it, to a PNG file"),
    ),
    # Picture
    ActionSpec(
        "nextWindow",
        mark("Next &window"),
        ("Ctrl+Alt+W",),
        "",
        ("has_greys",),
        mark("Look at the greys through the next window that is offered; what is classified stays as it is"),
    ),
    ActionSpec("widerWindow", mark("W&ider window"), ("]",), "", ("has_greys",), mark("Tell more values apart")),
    ActionSpec("narrowerWindow", mark("&Narrower window"), ("[",), "", ("has_greys",), mark("Tell fewer values apart")),
    ActionSpec("brighter", mark("&Brighter"), (".",), "", ("has_greys",), mark("Lower the level of the window")),
    ActionSpec("darker", mark("&Darker"), (",",), "", ("has_greys",), mark("Raise the level of the window")),
    ActionSpec(
        "invertGreys",
        mark("In&vert greys"),
        ("Ctrl+Alt+I",),
        "",
        ("has_greys",),
        mark("Exchange light and dark, for looking alone"),
    ),
    ActionSpec(
        "resetWindow",
        mark("As &classified"),
        ("Ctrl+Alt+0",),
        "",
        ("has_greys",),
        mark("Look at the greys as the classifier sees them"),
    ),
    ActionSpec(
        "histogram",
        mark("&Histogram"),
        ("Ctrl+Alt+H",),
        "",
        (),
        mark("Show below pictures of greys how often each value is there"),
        checkable=True,
    ),
    ActionSpec(
        "nextInSeries",
        mark("Ne&xt slice or frame"),
        ("Alt+PgDown",),
        "",
        ("has_series",),
        mark("Go on in the file, or in the series of slices in its folder"),
    ),
    ActionSpec("previousInSeries", mark("&Previous slice or frame"), ("Alt+PgUp",), "", ("has_series",)),
    ActionSpec("turnRight", mark("Turn &right"), ("Alt+Right",), "", ("has_image",), mark("Turns the view alone")),
    ActionSpec("turnLeft", mark("Turn &left"), ("Alt+Left",), "", ("has_image",), mark("Turns the view alone")),
    ActionSpec("mirror", mark("&Mirror"), ("Ctrl+Alt+M",), "", ("has_image",), mark("Left for right")),
    ActionSpec("upsideDown", mark("&Upside down"), ("Ctrl+Alt+U",), "", ("has_image",), mark("Top for bottom")),
    ActionSpec(
        "facts",
        mark("&Facts of the picture"),
        ("Ctrl+Alt+D",),
        "",
        (),
        mark("Show what the file says of how the picture was taken"),
        checkable=True,
    ),
    ActionSpec("fullScreen", mark("Full &screen"), ("Shift+F11",), "", (), "", checkable=True),
    ActionSpec(
        "whoSaid",
        mark("&Who said this?"),
        ("Ctrl+Shift+I",),
        "",
        ("has_image",),
        mark(
            "Show who said what of the image in the inspector, by which classifier and which examples it was predicted"
        ),
    ),
    ActionSpec(
        "hideNames",
        mark("&Hide names"),
        ("Ctrl+Shift+H",),
        "",
        (),
        mark("Show numbers instead of the names of files and folders, which may tell a patient's name or the class"),
        checkable=True,
    ),
    ActionSpec(
        "settings",
        mark("Se&ttings…"),
        (_Key.Preferences, "Ctrl+,"),
        "",
        (),
        mark("Language, look, how images are read and classified, the cache, privacy, shortcuts"),
    ),
    ActionSpec(
        "shortcuts",
        mark("Keyboard s&hortcuts…"),
        (),
        "",
        (),
        mark("Which keys do what; each can be changed"),
    ),
    ActionSpec(
        "coverPictures",
        mark("Cover &pictures"),
        ("Ctrl+Shift+B",),
        "",
        (),
        mark(
            "Blur or grey out all pictures; while F8 is held the one under the pointer is uncovered, with Shift+F8 all"
        ),
        checkable=True,
    ),
    # Help
    ActionSpec("help", mark("&Keyboard and mouse"), ("F1",), "help"),
    ActionSpec(
        "words",
        mark("&What the words mean…"),
        ("Shift+F1",),
        "",
        (),
        mark("Weight, steady, to check, unlike every bin, ...: explained in plain words, beginning with this place"),
    ),
    ActionSpec("tour", mark("&Tour"), (), "", (), mark("Shows the five steps of the work, each where it is done")),
    ActionSpec(
        "jobs",
        mark("&Jobs…"),
        ("Ctrl+J",),
        "",
        (),
        mark("What was trained, classified, searched and exported since the program started, and what came of it"),
    ),
    ActionSpec("log", mark("&Log…"), (), "", (), mark("What the program noted of its last runs, for support")),
    ActionSpec("about", mark("&About Fewshot")),
)


class ActionTable(QObject):
    """The QActions of `SPECS`, by id; objectNames are "<id>Action"."""

    def __init__(self, parent: QObject, specs: tuple[ActionSpec, ...] = SPECS) -> None:
        super().__init__(parent)
        self._specs = {spec.id: spec for spec in specs}
        self._flags: dict[str, bool] = {}
        self._actions = {spec.id: self._make(spec) for spec in specs}

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def set_flags(self, **flags: bool) -> None:
        """Say what is the case now ("busy", "has_bins", ...); flags never named are False."""
        self._flags.update(flags)
        for action_id, spec in self._specs.items():
            self._actions[action_id].setEnabled(all(self._holds(flag) for flag in spec.when))

    def flag(self, name: str) -> bool:
        """What `set_flags` said last."""
        return self._flags.get(name, False)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all commands, in the order of the table."""
        return tuple(self._specs)

    def default_keys(self, action_id: str) -> tuple[str, ...]:
        """The shortcuts of a command before anyone changes them, as portable texts."""
        return _portable(self._specs[action_id].sequences())

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The shortcuts of a command now, as portable texts."""
        return _portable(self._actions[action_id].shortcuts())

    def set_keys(self, chosen: Mapping[str, Sequence[str]]) -> None:
        """Give commands the shortcuts that a person chose, as portable texts; all others get their own back."""
        for action_id, action in self._actions.items():
            keys = chosen.get(action_id, self.default_keys(action_id))
            if tuple(keys) != self.keys(action_id):
                action.setShortcuts([QKeySequence(key, QKeySequence.SequenceFormat.PortableText) for key in keys])
                _set_tip(action, action.statusTip())

    def set_text(self, action_id: str, verb: str, subject: str) -> None:
        """Name what the command would do: "&Undo" and "Add bin" become "Undo: Add bin"."""
        action = self._actions[action_id]
        action.setText(f"{verb}: {subject.replace('&', '&&')}" if subject else verb)
        keys, plain = shortcut_text(action), without_letter(verb)
        action.setIconText(plain)
        action.setToolTip(f"{plain}: {subject} ({keys})" if subject else f"{plain} ({keys})")

    def set_tip(self, action_id: str, tip: str) -> None:
        """Say something else of a command than its `ActionSpec.tip`."""
        _set_tip(self._actions[action_id], tip)

    def set_icons(self, palette: QPalette) -> None:
        """Draw the icons in the colours of `palette`."""
        for action_id, spec in self._specs.items():
            self._actions[action_id].setIcon(icon(spec.icon, palette) if spec.icon else QIcon())

    def _holds(self, flag: str) -> bool:
        return not self.flag(flag[1:]) if flag.startswith("!") else self.flag(flag)

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(tr(spec.text), self)
        action.setObjectName(f"{spec.id}Action")
        action.setIconText(plain_text(action))  # on buttons; Qt leaves the letter there that stands behind
        action.setShortcuts(spec.sequences())
        action.setCheckable(spec.checkable)
        _set_tip(action, tr(spec.tip) if spec.tip else plain_text(action))
        action.setEnabled(all(self._holds(flag) for flag in spec.when))
        return action


def _portable(sequences: Iterable[QKeySequence]) -> tuple[str, ...]:
    texts = (sequence.toString(QKeySequence.SequenceFormat.PortableText) for sequence in sequences)
    return tuple(dict.fromkeys(text for text in texts if text))


def _set_tip(action: QAction, tip: str) -> None:
    keys = shortcut_text(action)
    action.setToolTip(f"{tip} ({keys})" if keys else tip)
    action.setStatusTip(tip)


MOST_KEYS = 99
"""Bins that have keys: 1 to 9, then 0 and two digits."""


def bin_keys(position: int) -> str:
    """Return the keys of the bin at `position`, from 0: "3", "0 1 2" for the twelfth."""
    number = position + 1
    return str(number) if number < 10 else f"0 {number // 10} {number % 10}"


def plain_text(action: QAction) -> str:
    """The action's text without mnemonic and dots."""
    return without_letter(action.text()).removesuffix("…")


def without_letter(text: str) -> str:
    """A text without its mnemonic: "&Train" becomes "Train", "训练(&T)" becomes "训练"."""
    return _LETTER_BEHIND.sub("", text).replace("&", "")


def shortcut_text(action: QAction) -> str:
    """The first shortcut as the system writes it, or ""."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
