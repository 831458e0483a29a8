"""Letters as keys, whatever the keyboard's layout."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from fewshot_gui.views.plain_keys import key_letter


def typed(text: str, scan: int = 0, virtual: int = 0, key: int = 0) -> QKeyEvent:
    """What Qt sends when a key is pressed: `scan` is its place, as the system numbers it."""
    none = Qt.KeyboardModifier.NoModifier
    return QKeyEvent(QEvent.Type.KeyPress, key, none, scan, virtual, 0, text)


@pytest.mark.parametrize(
    ("letter", "cyrillic", "place", "mac"),
    [
        ("u", "г", 22, 32),
        ("s", "ы", 31, 1),
        ("f", "а", 33, 3),
        ("b", "и", 48, 11),
        ("a", "ф", 30, 0),
        ("z", "я", 44, 6),
    ],
)
def test_a_cyrillic_letter_is_the_latin_one_in_its_place(letter: str, cyrillic: str, place: int, mac: int) -> None:
    assert key_letter(typed(cyrillic, place + 8), "xcb") == letter
    assert key_letter(typed(cyrillic, place + 8), "wayland") == letter
    assert key_letter(typed(cyrillic, place), "windows") == letter
    assert key_letter(typed(cyrillic, 1, mac), "cocoa") == letter


def test_what_is_typed_counts_where_it_is_a_letter_of_ours() -> None:
    assert key_letter(typed("a", 24), "xcb") == "a"  # AZERTY: in the place of Q
    assert key_letter(typed("A", 24), "xcb") == "a"
    assert key_letter(typed("+"), "xcb") == "+"
    assert key_letter(typed("&", 10), "xcb") == "1"  # AZERTY: the digit without Shift
    assert key_letter(typed(".", 61), "xcb") == "/"  # the Russian layout: where "/" is
    assert key_letter(typed("", 0), "xcb") == ""
    assert key_letter(typed("é"), "offscreen") == ""


def test_every_place_of_the_mac_is_another_key() -> None:
    from fewshot_gui.views.plain_keys import _MAC_POSITIONS, _POSITIONS

    assert sorted(_MAC_POSITIONS.values()) == sorted(_POSITIONS.values())
    assert len(set(_POSITIONS.values())) == 37
