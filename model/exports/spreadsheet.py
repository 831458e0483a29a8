"""Texts as cells of a table, written so that no spreadsheet takes them for formulas.

Spreadsheets compute cells that begin with = + - or @, also after a tab, a line break or a byte order mark. Names of
classes and files come from whoever made the folders, so one may be `=HYPERLINK(...)`. An apostrophe in front makes such
a cell a text; numbers stay numbers.
"""

from __future__ import annotations

import os
import re

_STARTERS = frozenset("=+-@\t\r\n＝＋－＠")
_NOT_SEEN = "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f \xa0"  # characters that a spreadsheet may skip
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might compute `text`."""
    start = text.lstrip(_NOT_SEEN)[:1]
    return start in _STARTERS and start != "" and _NUMBER.fullmatch(text) is None


def as_cell(text: str) -> str:
    """Return `text`, with an apostrophe in front where it would be a formula; `from_cell` is the inverse."""
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def from_cell(cell: str) -> str:
    """Return the text that `as_cell` turned into `cell`."""
    return cell[1:] if cell.startswith("'") and is_formula(cell.lstrip("'")) else cell


def as_path_cell(path: str) -> str:
    """Return a path to the same file that is not a formula: "./" is put in front of a relative one."""
    return os.path.join(os.curdir, path) if is_formula(path) else path
