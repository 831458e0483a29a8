"""Exports of a project: the one registry of them, for the command and the window, and what they have in common.

Needs neither torch nor Qt. `export` takes the images and the words that are asked for out of a project and has an
exporter write them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from pathlib import Path

from model.errors import UsageError
from model.exports.project_contents import ProjectContents, ResultRow
from model.messages import message
from model.progress import CancelToken, ProgressCallback, ignore_progress
from model.registry import Registry


class Word(StrEnum):
    """Whose word an image is exported with."""

    FINAL = "final"  # a person's before the prediction
    PREDICTION = "prediction"  # as if nobody had said anything
    VERDICT = "verdict"  # a person's; images of which nobody said anything are left out


class Place(Enum):
    """Where an export goes."""

    FILE = "file"
    FOLDER = "folder"  # a new or empty one
    BESIDE = "beside"  # the images


@dataclass(frozen=True)
class ExportOptions:
    """What is exported, and how.

    images: which results, in this order; None: all
    columns: of a table, names among `model.exports.columns.COLUMNS`; None: all
    names_hidden: images are called by their numbers (`model.images.hidden_names`), files and folders by nothing
    load_classifier: reads the `ImageClassifier` in a project, for exports that classify anew; raises `FewShotError`
    """

    images: tuple[Path, ...] | None = None
    word: Word = Word.FINAL
    columns: tuple[str, ...] | None = None
    names_hidden: bool = False
    load_classifier: Callable[[Path], object] | None = None


@dataclass(frozen=True)
class Written:
    """What came of an export.

    files: how many files were written
    images: how many images of the project are in them
    left_out: how many images are not, since they have no label, cannot be read or are of another kind
    first_left_out: the first of these; None where that is not known
    without_word: how many images were not asked for, since nobody said anything of them (`Word.VERDICT`)
    stale: how many of the results asked for are out of date
    failed: files that could not be read or written, with the reason
    remarks: sentences for people on what else happened
    """

    files: int = 0
    images: int = 0
    left_out: int = 0
    failed: tuple[tuple[Path, str], ...] = ()
    remarks: tuple[str, ...] = ()
    first_left_out: Path | None = None
    without_word: int = 0
    stale: int = 0


class Exporter(ABC):
    """One kind of export.

    name: by which it is registered
    label: what people choose it by
    read_by: a line on what reads it
    place: where it goes
    endings: of a file's name, the usual one first; () for another place
    order: where it stands among the others
    has_columns: whether it is a table whose columns can be chosen
    may_hide_names: whether it makes sense where names are hidden
    """

    name: str
    label: str
    read_by: str
    place: Place = Place.FILE
    endings: tuple[str, ...] = ()
    order: int = 100
    has_columns: bool = False
    may_hide_names: bool = True

    def given(self, target: Path | None) -> Path:
        """Return the file or folder to write; raises `UsageError` where none was given."""
        if target is not None:
            return target
        if self.place is Place.FOLDER:
            raise UsageError(message("{label}: a folder is needed.", label=self.label))
        raise UsageError(message("{label}: a file is needed.", label=self.label))

    @abstractmethod
    def write(
        self,
        project: ProjectContents,
        target: Path | None,
        options: ExportOptions,
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Write all results of `project`, which holds no others than those asked for (`chosen`).

        A file is written whole, or the one that is there stays. Of a folder, or beside the images, one file that cannot
        be written is among `failed`, and the others are written. Raises `UsageError` where the target or the images do
        not fit, `FewShotError` where nothing can be written, and `Cancelled`.
        """


EXPORTS: Registry[Exporter] = Registry("model.exports.targets", "fewshot.project_exports")


def ordered_exports() -> list[Exporter]:
    """Return all exporters in the order in which they are offered."""
    return sorted(EXPORTS, key=lambda exporter: exporter.order)


def export(
    exporter: Exporter,
    project: ProjectContents,
    target: Path | None,
    options: ExportOptions = ExportOptions(),
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Written:
    """Export what `options` ask for of a project; raises as `Exporter.write`."""
    if options.names_hidden and not exporter.may_hide_names:
        raise UsageError(message("{label}: names cannot be hidden there.", label=exporter.label))
    some = chosen(project, options)
    written = exporter.write(some, target, options, progress, token or CancelToken())
    asked = len(project.results) if options.images is None else len(options.images)
    stale = sum(map(project.is_stale, some.results))
    return replace(written, without_word=asked - len(some.results), stale=stale)


def chosen(project: ProjectContents, options: ExportOptions) -> ProjectContents:
    """Return the project with the results and the words that are asked for, and no others."""
    rows: tuple[ResultRow, ...] = project.results
    if options.images is not None:
        by_path = {row.path: row for row in rows}
        rows = tuple(by_path[path] for path in options.images if path in by_path)
    if options.word is Word.PREDICTION:
        rows = tuple(replace(row, said=(), bin_id=None) for row in rows)
    elif options.word is Word.VERDICT:
        rows = tuple(row for row in rows if row.label is not None)
    return replace(project, results=rows)


def check_target(exporter: Exporter, target: Path | None, *, overwrite: bool = False) -> None:
    """Raise `UsageError` where a target does not fit an exporter, so that no picture or project is replaced either."""
    if exporter.place is not Place.FILE:
        return  # a folder that is not empty is refused when it is written
    endings = " or ".join(exporter.endings)
    if target is None or target.suffix.lower() not in exporter.endings:
        raise UsageError(message("--out {out} does not end with {endings}.", out=target or "", endings=endings))
    if target.exists() and not overwrite:
        raise UsageError(message("{out} exists. Give another --out, or add --overwrite.", out=target))


def names_of(project: ProjectContents, options: ExportOptions) -> Callable[[Path], str]:
    """Return what says by which name an image is exported: its whole path, or its number."""
    from model.images.hidden_names import hidden_name, hidden_names
    from model.images.scan import readable_text

    if not options.names_hidden:
        return readable_text
    numbers = hidden_names(project.images)
    return lambda path: numbers.get(path) or hidden_name(path)
