"""Keys that mean something by themselves: letters under every keyboard layout, and what is a plain key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

_ROWS = ((2, "1234567890"), (16, "qwertyuiop"), (30, "asdfghjkl"), (44, "zxcvbnm"), (53, "/"))
_POSITIONS = {first + at: key for first, row in _ROWS for at, key in enumerate(row)}
"""Keys by their place on the keyboard, as Windows and Linux number it (set 1 of the PC's scan codes)."""

_X_OFFSET = 8  # X11 and Wayland count from there
_MAC_POSITIONS = dict(
    zip(
        (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25, 26, 28, 29, 31, 32, 34,
         35, 37, 38, 40, 44, 45, 46),
        "asdfhgzxcvbqweryt123465978" "0ouiplj" "k/nm",
        strict=True,
    )
)  # fmt: skip
"""The same as macOS numbers it (`kVK_ANSI_A` and so on)."""

_SPECIAL = {
    Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape, Qt.Key.Key_Space,
    Qt.Key.Key_Delete,
}  # fmt: skip


def is_plain(event: QKeyEvent) -> bool:
    """Whether a key is typed by itself, or with Shift, and is none of F1 to F12, Tab and the like."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    is_text = bool(event.text()) and event.text().isprintable()
    return modifiers == Qt.KeyboardModifier.NoModifier and (is_text or event.key() in _SPECIAL)


def key_letter(event: QKeyEvent, platform: str | None = None) -> str:
    """Return the Latin letter (lower case), digit, "/" or "+" that a key stands for; "" where it stands for none.

    What is typed counts. Where that is none of these, as under a Cyrillic, Greek or Arabic layout, it is what the key
    in this place is on a keyboard with Latin letters. `platform`: Qt's name of it (default: the one in use).
    """
    text = event.text().casefold()
    if len(text) == 1 and text.isascii() and (text.isalnum() or text in "/+"):
        return text
    platform = QGuiApplication.platformName() if platform is None else platform
    if platform == "cocoa":
        return _MAC_POSITIONS.get(event.nativeVirtualKey(), "") if event.nativeScanCode() or text else ""
    offset = 0 if platform == "windows" else _X_OFFSET
    return _POSITIONS.get(event.nativeScanCode() - offset, "")
