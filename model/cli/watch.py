"""`fewshot classify --watch`: images of watched folders are classified as they arrive, into one table.

The table says which images were classified, so that being killed and started again loses no image and repeats none.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from model.cli.arguments import seconds
from model.cli.hooks import COMMAND_SECONDS, Hooks
from model.cli.outcome import Outcome
from model.cli.progress import SECONDS_BETWEEN_LINES
from model.cli.remarks import Remarks
from model.cli.text import say, warn, warn_of
from model.errors import UsageError
from model.images.arrivals import SETTLE_SECONDS, Arrivals, State, file_state
from model.images.cutting import Cutting
from model.images.items import source_file
from model.images.known_content import LEFT_OUT, LeftOutFiles
from model.messages import message
from model.progress import Cancelled, CancelToken
from model.types import Prediction, Status

if TYPE_CHECKING:
    from model.exports.results_table import ResultsTable
    from model.runs.classify import Asked
    from model.runs.image_classifier import ImageClassifier

_MOST_AT_ONCE = 64
"""Files that are classified together at most, so that rows come soon and the end is never far."""

_NOT_TOGETHER = {
    "overlays": "--overlays, since names of overlays are made of all images at once",
    "transductive": "--transductive, since it joins the results of all images at the end",
    "by_case": "--by-case, since a verdict needs all images of its case",
}


def add_watching(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `--watch`."""
    watching = parser.add_argument_group("watching")
    watching.add_argument(
        "--watch",
        action="store_true",
        help=message(
            "go on until Ctrl+C or SIGTERM, and classify what comes into the folders once it is "
            "complete; goes on in RESULTS.csv where it is there"
        ),
    )
    watching.add_argument(
        "--settle",
        type=seconds,
        default=SETTLE_SECONDS,
        metavar="SECONDS",
        help=message(
            "a file is complete when it stays as it is for so long (default: {settle_seconds:g})",
            settle_seconds=SETTLE_SECONDS,
        ),
    )
    watching.add_argument(
        "--polling", action="store_true", help=message("compare the folders every second, as network drives need")
    )
    watching.add_argument(
        "--again-if-changed", action="store_true", help=message("a file that changes gets another row each time")
    )
    watching.add_argument(
        "--on-image",
        action="append",
        default=[],
        metavar="COMMAND",
        help=message(
            "run a command for each row: words, of which {path} {file} {class} {confidence} "
            "{status} are filled in; no shell"
        ),
    )
    watching.add_argument(
        "--on-class",
        action="append",
        nargs=2,
        default=[],
        metavar=("CLASS", "COMMAND"),
        help=message("the same, for the images of one class"),
    )
    watching.add_argument(
        "--command-seconds",
        type=seconds,
        default=COMMAND_SECONDS,
        metavar="SECONDS",
        help=message(
            "a command that takes longer is ended (default: {command_seconds:g})", command_seconds=COMMAND_SECONDS
        ),
    )


def check_options(options: argparse.Namespace) -> None:
    """Raise `UsageError` where options do not go together with `--watch`, or need it."""
    if not options.watch:
        asked = [f"--{name.replace('_', '-')}" for name in ("on_image", "on_class", "polling", "again_if_changed")
                 if getattr(options, name)]  # fmt: skip
        if asked:
            raise UsageError(message("{asked} needs --watch.", asked=asked[0]))
        return
    for name, why in _NOT_TOGETHER.items():
        if getattr(options, name):
            raise UsageError(message("--watch does not go together with {why}. Leave one of them out.", why=why))


@dataclass
class _Either:
    """Stops at the first of Ctrl+C (`token`) and SIGTERM."""

    token: CancelToken
    ended: CancelToken = field(default_factory=CancelToken)

    @property
    def is_cancelled(self) -> bool:
        return self.token.is_cancelled or self.ended.is_cancelled


class FolderWatch:
    """Classifies what arrives in folders, until it is stopped.

    counts: rows written by status; classes: by class number
    """

    def __init__(
        self,
        classifier: ImageClassifier,
        table: ResultsTable,
        hooks: Hooks,
        asked: Asked,
        *,
        cutting: Cutting,
        left_out: LeftOutFiles,
        again_if_changed: bool = False,
    ) -> None:
        self._classifier, self._table, self._hooks, self._asked = classifier, table, hooks, asked
        self._cutting, self._left_out, self._again = cutting, left_out, again_if_changed
        self._seen: dict[Path, State] = {}
        self._changed: set[Path] = set()
        self._remarked: set[str] = set()
        self._written: set[Path] = set()  # items of files that were not classified to their end
        self.counts: Counter[Status] = Counter()
        self.classes: Counter[int] = Counter()

    def is_known(self, path: Path, state: State) -> bool:
        """Whether a file needs no row: it has one, and was not changed since or is not to be classified again."""
        before = self._seen.get(path)
        if before is None:
            if not self._table.has(path):
                return False
            self._seen[path] = state
            return True
        if before == state:
            return True
        if not self._again and path not in self._changed:
            self._changed.add(path)
            warn_of(path, "has changed since it was classified; its row stays as it is (see --again-if-changed).")
        return not self._again

    def classify(self, files: Sequence[Path], stop: _Either) -> None:
        """Classify files that are complete, and write their rows. Raises `Cancelled` and `FewShotError`."""
        from model.runs.run import Run

        states = {file: file_state(file) for file in files}
        images: list[Path] = []
        for file in files:
            images += self._images_of(file)
        aside = [image for image in images if self._left_out.has(image)]
        self._write([Prediction(image, Status.LEFT_OUT, message=LEFT_OUT) for image in aside], states)
        gone = set(aside)
        run = Run(self._classifier, [image for image in images if image not in gone], self._asked, token=stop.token)
        batches = run.classified()
        try:
            for predictions in batches:
                self._write(predictions, states)
                if stop.is_cancelled:
                    return
        finally:
            batches.close()
        for file, state in states.items():
            if state is not None and file_state(file) in (state, None):
                self._seen[file] = state
                self._written = {item for item in self._written if source_file(item) != file}

    def _images_of(self, file: Path) -> list[Path]:
        from model.images.reading import parts

        again = self._again and file in self._seen
        return [
            image
            for image in parts(file, self._cutting, warn_of, self._on_remarked)
            if again or not (self._table.has(image) or image in self._written)
        ]

    def _on_remarked(self, path: Path, remark: str) -> None:
        if remark not in self._remarked:
            self._remarked.add(remark)
            warn_of(path, f"{remark} It is not said of the files that follow.")

    def _write(self, predictions: Sequence[Prediction], states: dict[Path, State | None]) -> None:
        rows = []
        for one in predictions:
            file = source_file(one.path)
            # While it was read it was written to, or went away: it is classified when it is complete (again).
            if one.status is Status.ERROR and (states[file] is None or file_state(file) != states[file]):
                continue
            rows.append(one)
        self._table.write(rows)
        with Remarks() as remarks:
            for one in rows:
                if one.path != source_file(one.path):
                    self._written.add(one.path)
                self.counts[one.status] += 1
                if one.status.has_class:
                    self.classes[one.predicted] += 1
                elif one.status is Status.ERROR:
                    remarks.add(one.path, one.message)
        for one in rows:
            self._hooks.add(one)


def watch(
    options: argparse.Namespace,
    token: CancelToken,
    classifier: ImageClassifier,
    table: ResultsTable,
    hooks: Hooks,
    asked: Asked,
    left_out: LeftOutFiles,
) -> Outcome:
    """Go on until Ctrl+C, which raises `Cancelled`, or SIGTERM, which is an ordinary end."""
    started, stop = time.monotonic(), _Either(token)
    folder_watch = FolderWatch(
        classifier,
        table,
        hooks,
        asked,
        cutting=options.cutting,
        left_out=left_out,
        again_if_changed=options.again_if_changed,
    )
    arrivals = Arrivals(options.paths, folder_watch.is_known, warn_of, settle=options.settle, polling=options.polling)
    said = 0.0
    where = ", ".join(map(str, options.paths))
    with until_terminated(stop.ended), hooks:
        say(message("Watching {where}; results in {out}. Ctrl+C ends.", where=where, out=options.out))
        for files in arrivals.ready(_MOST_AT_ONCE, stop):
            if not files:
                continue
            with contextlib.suppress(Cancelled):
                folder_watch.classify(files, stop)
            if time.monotonic() - said > SECONDS_BETWEEN_LINES:
                said = time.monotonic()
                warn(
                    message(
                        "{total} images so far, {waiting} files waiting.",
                        total=folder_watch.counts.total(),
                        waiting=arrivals.waiting,
                    )
                )
    counts = folder_watch.counts
    done = f"{counts.total()} {'image was' if counts.total() == 1 else 'images were'} classified"
    if token.is_cancelled:
        raise Cancelled(f"{done}; the same command goes on.")
    say(
        message(
            "Ended: {done}. Unreadable: {status}. Results in {out}",
            done=done,
            status=counts[Status.ERROR],
            out=options.out,
        )
    )
    return Outcome(
        {
            "results": str(options.out),
            "images": counts.total(),
            **{status.value: counts[status] for status in Status},
            "classes": {classifier.class_names[number]: count for number, count in folder_watch.classes.items()},
            "commands_failed": hooks.failed,
            "device": classifier.device_note,
            "seconds": time.monotonic() - started,
        },
        0,
    )


@contextlib.contextmanager
def until_terminated(ended: CancelToken) -> Iterator[None]:
    """Have SIGTERM cancel `ended` inside the block."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.cancel()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
