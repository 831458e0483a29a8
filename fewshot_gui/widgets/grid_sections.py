"""Where the items of a grid are that is cut into sections, each below a head. Arithmetic, without any Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Section:
    """`count` items under one head; none of them is seen where it is folded."""

    count: int
    is_folded: bool = False


class GridSections:
    """Lines of `columns` cells, `cell` pixels high; each section begins with a head of `head` pixels and a new line."""

    def __init__(self, sections: Sequence[Section], columns: int, cell: int, head: int = 0) -> None:
        self._sections, self._columns, self._cell, self._head = sections, columns, cell, head
        lines = [0 if section.is_folded else -(-section.count // columns) for section in sections]
        self._firsts = list(accumulate((section.count for section in sections), initial=0))  # items before each section
        self._lines = list(accumulate(lines, initial=0))  # lines before each
        self._tops = list(accumulate((head + cell * count for count in lines), initial=0))  # of the heads

    @property
    def height(self) -> int:
        """Of all sections, in pixels."""
        return self._tops[-1]

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return self._lines[-1]

    def section_of(self, row: int) -> int:
        """The section of an item; that of the last for one that does not exist."""
        return max(min(bisect_right(self._firsts, row), len(self._sections)) - 1, 0)

    def place(self, row: int) -> tuple[int, int] | None:
        """Column, and top in pixels, of an item; None for one that is folded away."""
        section = self.section_of(row)
        if not 0 <= row < self._firsts[-1] or self._sections[section].is_folded:
            return None
        line, column = divmod(row - self._firsts[section], self._columns)
        return column, self._tops[section] + self._head + line * self._cell

    def row_at(self, column: int, y: int) -> int | None:
        """The item at a place, or None."""
        section = self._section_at(y)
        if section is None or not 0 <= column < self._columns:
            return None
        below = y - self._tops[section] - self._head
        row = below // self._cell * self._columns + column
        return self._firsts[section] + row if below >= 0 and row < self._sections[section].count else None

    def head_at(self, y: int) -> int | None:
        """The section whose head is at a height, or None."""
        section = self._section_at(y)
        return section if section is not None and y - self._tops[section] < self._head else None

    def section_at(self, y: int) -> int | None:
        """The section at a height, its head included, or None."""
        return self._section_at(y)

    def section_end(self, section: int) -> int:
        """Where a section ends, and the head of the next one begins."""
        return self._tops[section + 1]

    def head_top(self, section: int) -> int:
        """Where the head of a section begins."""
        return self._tops[section]

    def heads_in(self, top: int, bottom: int) -> range:
        """The sections whose heads touch the pixels from `top` to before `bottom`."""
        first = bisect_right(self._tops, top - self._head)
        last = bisect_right(self._tops, bottom - 1)
        return range(min(first, len(self._sections)), min(last, len(self._sections)))

    def runs_in(self, top: int, bottom: int, left: int, right: int) -> list[tuple[int, int]]:
        """(first, last) item of each line that touches these pixels, in the columns `left` to `right`."""
        left, right = max(left, 0), min(right, self._columns - 1)
        runs: list[tuple[int, int]] = []
        if left > right or not self._sections:
            return runs
        start = max(bisect_right(self._tops, max(top, 0)) - 1, 0)
        for section in range(start, len(self._sections)):
            begin = self._tops[section] + self._head
            if self._tops[section] >= bottom:
                break
            if not self._sections[section].is_folded:
                first_line, last_line = max((top - begin) // self._cell, 0), (bottom - 1 - begin) // self._cell
                end = self._sections[section].count - 1
                for line in range(first_line, min(last_line, end // self._columns) + 1):
                    first = line * self._columns + left
                    if first <= end:
                        last = min(line * self._columns + right, end)
                        runs.append((self._firsts[section] + first, self._firsts[section] + last))
        return runs

    def unfolded_between(self, first: int, last: int) -> list[tuple[int, int]]:
        """The parts of a range of items that are not folded away."""
        parts = []
        for section in range(self.section_of(first), min(self.section_of(last) + 1, len(self._sections))):
            if not self._sections[section].is_folded:
                part = max(first, self._firsts[section]), min(last, self._firsts[section + 1] - 1)
                if part[0] <= part[1]:
                    parts.append(part)
        return parts

    def neighbour(self, row: int, step: int) -> int:
        """The next item in reading order (`step` 1) or the one before (-1); `row` where there is none."""
        section = self.section_of(row)
        if not self._sections[section].is_folded and self.section_of(row + step) == section:
            return min(max(row + step, 0), self._firsts[-1] - 1)
        others = range(section + 1, len(self._sections)) if step > 0 else range(section - 1, -1, -1)
        for other in others:
            if not self._sections[other].is_folded and self._sections[other].count:
                return self._firsts[other] if step > 0 else self._firsts[other + 1] - 1
        return row

    def beside(self, row: int, lines: int, *, is_page: bool = False) -> int:
        """The item so many lines below (above: negative), in the same column or the last before it.

        Where there are not so many lines: `row` itself or, for a page, the first or the last item.
        """
        section = self.section_of(row)
        if self._sections[section].is_folded:
            line, column = self._lines[section] + (lines - 1 if lines > 0 else lines), 0
        else:
            in_section, column = divmod(row - self._firsts[section], self._columns)
            line = self._lines[section] + in_section + lines
        if not self.line_count:
            return row
        if not 0 <= line < self.line_count:
            return row if not is_page else self.first if lines < 0 else self.last
        at = bisect_right(self._lines, line) - 1
        first = self._firsts[at] + (line - self._lines[at]) * self._columns
        return min(first + column, self._firsts[at + 1] - 1)

    @property
    def first(self) -> int:
        """The first item that is seen; 0 where there is none."""
        return next((self._firsts[at] for at, one in enumerate(self._sections) if one.count and not one.is_folded), 0)

    @property
    def last(self) -> int:
        """The last item that is seen; 0 where there is none."""
        seen = (at for at in reversed(range(len(self._sections))) if self._sections[at].count)
        return next((self._firsts[at + 1] - 1 for at in seen if not self._sections[at].is_folded), 0)

    def _section_at(self, y: int) -> int | None:
        return bisect_right(self._tops, y) - 1 if 0 <= y < self.height else None
