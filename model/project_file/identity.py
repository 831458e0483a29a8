"""The short name of a classifier, the same in a folder, a project and whatever is written of it."""

from __future__ import annotations

from hashlib import sha256


def identity_of(facts: bytes) -> str:
    """Return the short name of the classifier whose file of facts this is, which no other classifier has."""
    # The facts hold the hash of the tensors. A letter in front, for digits alone would be a number to a spreadsheet.
    return f"c{sha256(facts).hexdigest()[:12]}"
