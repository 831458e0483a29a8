"""A list of many paths that takes little memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload


class PathList(Sequence[Path]):
    """Paths, held as texts: 0.1 kB each where a `Path` takes half a kilobyte. Each access makes new `Path` objects."""

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._texts = [os.fspath(path) for path in paths]

    def append(self, path: Path) -> None:
        """Add a path."""
        self._texts.append(os.fspath(path))

    def where(self, keep: Callable[[Path], bool]) -> PathList:
        """Return the paths that `keep` is true for; texts are shared."""
        some = PathList()
        some._texts = [text for text in self._texts if keep(Path(text))]
        return some

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[Path]:
        return map(Path, self._texts)

    @overload
    def __getitem__(self, at: int) -> Path: ...
    @overload
    def __getitem__(self, at: slice) -> list[Path]: ...
    def __getitem__(self, at: int | slice) -> Path | list[Path]:
        return [Path(text) for text in self._texts[at]] if isinstance(at, slice) else Path(self._texts[at])
