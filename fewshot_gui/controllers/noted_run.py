"""What the record says of a classification, while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from fewshot_gui.jobs.messages import ClassifyBatch
from fewshot_gui.project.record import RUN, RUN_END, Draft, plain, program_version
from model.images.cutting import Cutting
from model.types import Status

_MOST_PATHS = 20  # named one by one; of more images the record says how many there were


class NotedRun:
    """Makes the entry of a run with its first results, and the one of its end."""

    def __init__(
        self,
        paths: Sequence[Path],
        cutting: Cutting | None,
        closely: bool,
        transductive: bool,
        false_alarms: float,
    ) -> None:
        self.id = uuid4().hex
        self._asked = {
            "paths": plain(list(paths[:_MOST_PATHS])),
            "asked": len(paths),
            "cutting": plain(cutting),
            "closely": closely,
            "transductive": transductive,
            "false_alarms": false_alarms,
        }
        self._classifier = ""
        self._images: dict[Path, bool] = {}  # whether each could be read: with transduction one comes twice

    @property
    def is_begun(self) -> bool:
        """Whether there was a result."""
        return bool(self._images)

    def take(self, batch: ClassifyBatch, who: str) -> Draft | None:
        """Count results; return the entry that belongs to the first of them."""
        is_first = not self._images
        self._images.update((made.path, made.status is not Status.ERROR) for made in batch.predictions)
        if not is_first:
            return None
        self._classifier = batch.classifier
        what = {"version": program_version(), **self._facts, **self._asked}
        return Draft(RUN, who, what, keys=(self.id, batch.classifier))

    def ended(self, outcome: str, seconds: float | None, who: str) -> Draft:
        """Return the entry of the end: "done", or "stopped" by the user or an error; with how many, and errors."""
        errors = sum(not is_read for is_read in self._images.values())
        counts = {"outcome": outcome, "images": len(self._images), "errors": errors, "seconds": seconds}
        return Draft(RUN_END, who, {**self._facts, **counts}, keys=(self.id, self._classifier))

    @property
    def _facts(self) -> dict[str, str]:
        return {"run": self.id, "classifier": self._classifier}
