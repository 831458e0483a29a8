"""The results table as JSON lines: one object for each image and line, written as results come and safe to resume."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from model.errors import FewShotError
from model.estimates.selective import candidates
from model.exports.results_table import OVERLAY_TROUBLE, TABLES, Limits, ResultsTable, not_written, write_whole_text
from model.images.scan import readable_text
from model.messages import message
from model.types import Prediction, Status

_DIGITS = 6


class JsonLines(ResultsTable):
    """A file of JSON objects, UTF-8, flushed after each batch; used as a context manager.

    Keys are those of the columns of a CSV file, but `region` is a list of x, y, width, height, and `probabilities` an
    object by class; what an image lacks is null. Raises `FewShotError` where the file cannot be written or does not
    fit.
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
        self._path, self._class_names, self._limits = path, tuple(class_names), limits or Limits()
        self._classifier = classifier
        self.kept_errors = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            kept = self._whole_lines() if resume and path.exists() else []
            self._finished = {str(row["path"]) for row in kept}
            self.kept_errors = sum(map(_is_trouble, kept))
            self._file = path.open("r+" if kept else "w", encoding="utf-8", errors="backslashreplace", newline="")
            self._write([self._line(row) for row in kept])
            self._file.truncate()
        except OSError as error:
            raise not_written(path, error) from error

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Whether the file's first line is a result. Raises `OSError`."""
        with path.open(encoding="utf-8", errors="replace") as file:
            return _row(file.readline(100_000)) is not None

    def has(self, path: Path) -> bool:
        """Whether `path` has a line that was kept."""
        return readable_text(path) in self._finished

    def __enter__(self) -> JsonLines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # every line was flushed, or an error was raised
            self._file.close()

    def write(self, predictions: Iterable[Prediction]) -> None:
        """Append one line for each prediction and flush."""
        self._write([self._line(self._object(one)) for one in predictions])

    def rewrite(self, predictions: Iterable[Prediction]) -> None:
        """Replace all lines by one for each prediction, or fail and leave them; closes the table."""
        with contextlib.suppress(OSError):
            self._file.close()
        lines = (self._line(self._object(one)) for one in predictions)
        write_whole_text(self._path, lambda file: file.writelines(lines))

    def _write(self, lines: Sequence[str]) -> None:
        try:
            self._file.writelines(lines)
            self._file.flush()
        except OSError as error:
            raise not_written(self._path, error) from error

    def _line(self, row: dict[str, Any]) -> str:
        return json.dumps(row, ensure_ascii=False) + "\n"

    def _object(self, one: Prediction) -> dict[str, Any]:
        region, scores = one.region, [round(score, _DIGITS) for score in one.scores]
        row: dict[str, Any] = {
            "path": readable_text(one.path),
            "status": one.status.value,
            "predicted": self._class_names[one.predicted] if one.scores else None,
            "confidence": round(one.confidence, _DIGITS) if one.scores else None,
            "region": None if region is None else [region.x, region.y, region.width, region.height],
            "region_steadiness": None if one.steadiness is None else round(one.steadiness, 3),
            "probabilities": dict(zip(self._class_names, scores, strict=bool(scores))),
            "message": one.message or None,
        }
        if self._limits.accepting is not None:
            row["accepted"] = one.status is Status.OK and one.confidence >= self._limits.accepting
        if self._limits.candidate is not None:
            found = candidates(one.scores, self._limits.candidate) if one.scores else []
            row["candidates"] = [self._class_names[c] for c in found]
        if self._limits.groups is not None:
            row["group"] = self._limits.groups.get(one.path)
        row["classifier"] = self._classifier or None
        return row

    def _whole_lines(self) -> list[dict[str, Any]]:
        """Return what is there, without a last line that an interruption cut off."""
        lines = self._path.read_bytes().decode("utf-8", errors="replace").splitlines(keepends=True)
        rows = [_row(line) for line in lines if line.endswith("\n")]
        kept = [row for row in rows if row is not None]
        known = {row.get("classifier") for row in kept if row["status"] not in (Status.ERROR, Status.LEFT_OUT)}
        if len(kept) < len(rows) or known - {self._classifier or None}:
            raise FewShotError(
                message(
                    "{path} does not hold results of this classifier alone. Give another --out, or leave out --resume.",
                    path=self._path,
                )
            )
        return kept


def _is_trouble(row: dict[str, Any]) -> bool:
    return row["status"] == Status.ERROR or str(row.get("message") or "").startswith(OVERLAY_TROUBLE)


def _row(line: str) -> dict[str, Any] | None:
    """Return the result that a line holds; None where it holds none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and {"path", "status", "probabilities"} <= row.keys() else None


TABLES.register(".jsonl", JsonLines)
