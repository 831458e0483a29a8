"""The results table as a CSV file: one row for each image, written as results come and safe to resume.

No cell is a formula to a spreadsheet, whatever the names of classes and files (`model.exports.spreadsheet`).
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from model.errors import FewShotError
from model.exports.results_table import TABLES, Limits, ResultsTable
from model.exports.spreadsheet import as_cell, as_path_cell
from model.images.scan import readable_text
from model.types import Prediction, Status

COLUMNS = (
    "path", "status", "predicted", "confidence", "region_x", "region_y", "region_w", "region_h", "message",
)  # fmt: skip


class CsvTable(ResultsTable):
    """A CSV file of predictions (UTF-8), flushed after each batch; used as a context manager.

    With `resume`, existing rows are kept: `has` finds them, and `kept_errors` counts those of unreadable images. Bytes
    of a path that are not UTF-8 are written in hexadecimal. Raises `FewShotError` where the file cannot be written or
    does not fit.
    """

    def __init__(
        self, path: Path, class_names: Sequence[str], *, limits: Limits | None = None, resume: bool = False
    ) -> None:
        self._path = path
        self._class_names = tuple(class_names)
        self._limits = limits or Limits()
        self._header = [*COLUMNS, *(f"p_{name}" for name in class_names), *self._limits.header()]
        self.kept_errors = 0
        self._finished: frozenset[str] = frozenset()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = self._whole_rows() if resume and path.exists() and path.stat().st_size else []
            self.kept_errors = sum(row[1] == Status.ERROR for row in rows)
            self._finished = frozenset(as_path_cell(row[0]) for row in rows)
            # Rows that are kept are overwritten in place, so that none is lost if the process is killed here.
            self._file = path.open("r+" if rows else "w", encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as error:
            raise self._not_written(error) from error
        self._writer = csv.writer(self._file)
        try:
            self._write_rows([self._header, *rows])
            if rows:
                self._file.truncate()
        except FewShotError:
            self._close()
            raise

    def has(self, path: Path) -> bool:
        """Whether `path` has a row that was kept."""
        return as_path_cell(readable_text(path)) in self._finished

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
        fresh = self._path.with_name(self._path.name + ".new")
        try:
            with fresh.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                csv.writer(file).writerows([self._header, *(self._row(prediction) for prediction in predictions)])
            fresh.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise self._not_written(error) from error

    def _write_rows(self, rows: Sequence[Sequence[str]]) -> None:
        try:
            self._writer.writerows(rows)
            self._file.flush()
        except OSError as error:
            raise self._not_written(error) from error

    def _close(self) -> None:
        with contextlib.suppress(OSError):  # every row was flushed, or an error was raised
            self._file.close()

    def _not_written(self, error: OSError) -> FewShotError:
        return FewShotError(f"{self._path} cannot be written: {error.strerror or error}.")

    def _row(self, prediction: Prediction) -> list[str]:
        row = [as_path_cell(readable_text(prediction.path)), prediction.status.value]
        if prediction.status is Status.ERROR or prediction.region is None:
            return [*row, *[""] * 6, as_cell(prediction.message), *[""] * (len(self._header) - len(COLUMNS))]
        region = prediction.region
        millionths = [round(score * 1e6) for score in prediction.scores]
        millionths[prediction.predicted] += round(sum(prediction.scores) * 1e6) - sum(millionths)  # what rounding left
        scores = [f"{score / 1e6:.6f}" for score in millionths]
        return [
            *row,
            as_cell(self._class_names[prediction.predicted]),
            scores[prediction.predicted],
            *(str(value) for value in (region.x, region.y, region.width, region.height)),
            as_cell(prediction.message),
            *scores,
            *self._limits.cells(prediction, self._class_names),
        ]

    def _whole_rows(self) -> list[list[str]]:
        """Return the existing rows, without the header and without a last row that an interruption cut off."""
        with self._path.open(encoding="utf-8", errors="backslashreplace", newline="") as file:
            text = file.read()
        try:
            # Not `splitlines`, which also splits at characters that a file name may hold unquoted.
            header, *rows = csv.reader(io.StringIO(text, newline=""))
        except (csv.Error, ValueError):
            header, rows = [], []
        if header != self._header:
            raise FewShotError(
                f"{self._path} does not hold results of this classifier. Give another --out, or leave out --resume."
            )
        if rows and not text.endswith("\n"):
            rows.pop()
        return [row for row in rows if len(row) == len(self._header)]


TABLES.register(".csv", CsvTable)
