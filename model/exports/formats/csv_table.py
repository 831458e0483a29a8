"""The results table as a CSV file: one row for each image, written as results come and safe to resume.

No cell is a formula to a spreadsheet, whatever the names of classes and files (`model.exports.spreadsheet`).
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from model.errors import FewShotError
from model.exports.results_table import (
    BYTE_ORDER_MARK,
    OVERLAY_TROUBLE,
    TABLES,
    Limits,
    ResultsTable,
    not_written,
    probability_cells,
    write_whole,
)
from model.exports.spreadsheet import as_cell, as_path_cell
from model.images.scan import readable_text
from model.messages import message
from model.types import Prediction, Status

COLUMNS = (
    "path", "status", "predicted", "confidence", "region_x", "region_y", "region_w", "region_h", "message",
)  # fmt: skip

STEADINESS = "region_steadiness"
CLASSIFIER_COLUMN = "classifier"
_OPTIONAL = {"accepted": "--max-error", "candidates": "--candidates", "group": "--by-case", CLASSIFIER_COLUMN: None}
"""Columns that are not always there, with the options that ask for them."""


class CsvTable(ResultsTable):
    """A CSV file of predictions (UTF-8), flushed after each batch; used as a context manager.

    With `resume`, rows that are already there are kept: ask `has`, and
    `kept_errors` counts those with trouble. With `classifier`, a column names it in each row that it made, and rows of
    another one are refused. Bytes of a path that are not UTF-8 are written in
    hexadecimal. Raises `FewShotError` where the file cannot be written or does not fit.
    """

    keeps_classifier = True

    def __init__(
        self,
        path: Path,
        class_names: Sequence[str],
        *,
        limits: Limits | None = None,
        resume: bool = False,
        classifier: str = "",
    ) -> None:
        self._path = path
        self._class_names = tuple(class_names)
        self._limits = limits or Limits()
        self._header = [*COLUMNS, *(f"p_{name}" for name in class_names), *self._limits.header(), STEADINESS]
        self._classifier = classifier
        self._header += [CLASSIFIER_COLUMN] if classifier else []
        self.kept_errors = 0
        self._finished: frozenset[str] = frozenset()
        self._composed: dict[str, str] = {}  # the same paths with their letters composed
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = self._whole_rows() if resume and path.exists() and path.stat().st_size else []
            self.kept_errors = sum(row[1] == Status.ERROR or row[8].startswith(OVERLAY_TROUBLE) for row in rows)
            self._finished = frozenset(as_path_cell(row[0]) for row in rows)
            self._composed = {_composed(cell): cell for cell in self._finished}
            # Rows that are kept are written over themselves, so that being killed here loses none.
            self._file = path.open("r+" if rows else "w", encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as error:
            raise not_written(self._path, error) from error
        self._writer = csv.writer(self._file)
        try:
            self._write_rows([self._header, *rows])
            if rows:
                self._file.truncate()
        except FewShotError:
            self._close()
            raise

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Whether the file's first row begins with our columns. Raises `OSError`."""
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            start = file.read(1000).removeprefix(BYTE_ORDER_MARK).replace('"', "")
        return start.startswith(",".join(COLUMNS))

    def has(self, path: Path) -> bool:
        """Whether `path` has a row that was kept, perhaps under a name that is composed of other code points.

        (Of two files whose names differ in that alone, each has its own row.)
        """
        cell = as_path_cell(readable_text(path))
        if cell in self._finished:
            return True
        other = self._composed.get(_composed(cell))
        return other is not None and not _are_two_files(path, Path(other))

    def __enter__(self) -> CsvTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def write(self, predictions: Iterable[Prediction]) -> None:
        """Append one row for each prediction and flush."""
        self._write_rows([self._row(prediction) for prediction in predictions])

    def rewrite(self, predictions: Iterable[Prediction]) -> None:
        """Replace all rows by one for each prediction, or fail and leave them; closes the table."""
        self._close()
        write_whole(self._path, [self._header, *(self._row(prediction) for prediction in predictions)])

    def _write_rows(self, rows: Sequence[Sequence[str]]) -> None:
        try:
            self._writer.writerows(rows)
            self._file.flush()
        except OSError as error:
            raise not_written(self._path, error) from error

    def _close(self) -> None:
        with contextlib.suppress(OSError):  # every row was flushed, or an error was raised
            self._file.close()

    def _row(self, prediction: Prediction) -> list[str]:
        row = [as_path_cell(readable_text(prediction.path)), prediction.status.value]
        if not prediction.status.has_class or prediction.region is None:
            nothing = [""] * (len(self._header) - len(COLUMNS))
            return [*row, *[""] * 6, as_cell(prediction.message), *nothing]
        region = prediction.region
        scores = probability_cells(prediction.scores, prediction.predicted)
        return [
            *row,
            as_cell(self._class_names[prediction.predicted]),
            scores[prediction.predicted],
            *(str(value) for value in (region.x, region.y, region.width, region.height)),
            as_cell(prediction.message),
            *scores,
            *self._limits.cells(prediction, self._class_names),
            "" if prediction.steadiness is None else f"{prediction.steadiness:.3f}",
            *([self._classifier] if self._classifier else []),
        ]

    def _text(self) -> str:
        """Return what the file holds; a last row that was cut off may end within a letter.

        Raises `FewShotError` where it is not UTF-8: names would not be found again.
        """
        data = self._path.read_bytes()
        try:
            data[: data.rfind(b"\n") + 1].decode("utf-8")
        except UnicodeDecodeError as error:
            raise FewShotError(
                message(
                    "{path} is not UTF-8; a spreadsheet may have saved it otherwise. Save it as “CSV UTF-8” from "
                    "there, give another --out, or leave out --resume.",
                    path=self._path,
                )
            ) from error
        return data.decode("utf-8", errors="backslashreplace")

    def _whole_rows(self) -> list[list[str]]:
        """Return the existing rows, without the header and without a last row that an interruption cut off."""
        text = self._text().removeprefix(BYTE_ORDER_MARK)
        try:
            # Not `splitlines`, which also splits at characters that a file name may hold unquoted.
            header, *rows = csv.reader(io.StringIO(text, newline=""))
        except (csv.Error, ValueError):
            header, rows = [], []
        if rows and not text.endswith("\n"):
            rows.pop()
        rows = [row for row in rows if len(row) == len(header)]
        header, expected = list(map(_composed, header)), list(map(_composed, self._header))
        for column in (STEADINESS, CLASSIFIER_COLUMN):  # which versions of before did not have
            if column in expected and column not in header:
                place = expected.index(column)
                header = [*header[:place], column, *header[place:]]
                rows = [[*row[:place], "", *row[place:]] for row in rows]
        if header != expected:
            raise FewShotError(message("{path} {problem}", path=self._path, problem=_misfit(header, expected)))
        self._check_classifier(rows)
        return rows

    def _check_classifier(self, rows: Sequence[Sequence[str]]) -> None:
        """Raise where a row is another classifier's; remark where it cannot be told of one."""
        if not self._classifier:
            return
        place = self._header.index(CLASSIFIER_COLUMN)
        known = {row[place] for row in rows if row[1] not in (Status.ERROR, Status.LEFT_OUT)}
        if known - {self._classifier, ""}:
            raise FewShotError(
                message(
                    "{path} holds results of another classifier with the same classes ({column} "
                    "{theirs}; this one is {ours}). Give another --out, or leave "
                    "out --resume to classify all anew.",
                    path=self._path,
                    column=CLASSIFIER_COLUMN,
                    theirs=min(known - {self._classifier, ""}),
                    ours=self._classifier,
                )
            )
        if "" in known:
            self.remark = message(
                "{path}: some of its rows do not say which classifier made them. If it was another one, give "
                "another --out, or leave out --resume to classify all anew.",
                path=self._path,
            )


def _misfit(header: list[str], expected: list[str]) -> str:
    """Say why a table with the columns `header` cannot be gone on with by one that expects others."""
    theirs, ours = ([name for name in names if name not in _OPTIONAL] for names in (header, expected))
    options = [
        option for name, option in _OPTIONAL.items() if option is not None and (name in header) != (name in expected)
    ]
    if theirs == ours and options:
        return message(
            "was begun with other options ({options}). Go on with those, or give another --out, or leave "
            "out --resume to classify all anew.",
            options=", ".join(options),
        )
    return message("does not hold results of this classifier. Give another --out, or leave out --resume.")


def _composed(text: str) -> str:
    """Return `text` with letters and their marks as one code point each: so two spellings of one name are the same."""
    return unicodedata.normalize("NFC", text)


def _are_two_files(path: Path, other: Path) -> bool:
    try:
        return not os.path.samefile(path, other)
    except OSError:  # one of them is gone: renamed, most likely
        return False


TABLES.register(".csv", CsvTable)
