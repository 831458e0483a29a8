"""Texts as cells of a table that a spreadsheet may open: none of them is taken for a formula.

Spreadsheets compute what begins with = + - or @, also after a tab, a line break or a byte order
mark. Names of classes and files come from whoever made the folders, so one may be
`=HYPERLINK(...)`. An apostrophe in front keeps such a cell a text; numbers stay numbers.
"""

from __future__ import annotations

import os
import re

_STARTERS = frozenset("=+-@\t\r\n＝＋－＠")
_NOT_SEEN = "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f \xa0"  # what a spreadsheet may drop before it looks
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might compute `text`."""
    start = text.lstrip(_NOT_SEEN)[:1]
    return start in _STARTERS and start != "" and _NUMBER.fullmatch(text) is None


def as_cell(text: str) -> str:
    """Return `text`, with an apostrophe in front where it would be a formula; `from_cell` is the inverse."""
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def from_cell(cell: str) -> str:
    """Return the text of which `as_cell` made `cell`."""
    return cell[1:] if cell.startswith("'") and is_formula(cell.lstrip("'")) else cell


def as_path_cell(path: str) -> str:
    """Return `path` such that it is no formula and names the same file: "./" goes in front of a relative one."""
    return os.path.join(os.curdir, path) if is_formula(path) else path
