"""Name and colour of a bin, also of one that was removed."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.project.document import Document
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.translation import tr

_GONE = "#8a8f98"


@dataclass(frozen=True)
class BinLook:
    """Name and colour ("#rrggbb")."""

    name: str
    color: str


def look_of(document: Document, bin_id: str) -> BinLook:
    """The look of a bin; grey and "(removed bin)" for a removed one that only predictions still name."""
    try:
        bin_ = document.bin(bin_id)
    except ProjectError:
        return BinLook(tr("(removed bin)"), _GONE)
    return BinLook(bin_.name, bin_.color)
