"""A result with the header of its DICOM image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.exports.project_contents import ResultRow
from model.images.items import Item

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class Observed:
    """One result, which file and frame it is of, and the header of that file without its pixels."""

    row: ResultRow
    item: Item
    header: Dataset
