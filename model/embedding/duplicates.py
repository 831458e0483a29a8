"""Pictures that labelled folders hold more than once, by their content."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model.embedding.embedder import Embedder
from model.errors import ImageReadError
from model.progress import CancelToken, Progress, ProgressCallback

LeftOut = tuple[tuple[Path, str], ...]


def told_twice(path: Path) -> str:
    """Say that a picture is the same as another of its class."""
    return f"is the same picture as {path.name} and counts once."


def without_duplicates(
    groups: Sequence[Sequence[Path]],
    class_names: Sequence[str],
    embedder: Embedder,
    progress: ProgressCallback,
    token: CancelToken,
) -> tuple[list[list[Path]], LeftOut]:
    """Return the files of each class without copies, in their order, and the (file, reason) of those left out.

    Of copies in one class the first stays. Of a picture in two classes none stays: nobody knows which is right. Files
    that cannot be read stay. Raises `Cancelled`.
    """
    total, done = sum(map(len, groups)), 0
    first: list[dict[str, Path]] = []
    left_out: list[tuple[Path, str]] = []
    for group in groups:
        by_content: dict[str, Path] = {}
        for path, found in zip(group, embedder.content_hashes(group), strict=True):
            token.raise_if_cancelled()
            content = f"unreadable:{path}" if isinstance(found, ImageReadError) else found
            if content in by_content:
                left_out.append((path, told_twice(by_content[content])))
            by_content.setdefault(content, path)
            done += 1
            progress(Progress("Looking for copies", done, total))
        first.append(by_content)
    kept = []
    for label, by_content in enumerate(first):
        stays = []
        for content, path in by_content.items():
            other = next((k for k, one in enumerate(first) if k != label and content in one), None)
            if other is None:
                stays.append(path)
            else:
                where = f"‘{class_names[label]}’ and ‘{class_names[other]}’ (there as {first[other][content].name})"
                left_out.append((path, f"is in two bins, {where}, and is left out. One of them is wrong."))
        kept.append(stays)
    return kept, tuple(left_out)
