"""The outcome of a command."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.cli.text import warn, warn_of
from model.images.left_aside import LeftAside


@dataclass(frozen=True)
class Outcome:
    """The outcome of a command: what `--json` prints, and the number of images that could not be read.

    Folders that could not be listed, and files of which a part is missing, count as one each. `is_bad`: what was
    checked is not as it should be, which the command has said.
    """

    result: dict[str, Any]
    unreadable: int
    is_bad: bool = False


@dataclass
class Search:
    """What a search of folders does not find: handed to `class_folders` and `iter_images`, and said on standard error.

    remarks: files by what people should know of them
    missing: folders that cannot be listed and files that lack a part, with the reason
    """

    left_aside: LeftAside = field(default_factory=LeftAside)
    missing: list[tuple[Path, str]] = field(default_factory=list)
    remarks: dict[str, list[Path]] = field(default_factory=dict)

    def remarked(self, path: Path, remark: str) -> None:
        """Keep what is to be said of a file, for one line at the end of the search."""
        self.remarks.setdefault(remark, []).append(path)

    def passed_over(self, path: Path, reason: str) -> None:
        """Say it at once, and keep it."""
        warn_of(path, reason)
        self.missing.append((path, reason))

    def told(self) -> dict[str, Any]:
        """Say which files were left aside, and return for `--json` what was not found."""
        for remark, files in self.remarks.items():
            more = f" The same holds for {len(files) - 1} more." if len(files) > 1 else ""
            warn_of(files[0], f"{remark}{more}")
        missing = [{"path": str(path), "reason": reason} for path, reason in self.missing]
        return told_left_aside(self.left_aside) | {
            "missing": missing,
            "remarks": [{"remark": remark, "files": len(files)} for remark, files in self.remarks.items()],
        }


def told_left_aside(left_aside: LeftAside) -> dict[str, Any]:
    """Say on standard error which files a search left aside, and return them for `--json`: their endings and names."""
    if left_aside.count:
        warn(left_aside.said())
    return {"left_aside": dict(left_aside.endings), "files_left_aside": [str(path) for path in left_aside.files]}
