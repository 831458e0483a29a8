"""The files that are shipped with the program: weights, icons, styles and the example."""

from __future__ import annotations

from pathlib import Path

_INSTALLED = Path(__file__).resolve().parent / "resources"
_CHECKOUT = Path(__file__).resolve().parent.parent / "resources"


def resource(name: str) -> Path:
    """Return the file or folder `name` ("icons/open.svg"), in the installed package or in a checkout.

    It need not exist; "" gives the whole folder.
    """
    return (_INSTALLED if _INSTALLED.is_dir() else _CHECKOUT) / name
