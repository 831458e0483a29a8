"""The table of results as a CSV file: one row for each image, written as results come and safe to resume."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from model.errors import FewShotError
from model.types import Prediction, Status

COLUMNS = (
    "path", "status", "predicted", "confidence", "region_x", "region_y", "region_w", "region_h", "message",
)  # fmt: skip


class ResultsTable:
    """Write predictions to a CSV file (UTF-8), each batch flushed as it comes.

    Used as a context manager. With `resume`, rows that are already there are kept and their paths
    are in `finished`. Raises `FewShotError` where the file cannot be written or does not fit.
    """

    def __init__(self, path: Path, class_names: Sequence[str], *, resume: bool = False) -> None:
        self._path = path
        self._class_names = tuple(class_names)
        self._header = [*COLUMNS, *(f"p_{name}" for name in class_names)]
        self.finished: frozenset[str] = frozenset()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if resume and path.exists() and path.stat().st_size:
                self.finished = self._keep_whole_rows()
                self._file = path.open("a", encoding="utf-8", errors="surrogateescape", newline="")
                self._writer = csv.writer(self._file)
            else:
                self._file = path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
                self._writer = csv.writer(self._file)
                self._writer.writerow(self._header)
                self._file.flush()
        except OSError as error:
            raise FewShotError(f"{path} cannot be written: {error.strerror or error}.") from error

    def __enter__(self) -> ResultsTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, predictions: Iterable[Prediction]) -> None:
        """Append one row for each prediction and flush."""
        self._writer.writerows(self._row(prediction) for prediction in predictions)
        self._file.flush()

    def _row(self, prediction: Prediction) -> list[str]:
        row = [str(prediction.path), prediction.status.value]
        if prediction.status is Status.ERROR or prediction.region is None:
            return [*row, *[""] * 6, prediction.message, *[""] * len(self._class_names)]
        region = prediction.region
        return [
            *row,
            self._class_names[prediction.predicted],
            f"{prediction.confidence:.6f}",
            *(str(value) for value in (region.x, region.y, region.width, region.height)),
            prediction.message,
            *(f"{score:.6f}" for score in prediction.scores),
        ]

    def _keep_whole_rows(self) -> frozenset[str]:
        """Drop a last row that an interruption cut off; return the paths of the others."""
        with self._path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            text = file.read()
        rows = list(csv.reader(text.splitlines(keepends=True)))
        if not rows or rows[0] != self._header:
            raise FewShotError(
                f"{self._path} holds results of another classifier. Give another --out, or leave out --resume."
            )
        whole = [row for row in rows if len(row) == len(self._header)]
        if whole and not text.endswith("\n"):
            whole.pop()
        with self._path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            csv.writer(file).writerows(whole)
        return frozenset(row[0] for row in whole[1:])
