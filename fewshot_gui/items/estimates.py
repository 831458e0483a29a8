"""Estimates of the last training by class, with the present names and colours of the bins."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.items.bin_look import BinLook, look_of
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.translation import tr
from model.estimates.report import ClassEstimate, class_estimates, confusion, outlook
from model.types import TrainingReport


@dataclass(frozen=True)
class Estimates:
    """A report as the window shows it; class c has `looks[c]`, `classes[c]` and row and column c of `counts`."""

    report: TrainingReport  # with the names of now
    looks: tuple[BinLook, ...]
    classes: tuple[ClassEstimate, ...]
    counts: tuple[tuple[int, ...], ...]  # by true class (row) and by what they were taken for (column)

    @classmethod
    def of(cls, document: Document, results: Results) -> Estimates | None:
        """Return the last training's, or None where none could be left out or nothing was trained."""
        report = current_report(document, results)
        if report is None or report.leave_one_out_accuracy is None:
            return None
        return cls(
            report,
            looks(document, results),
            tuple(class_estimates(report)),
            tuple(tuple(row) for row in confusion(report)),
        )

    def examples(self, true: int, taken_for: int) -> list[Path]:
        """Return the examples of class `true` that were taken for class `taken_for`."""
        if not self.counts[true][taken_for]:
            return []
        return [
            example.path
            for example in self.report.examples
            if (example.class_index, example.predicted) == (true, taken_for)
        ]

    @property
    def shots(self) -> float:
        """Examples of a typical class: the median, the lower one of two, as the learning curve counts."""
        counted = Counter(example.class_index for example in self.report.examples)
        ordered = sorted(counted[c] for c in range(len(self.looks)))
        return float(ordered[(len(ordered) - 1) // 2])

    @property
    def outlook(self) -> tuple[float, float] | None:
        """Accuracy now and with twice as many examples, see `model.estimates.report`."""
        return outlook(self.report)


def current_report(document: Document, results: Results) -> TrainingReport | None:
    """Return the last report with its classes called as their bins are now."""
    report = results.report
    if report is None:
        return None
    return replace(report, class_names=tuple(look.name for look in looks(document, results)))


def looks(document: Document, results: Results) -> tuple[BinLook, ...]:
    """Return name and colour of every class; a removed bin keeps its name at training, and says so."""
    names = results.report.class_names if results.report is not None else ()
    there = {bin_.id for bin_ in document.bins}
    gone = tr("{name} (removed)")
    return tuple(
        look if bin_id in there else replace(look, name=gone.format(name=name))
        for bin_id, name in zip(results.classifier_bin_ids, names, strict=True)
        for look in (look_of(document, bin_id),)
    )
