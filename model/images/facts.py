"""What files say of how their pictures were taken. Free of NumPy."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST = 200  # characters


@dataclass(frozen=True)
class Fact:
    """One thing that a file says.

    key: what of, a word: "modality", "camera"
    value: as it is shown, one line of up to 200 characters
    personal: whether it may tell who or where somebody is, and is shown only where names are
    """

    key: str
    value: str
    personal: bool = False


def fact(key: str, value: object, *, personal: bool = False) -> Fact | None:
    """Return what is said; None where it says nothing."""
    line = " ".join(str("" if value is None else value).replace("\0", " ").split())[:_LONGEST]
    return Fact(key, line, personal) if line else None
