"""The rows of the results that a table shows, in its order. Free of Qt."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RowsInView:
    """Rows of the results: those that the table shows, in its order, and of them the selected ones."""

    shown: Sequence[int] = ()
    selected: Sequence[int] = ()


class ShownRows:
    """The row of the results for each row shown; the other way round is worked out when it is first asked for."""

    def __init__(self) -> None:
        self._order = array("q")
        self._shown_at: Rows | None = None  # the inverse, -1: not shown; None: to be made anew

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[int]:
        return iter(self._order)

    def __getitem__(self, shown: int) -> int:
        return self._order[shown]

    def rows(self) -> Rows:
        """Return a copy: int64 (n,)."""
        import numpy as np  # here: the window starts without it

        return np.array(self._order, dtype=np.int64)

    def replace(self, order: Rows) -> None:
        """Show these rows of the results, int64 (n,), in this order."""
        self._order, self._shown_at = array("q", order.tobytes()), None

    def extend(self, rows: Rows) -> None:
        """Show more rows, int64 (n,), at the end."""
        self._order.frombytes(rows.tobytes())
        self._shown_at = None

    def shown_at(self, row: int, known: int) -> int | None:
        """Where a row of the results, of which `known` are known here, is shown; None where it is not."""
        if self._shown_at is None or len(self._shown_at) != known:
            import numpy as np

            self._shown_at = np.full(known, -1, dtype=np.int64)
            self._shown_at[np.asarray(self._order)] = np.arange(len(self._order))
        at = int(self._shown_at[row])
        return None if at < 0 else at
