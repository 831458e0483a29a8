"""The examples of one bin for its gallery: those that may be in the wrong bin first, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.examples_model import ExamplesModel
from fewshot_gui.items.image_list_model import Index
from fewshot_gui.items.naming import display_text
from fewshot_gui.items.roles import Role, Verdict
from fewshot_gui.texts import confidence_text


class RankedExamples(ExamplesModel):
    """Doubtful examples first, the most surely so in front; then those that count least."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """Adds what is to be known of the example in words (Qt)."""
        if index.isValid() and index.row() < len(self._paths):
            path = self._paths[index.row()]
            if role == Role.NOTE:
                return self._note(path)
            if role == Qt.ItemDataRole.AccessibleDescriptionRole:
                return ", ".join(text for text in (self._weight_text(path), self._note(path)) if text)
        return super().data(index, role)

    def _sync_paths(self, paths: Sequence[Path]) -> None:
        super()._sync_paths(sorted(paths, key=self._rank))

    def _rank(self, path: Path) -> tuple[int, float]:
        made = self._made(path)
        if made is None:
            return 2, 0.0
        return (0, -made.confidence) if self._verdict(path) is Verdict.DISAGREES else (1, made.weight)

    def _note(self, path: Path) -> str:
        reason = self._unreadable.get(path) or self._duplicates.get(path)
        made = self._made(path)
        if path in self._document.missing_paths:
            return self.tr("The file is missing")
        if reason is not None:
            return self.tr("Not used: {reason}").format(reason=display_text(reason))
        if path in self._shared:
            names = ", ".join(f"‘{look_of(self._document, bin_id).name}’" for bin_id in self._shared[path])
            return self.tr("Also in {bins}").format(bins=names)
        if made is None or made.predicted_bin_id is None:
            return ""
        share = confidence_text(made.confidence)
        if made.agrees:
            return self.tr("Left out, it is recognised, {share}").format(share=share)
        other = look_of(self._document, made.predicted_bin_id).name
        return self.tr("Left out, it looks like ‘{name}’, {share}").format(name=other, share=share)

    def _weight_text(self, path: Path) -> str:
        made = self._made(path)
        return "" if made is None else self.tr("Weight {weight}").format(weight=f"{made.weight:.2f}")

    def _on_training_changed(self) -> None:
        super()._on_training_changed()
        self._sync_paths(self._paths)
