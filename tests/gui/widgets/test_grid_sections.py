"""Where items are in a grid that is cut into sections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fewshot_gui.widgets.grid_sections import GridSections, Section

COLUMNS, CELL, HEAD = 3, 10, 4
SECTIONS = (Section(4), Section(5, is_folded=True), Section(2))
some_sections = st.lists(st.builds(Section, st.integers(1, 9), st.booleans()), min_size=1, max_size=6)


def grid(*sections: Section) -> GridSections:
    return GridSections(sections, COLUMNS, CELL, HEAD)


def test_items_lie_below_their_heads_and_folded_ones_nowhere() -> None:
    made = grid(*SECTIONS)
    assert [made.place(row) for row in (0, 2, 3)] == [(0, 4), (2, 4), (0, 14)]
    assert made.place(4) is made.place(8) is made.place(11) is made.place(-1) is None
    assert made.place(9) == (0, 32)
    assert made.height == 42
    assert [made.head_top(section) for section in range(3)] == [0, 24, 28]
    assert [made.head_at(y) for y in (0, 3, 4, 23, 24, 27, 28, 31, 32, 41, 42, -1)] == [
        *(0, 0, None, None, 1, 1, 2, 2, None, None, None, None)
    ]
    assert list(made.heads_in(4, 25)) == [1]
    assert list(made.heads_in(0, 42)) == [0, 1, 2]


def test_keys_pass_over_what_is_folded_away() -> None:
    made = grid(*SECTIONS)
    assert (made.neighbour(3, 1), made.neighbour(9, -1), made.neighbour(10, 1), made.neighbour(0, -1)) == (9, 3, 10, 0)
    assert (made.beside(1, 1), made.beside(3, 1), made.beside(10, -1), made.beside(2, -1)) == (3, 9, 3, 2)
    assert (made.beside(1, 5, is_page=True), made.beside(10, -5, is_page=True)) == (10, 0)
    assert (made.first, made.last) == (0, 10)
    assert (made.neighbour(5, 1), made.neighbour(5, -1)) == (9, 3)  # from an item that is folded away
    assert (made.beside(5, 1), made.beside(5, -1)) == (9, 3)


def test_ranges_leave_out_what_is_folded_away() -> None:
    made = grid(*SECTIONS)
    assert made.unfolded_between(2, 9) == [(2, 3), (9, 9)]
    assert made.runs_in(0, 42, 0, 2) == [(0, 2), (3, 3), (9, 10)]
    assert made.runs_in(14, 30, 1, 2) == []
    assert made.runs_in(5, 6, 1, 1) == [(1, 1)]


def test_no_sections_are_nothing() -> None:
    made = grid()
    assert (made.height, made.line_count, made.first, made.last) == (0, 0, 0, 0)
    assert made.place(0) is made.row_at(0, 0) is made.head_at(0) is None
    assert made.runs_in(0, 100, 0, 2) == []


@given(some_sections)
def test_every_item_in_sight_has_a_place_and_every_place_its_item(sections: list[Section]) -> None:
    made = grid(*sections)
    rows = range(sum(section.count for section in sections))
    seen = [row for row in rows if made.place(row) is not None]
    for row in seen:
        column, top = made.place(row) or (0, 0)
        assert made.row_at(column, top) == made.row_at(column, top + CELL - 1) == row
        assert made.head_at(top) is None
        assert made.beside(made.beside(row, 1), -1) in seen
    assert [row for first, last in made.runs_in(0, made.height, 0, COLUMNS) for row in range(first, last + 1)] == seen
    if seen:
        walked = [made.first]
        while (following := made.neighbour(walked[-1], 1)) != walked[-1]:
            walked.append(following)
        assert walked == seen
