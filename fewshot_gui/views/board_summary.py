"""The line above the bins: how much there is, and how good the classifier believes it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results


def summarize(document: Document, results: Results) -> str:
    """E.g. "Examples: 29 · left out one by one, 93 % were recognised (95 % interval 78 % – 98 %)"."""
    if not document.bins:
        return ""
    parts = [_tr("Examples: {count}").format(count=f"{document.example_count:,}")]
    report = results.report
    if report is not None and report.leave_one_out_accuracy is not None:
        text = _tr("left out one by one, {share} are recognised").format(share=_percent(report.leave_one_out_accuracy))
        if report.accuracy_interval is not None:
            low, high = report.accuracy_interval
            text += " " + _tr("(95 % interval {low} – {high})").format(low=_percent(low), high=_percent(high))
        parts.append(text)
    if results.is_stale:
        parts.append(_tr("changed since training"))
    return "  ·  ".join(parts)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Board", text)
