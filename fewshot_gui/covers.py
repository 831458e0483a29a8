"""Covers over pictures that a person would rather not see, or not have seen by others: blur, or plain grey.

Pictures are covered as they are painted, from the image that is there already. `covers` is the one switch; whatever
paints a picture asks it, and paints anew on `covers.changed`.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

_GREY = 0xFF808080
_MOST_KEPT = 2000  # covers of some pixels each


class CoverStyle(StrEnum):
    """What lies over a picture."""

    OFF = "off"
    BLUR = "blur"
    GREY = "grey"


class Strength(StrEnum):
    """How much a blur leaves: a picture's longer side becomes so many pixels, and these are stretched."""

    LIGHT = "light"
    MEDIUM = "medium"
    STRONG = "strong"

    @property
    def pixels(self) -> int:
        """Pixels of the longer side that are left."""
        return {Strength.LIGHT: 16, Strength.MEDIUM: 8, Strength.STRONG: 4}[self]


class Uncovered(StrEnum):
    """What is uncovered while a key is held."""

    NOTHING = "nothing"
    POINTED_AT = "pointed at"  # the picture that the pointer rests on
    ALL = "all"


class CoverSwitch(QObject):
    """How pictures are covered now. `changed` tells whoever shows one to paint it anew."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._style, self._strength, self._uncovered = CoverStyle.OFF, Strength.MEDIUM, Uncovered.NOTHING
        self._kept: OrderedDict[tuple[int, int], QImage] = OrderedDict()

    @property
    def style(self) -> CoverStyle:
        """What lies over pictures."""
        return self._style

    @property
    def strength(self) -> Strength:
        """How strong a blur is."""
        return self._strength

    def set_cover(self, style: CoverStyle, strength: Strength) -> None:
        """Cover pictures so from now on."""
        if (style, strength) != (self._style, self._strength):
            self._style, self._strength = style, strength
            self._kept.clear()
            self.changed.emit()

    def uncover(self, what: Uncovered) -> None:
        """Uncover it for as long as nothing else is said."""
        if what is not self._uncovered:
            self._uncovered = what
            self.changed.emit()

    def is_covered(self, *, pointed_at: bool) -> bool:
        """Whether a picture is covered now; `pointed_at`: whether the pointer rests on it."""
        if self._style is CoverStyle.OFF or self._uncovered is Uncovered.ALL:
            return False
        return not (pointed_at and self._uncovered is Uncovered.POINTED_AT)

    def shown(self, image: QImage, *, pointed_at: bool = False) -> QImage:
        """Return `image`, or what is painted in its place and stretched to its size: a few pixels."""
        if image.isNull() or not self.is_covered(pointed_at=pointed_at):
            return image
        side = 1 if self._style is CoverStyle.GREY else self._strength.pixels
        key = (image.cacheKey(), side)
        cover = self._kept.get(key)
        if cover is None:
            cover = self._kept[key] = _cover(image, side)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return cover


def _cover(image: QImage, side: int) -> QImage:
    if side == 1:
        grey = QImage(1, 1, QImage.Format.Format_RGB32)
        grey.fill(_GREY)
        return grey
    size = image.size().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


covers = CoverSwitch()
"""The one switch: there is one window."""
