"""The help of the command line in the language in use."""

from __future__ import annotations

import argparse
import gettext
import os
import re

from model.cli.text import columns_of
from model.messages import (
    DOMAIN,
    ENGLISH,
    SYSTEM,
    VARIABLE,
    catalog_folder,
    message,
    message_n,
    translated,
    use_language,
)

_CHINESE, _CLOSING = r"\u2e80-\uffef", "，。；：、）！？"
_PIECES = re.compile(
    rf"\s+|（?(?!（)[{_CHINESE}][{_CLOSING}]*|（?[^\s{_CHINESE}]+[{_CLOSING}]*|（",
)
"""What stays on one line: a space, a Chinese character or a word of other letters with the marks around it."""


def speak() -> None:
    """Use the language that the environment names, for our words and for those of argparse."""
    code = use_language(os.environ.get(VARIABLE) or SYSTEM)
    if code == ENGLISH:
        gettext.textdomain("messages")  # Python's default
        return
    # argparse asks gettext's own domain, in the language of this variable.
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain(DOMAIN, str(catalog_folder()))
    gettext.textdomain(DOMAIN)


class HelpInLanguage(argparse.HelpFormatter):
    """A help page whose texts are translated when they are shown."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return translated(action.help) if action.help else action.help

    def add_text(self, text: str | None) -> None:
        """Add a paragraph."""
        super().add_text(translated(text) if text else text)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return _wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in _wrapped(text, width - len(indent)))


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of `width` columns; Chinese characters take two, and a line may end after each."""
    lines, line, taken = [], "", 0
    for piece in _PIECES.findall(" ".join(text.split())):
        columns = columns_of(piece)
        if line and taken + columns > width:
            lines.append(line.rstrip())
            line, taken = "", 0
        if line or not piece.isspace():
            line, taken = line + piece, taken + columns
    return [*lines, line.rstrip()]


_ARGPARSE = (
    message("usage: "),
    message("positional arguments"),
    message("options"),
    message("show this help message and exit"),
    message("%(prog)s: error: %(message)s\n"),
    message("argument %(argument_name)s: %(message)s"),
    message("the following arguments are required: %s"),
    message("unrecognized arguments: %s"),
    message("one of the arguments %s is required"),
    message("not allowed with argument %s"),
    message("expected one argument"),
    message("expected at least one argument"),
    message("expected at most one argument"),
    message_n("expected %s argument", "expected %s arguments", count=2),
    message("invalid %(type)s value: %(value)r"),
    message("invalid choice: %(value)r (choose from %(choices)s)"),
    message("ambiguous option: %(option)s could match %(matches)s"),
    message("ignored explicit argument %r"),
)
"""argparse's own words, as it asks gettext for them: here so that they are found for translation."""
