"""Pictures that labelled folders hold more than once, by their content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from model.embedding.embedder import Embedder
from model.errors import ImageReadError
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback

LeftOut = tuple[tuple[Path, str], ...]


def told_twice(path: Path) -> str:
    """Say that a picture is the same as another of its class."""
    return message("is the same picture as {name} and counts once.", name=path.name)


def by_content(
    paths: Sequence[Path], embedder: Embedder, token: CancelToken, step: Callable[[], None]
) -> tuple[dict[str, Path], list[tuple[Path, str]]]:
    """Return the first file of each content of one class, in order, and the (file, reason) of its copies.

    A file that cannot be read counts as a content of its own: it is reported when it is embedded. `step` is called
    after each file. Raises `Cancelled`.
    """
    first: dict[str, Path] = {}
    copies = []
    for path, found in zip(paths, embedder.content_hashes(paths), strict=True):
        token.raise_if_cancelled()
        content = f"unreadable:{path}" if isinstance(found, ImageReadError) else found
        if content in first:
            copies.append((path, told_twice(first[content])))
        first.setdefault(content, path)
        step()
    return first, copies


def counted(phase: str, total: int, progress: ProgressCallback) -> Callable[[], None]:
    """Return what tells `progress` of one step more of `total` each time that it is called."""
    done = count(1)
    return lambda: progress(Progress(phase, next(done), total))


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
    step = counted(message("Looking for copies"), sum(map(len, groups)), progress)
    first: list[dict[str, Path]] = []
    left_out: list[tuple[Path, str]] = []
    for group in groups:
        contents, copies = by_content(group, embedder, token, step)
        first.append(contents)
        left_out += copies
    kept = []
    for label, contents in enumerate(first):
        stays = []
        for content, path in contents.items():
            other = next((k for k, one in enumerate(first) if k != label and content in one), None)
            if other is None:
                stays.append(path)
            else:
                said = message(
                    "is in two bins, ‘{one}’ and ‘{other}’ (there as {there}), and is left out. One of them is wrong.",
                    one=class_names[label],
                    other=class_names[other],
                    there=first[other][content].name,
                )
                left_out.append((path, said))
        kept.append(stays)
    return kept, tuple(left_out)
