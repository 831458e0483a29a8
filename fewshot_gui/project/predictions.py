"""The predictions of a project by image, in the order in which they arrived. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from fewshot_gui.project.values import BinPrediction


class PredictionRows:
    """Rows that keep their numbers: an image classified again changes in its place.

    Looking up an image or a row costs O(1). Making 100,000 of them takes about a second of Python's
    own code, so that they are made in another thread than the window's and handed over whole.
    """

    def __init__(self, rows: Iterable[BinPrediction] = ()) -> None:
        self._rows = list(rows)
        self._row_of = {made.path: row for row, made in enumerate(self._rows)}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[BinPrediction]:
        return iter(self._rows)

    def at(self, row: int) -> BinPrediction:
        """Return the prediction that arrived as number `row`, from 0."""
        return self._rows[row]

    def row_of(self, path: Path) -> int | None:
        """Return the row of an image, or None when it was not classified."""
        return self._row_of.get(path)

    def put(self, made: BinPrediction) -> int:
        """Take in a prediction, in place of the one of its image if there is one; return its row."""
        row = self._row_of.setdefault(made.path, len(self._rows))
        if row == len(self._rows):
            self._rows.append(made)
        else:
            self._rows[row] = made
        return row

    def relocated(self, moved: Mapping[Path, Path]) -> PredictionRows | None:
        """Return the rows with the old paths among `moved` replaced by the new; None where nothing changes.

        An image whose new path has a row already keeps its old one.
        """
        here = {old: new for old, new in moved.items() if old in self._row_of and new not in self._row_of}
        if not here:
            return None
        return PredictionRows(replace(made, path=here[made.path]) if made.path in here else made for made in self)

    def drop(self, count: int) -> None:
        """Forget up to `count` rows: of what nobody looks at any more, to free it piece by piece."""
        del self._rows[-count:]
        for _ in range(min(count, len(self._row_of))):
            self._row_of.popitem()
