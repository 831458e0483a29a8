"""Exports of a whole project: the registry of those, and what they have in common.

Needs neither torch nor Qt. A command or a window offers each by its `label` and calls `write`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model.exports.project_contents import ProjectContents
from model.progress import CancelToken, ProgressCallback
from model.registry import Registry


@dataclass(frozen=True)
class Written:
    """What came of an export.

    files: how many files were written
    images: how many images of the project are in them
    left_out: how many images are not, since they have no label or are of another kind
    failed: files that could not be read or written, with the reason
    remarks: sentences for people on what else happened
    """

    files: int = 0
    images: int = 0
    left_out: int = 0
    failed: tuple[tuple[Path, str], ...] = ()
    remarks: tuple[str, ...] = ()


class ProjectExport(Protocol):
    """One kind of export.

    name: by which it is registered
    label: what people choose it by
    takes_folder: whether `write` needs a folder as `target`; else the files lie beside the images and `target` is None
    """

    name: str
    label: str
    takes_folder: bool

    def write(
        self, project: ProjectContents, target: Path | None, progress: ProgressCallback, token: CancelToken
    ) -> Written:
        """Write the export. One file that cannot be written is among `failed`, and the others are written.

        Raises `UsageError` where the target does not fit, `FewShotError` where nothing can be written, and `Cancelled`;
        what was written before that stays.
        """
        ...


PROJECT_EXPORTS: Registry[ProjectExport] = Registry("model.exports.targets", "fewshot.project_exports")
