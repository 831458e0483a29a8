"""The results of a project as a table: its columns and rows, which every format of tables writes.

Needs neither torch nor Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from model.embedding.groups import AUTO, case_names
from model.errors import UsageError
from model.exports.columns import COLUMNS, LABEL_COLUMNS
from model.exports.exporter import ExportOptions, Word, names_of
from model.exports.project_contents import ProjectContents, ResultRow, SaidOfImage
from model.exports.results_table import probability_cells
from model.images.hidden_names import hidden_name
from model.images.items import source_file
from model.images.scan import readable_text
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback
from model.types import Status

NONE_OF_THESE = "none of these"
STALE = "Out of date: made before the last change of the bins."
_REGION = ("region_x", "region_y", "region_w", "region_h")
_AT_ONCE = 1000  # rows between two looks at the token

Value = str | int | float | bool | None


class Kind(Enum):
    """What the cells of a column are; each may be None."""

    TEXT = "text"
    COUNT = "count"  # whole numbers
    NUMBER = "number"
    FLAG = "flag"  # yes or no


@dataclass(frozen=True)
class Column:
    """A column of the table.

    choice: by which of `COLUMNS` it is chosen
    name: in the first row; no two are the same
    key: that of a column of `probabilities`: the id of the class; "" for others
    """

    choice: str
    name: str
    kind: Kind
    key: str = ""


class ProjectTable:
    """The table of a project's results, as `options` ask for it. Raises `UsageError` for columns there are not."""

    def __init__(self, project: ProjectContents, options: ExportOptions) -> None:
        self._project, self._hidden = project, options.names_hidden
        self._name = names_of(project, options)
        there = [name for name in COLUMNS if options.word is not Word.PREDICTION or name not in LABEL_COLUMNS]
        asked = tuple(there) if options.columns is None else options.columns
        unknown = [name for name in asked if name not in there]
        if unknown or not asked or len(set(asked)) < len(asked):
            text = message("The columns are {columns}; each can be asked for once.", columns=", ".join(there))
            raise UsageError(text)
        used = {class_id for row in project.results for class_id in row.scores}
        self.classes = tuple(class_id for class_id in project.names if class_id in used)
        self.columns = tuple(column for name in asked for column in self._columns(name))
        self._asked = asked

    def _columns(self, choice: str) -> list[Column]:
        if choice == "region":
            return [Column(choice, name, Kind.COUNT) for name in _REGION]
        if choice == "probabilities":
            names = _distinct([f"p_{self._project.names[class_id]}" for class_id in self.classes])
            return [Column(choice, name, Kind.NUMBER, key) for name, key in zip(names, self.classes, strict=True)]
        kinds = {"confidence": Kind.NUMBER, "region_steadiness": Kind.NUMBER, "stale": Kind.FLAG}
        return [Column(choice, choice, kinds.get(choice, Kind.TEXT))]

    def rows(self, progress: ProgressCallback, token: CancelToken) -> Iterator[tuple[Value, ...]]:
        """Yield the cells of each result, in the order of `columns`. Numbers have the digits of the CSV file.

        Raises `Cancelled`.
        """
        results = self._project.results
        groups = self._groups(token) if "group" in self._asked else {}
        for done, row in enumerate(results, 1):
            if done % _AT_ONCE == 1:
                token.raise_if_cancelled()
                progress(Progress(message("Writing results"), done - 1, len(results)))
            values = self._values(row, groups)
            yield tuple(values[column.name] for column in self.columns)
        progress(Progress(message("Writing results"), len(results), len(results)))

    def _values(self, row: ResultRow, groups: dict[Path, str]) -> dict[str, Value]:
        project = self._project
        is_stale = None if row.status is Status.ERROR else project.is_stale(row)
        values: dict[str, Value] = {column.name: None for column in self.columns}
        values |= {
            "path": self._name(row.path),
            "status": row.status.value,
            "message": self._message(row, is_stale=bool(is_stale)),
            "region_steadiness": None if row.steadiness is None else round(row.steadiness, 3),
            "classifier": row.short_classifier or None,
            "group": groups.get(row.path),
            "stale": is_stale,
            "final_label": self._final(row),
        }
        if row.region is not None:
            box = row.region
            values |= zip(_REGION, (box.x, box.y, box.width, box.height), strict=True)
        if row.scores:
            scores = [row.scores.get(class_id, 0.0) for class_id in self.classes]
            at = self.classes.index(row.class_id) if row.class_id in row.scores else -1
            rounded = [float(cell) for cell in probability_cells(scores, at)]
            own = (column.name for column in self.columns if column.key)
            values |= zip(own, rounded, strict=False)  # none, or all of them
            if row.class_id is not None and at >= 0:
                values |= {"predicted": project.names[row.class_id], "confidence": rounded[at]}
        said = row.label
        if said is not None:
            values |= {"label": self._called(said), "labelled_by": said.reader, "labelled_at": said.given_at or None}
        return values

    def _final(self, row: ResultRow) -> str | None:
        """Return the final label: a person's word before the prediction, and none for an image unlike every bin."""
        if row.label is not None:
            return self._called(row.label)
        return self._project.names[row.class_id] if row.class_id is not None and row.status is Status.OK else None

    def _called(self, said: SaidOfImage) -> str:
        return NONE_OF_THESE if said.class_id is None else self._project.names[said.class_id]

    def _message(self, row: ResultRow, *, is_stale: bool) -> str | None:
        text = row.message
        if self._hidden and row.status is Status.ERROR:
            text = "not readable"  # what is said of a file may name it
        elif self._hidden and row.path.stem in text:
            text = ""
        return f"{text} {STALE if is_stale else ''}".strip() or None

    def _groups(self, token: CancelToken) -> dict[Path, str]:
        """Return the case of each image, by the rule that classifying has for cases, too."""
        paths = [row.path for row in self._project.results]
        names = [readable_text(name) for name in case_names(paths, AUTO, token)]
        if self._hidden:
            files = [source_file(path) for path in paths]
            names = [
                hidden_name(file) if name == readable_text(file) else name
                for name, file in zip(names, files, strict=True)
            ]
        return dict(zip(paths, names, strict=True))


def _distinct(names: list[str]) -> list[str]:
    """Return names of which no two are the same: bins that are gone may be called as others are."""
    found: list[str] = []
    for name in names:
        number, distinct = 2, name
        while distinct in found:
            distinct, number = f"{name} ({number})", number + 1
        found.append(distinct)
    return found
