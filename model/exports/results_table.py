"""The results table: a file with one row for each classified image, in the format of its name's ending."""

from __future__ import annotations

import contextlib
import csv
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TextIO

from model.errors import FewShotError, UsageError
from model.estimates.selective import candidates
from model.exports.spreadsheet import as_cell
from model.messages import message, os_reason
from model.registry import Registry
from model.types import Prediction, Status


@dataclass(frozen=True)
class Limits:
    """What adds a column each: thresholds of `estimates.selective`, `accepted` (yes or no) and `candidates` (classes).

    groups: the case of each image by its path, for the column `group`
    """

    accepting: float | None = None
    candidate: float | None = None
    groups: Mapping[Path, str] | None = None

    def header(self) -> list[str]:
        """Return the names of the columns."""
        columns = {"accepted": self.accepting, "candidates": self.candidate, "group": self.groups}
        return [name for name, limit in columns.items() if limit is not None]

    def cells(self, prediction: Prediction, class_names: Sequence[str]) -> list[str]:
        """Return the texts of the columns; an unknown image is not accepted."""
        cells = []
        if self.accepting is not None:
            sure = prediction.status is Status.OK and prediction.confidence >= self.accepting
            cells.append("yes" if sure else "no")
        if self.candidate is not None:
            names = (class_names[c] for c in candidates(prediction.scores, self.candidate))
            cells.append(as_cell("; ".join(names)))
        if self.groups is not None:
            cells.append(as_cell(self.groups.get(prediction.path, "")))
        return cells


BYTE_ORDER_MARK = "\ufeff"
"""What spreadsheets put in front of a table that they save as UTF-8."""

OVERLAY_TROUBLE = "Its overlay could not be written: "
"""What a row's message begins with where the image was classified but its overlay could not be written."""


def probability_cells(scores: Sequence[float], predicted: int) -> list[str]:
    """Return probabilities with six digits that add up as they do; `predicted` takes what rounding left."""
    millionths = [round(score * 1e6) for score in scores]
    millionths[predicted] += round(sum(scores) * 1e6) - sum(millionths)
    return [f"{score / 1e6:.6f}" for score in millionths]


def write_whole(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file, or fail and leave the one that is there. Raises `FewShotError`."""
    write_whole_text(path, lambda file: csv.writer(file).writerows(rows))


def write_whole_text(path: Path, write: Callable[[TextIO], object]) -> None:
    """Have `write` fill a file, UTF-8, in place of the one that is there; that stays where it fails.

    Raises `FewShotError` where it cannot be written.
    """
    with fresh_file(path) as fresh, fresh.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        write(file)


def write_text(path: Path, text: str) -> None:
    """Write a file whole, see `write_whole_text`."""
    write_whole_text(path, lambda file: file.write(text))


def fresh_name(path: Path) -> Path:
    """Return a name beside `path` that nobody has, to write what takes the place of `path` once it is whole."""
    number, fresh = 1, path.with_name(f"{path.name}.new")
    while os.path.lexists(fresh):  # somebody's own, or of a run that was killed
        number += 1
        fresh = path.with_name(f"{path.name}.{number}.new")
    return fresh


@contextlib.contextmanager
def fresh_file(path: Path) -> Iterator[Path]:
    """Give the name of a file to write, which then takes the place of the one at `path`; that stays where it fails.

    Its folder is made. Raises `FewShotError` where it cannot be written.
    """
    fresh = fresh_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield fresh
        fresh.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # what could not be written as a whole, or nothing at all
            fresh.unlink(missing_ok=True)


def not_written(path: Path, error: OSError) -> FewShotError:
    """Say why a table cannot be written."""
    return FewShotError(message("{path} cannot be written: {error}.", path=path, error=os_reason(error)))


class ResultsTable(ABC):
    """A table of predictions, written to a file batch by batch; used as a context manager.

    kept_errors: how many rows were kept from before of images that could not be read, or whose overlay not be written
    remark: what is to be said of the rows that were kept
    keeps_classifier: whether it is made with `classifier`, a name that tells one classifier from another, too
    """

    kept_errors: int = 0
    remark: str = ""
    keeps_classifier: ClassVar[bool] = False

    @classmethod
    def recognises(cls, path: Path) -> bool:  # noqa: ARG003 - for formats that can tell
        """Whether the file `path`, which exists and is not empty, is a table of this format and so may be replaced.

        A format that cannot tell takes every file with its ending for its own. Raises `OSError`.
        """
        return True

    @abstractmethod
    def __enter__(self) -> Self:
        """Return the table."""

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""

    @abstractmethod
    def has(self, path: Path) -> bool:
        """Whether the image at `path` has a row that was kept from an earlier run."""

    @abstractmethod
    def write(self, predictions: Iterable[Prediction]) -> None:
        """Append one row for each prediction and flush, so that no row is lost if the process is killed.

        Raises `FewShotError`.
        """

    @abstractmethod
    def rewrite(self, predictions: Iterable[Prediction]) -> None:
        """Replace all rows by one for each prediction, or fail and leave them. Raises `FewShotError`."""


TableMaker = Callable[..., ResultsTable]
"""Called with a path, the class names, and by name `limits` and `resume`; raises `FewShotError`. A subclass, mostly."""

TABLES: Registry[TableMaker] = Registry("model.exports.formats", "fewshot.exports")
"""Makers by the ending of the file's name, in lower case with its dot."""

DEFAULT_ENDING = ".csv"

ENDINGS_OF_OTHERS = frozenset({".html", ".json", ".ods", ".parquet", ".pdf", ".tsv", ".xls", ".xlsx", ".xml"})
"""Endings that promise a format which is not CSV; a table under such a name could not be opened."""


def open_table(
    path: Path, class_names: Sequence[str], *, limits: Limits, resume: bool, classifier: str = ""
) -> ResultsTable:
    """Open the table `path` in the format of its ending, or as CSV where no format has it.

    With `resume`, existing rows are kept. `classifier`: a name that tells it from others, kept where the format can.
    Raises `FewShotError` where the file cannot be written or does not fit, `UsageError` where its ending is that of a
    format which no module writes.
    """
    maker = _maker(path)
    if getattr(maker, "keeps_classifier", False):
        return maker(path, class_names, limits=limits, resume=resume, classifier=classifier)
    return maker(path, class_names, limits=limits, resume=resume)


def check_replaceable(path: Path) -> None:
    """Raise `UsageError` where a table at `path` would replace a file of others, or not be what its name promises."""
    maker = _maker(path)
    if not (isinstance(maker, type) and issubclass(maker, ResultsTable)):
        return
    try:
        is_foreign = path.is_file() and path.stat().st_size > 0 and not maker.recognises(path)
    except OSError:
        return  # it is said when the table is opened
    if is_foreign:
        raise UsageError(
            message("--out {path} holds something else than results. Give another name, or add --overwrite.", path=path)
        )


def _maker(path: Path) -> TableMaker:
    ending = path.suffix.lower()
    make = TABLES.get(ending)
    if make is None and ending in ENDINGS_OF_OTHERS:
        raise UsageError(
            message("--out {path}: tables are written as {endings}. Give such a name.", path=path, endings=_endings())
        )
    make = make or TABLES.get(DEFAULT_ENDING)
    assert make is not None
    return make


def _endings() -> str:
    return ", ".join(sorted(TABLES.names()))
