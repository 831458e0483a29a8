"""The rows of the results that a table shows, in its order. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class RowsInView:
    """Rows of the results: those that the table shows, in its order, and of them the selected ones."""

    shown: Sequence[int] = ()
    selected: Sequence[int] = ()


class ShownRows:
    """The row of the results for each row shown; the other way round is worked out when it is first asked for."""

    def __init__(self) -> None:
        self._order: list[int] = []
        self._shown_at: npt.NDArray[np.intp] | None = None  # the inverse, -1: not shown; None: to be made anew

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[int]:
        return iter(self._order)

    def __getitem__(self, shown: int) -> int:
        return self._order[shown]

    def replace(self, order: list[int]) -> None:
        """Show these rows of the results, in this order."""
        self._order, self._shown_at = order, None

    def extend(self, rows: Sequence[int]) -> None:
        """Show more rows, at the end."""
        self._order.extend(rows)
        self._shown_at = None

    def shown_at(self, row: int, known: int) -> int | None:
        """Where a row of the results, of which `known` are known here, is shown; None where it is not."""
        if self._shown_at is None or len(self._shown_at) != known:
            import numpy as np  # here: the window starts without it

            self._shown_at = np.full(known, -1, dtype=np.intp)
            self._shown_at[np.array(self._order, dtype=np.intp)] = np.arange(len(self._order))
        at = int(self._shown_at[row])
        return None if at < 0 else at
