"""The line above the bins: the number of examples and the estimated accuracy."""

from __future__ import annotations

from fewshot_gui.items.estimates import current_report
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.texts import percent
from fewshot_gui.translation import tr
from fewshot_gui.views.estimate_words import advice, interval


def summarize(document: Document, results: Results) -> str:
    """E.g. "Examples: 29 · left out one by one, 93 % were recognised (95 % interval 78 % – 98 %)"."""
    if not document.bins:
        return ""
    parts = [tr("Examples: {count}").format(count=f"{document.example_count:,}")]
    report = results.report
    if report is not None and report.leave_one_out_accuracy is not None:
        text = tr("left out one by one, {share} are recognised").format(share=percent(report.leave_one_out_accuracy))
        if report.accuracy_interval is not None:
            text += f" ({interval(report.accuracy_interval)})"
        parts.append(text)
    elif report is not None and len(report.class_names) == 1:
        parts.append(tr("one bin: what is unlike it is found"))
    elif report is not None:
        parts.append(tr("confidence not measured: one example in each bin"))
    if results.is_stale:
        parts.append(tr("changed since training"))
    return "  ·  ".join(parts)


def explain(document: Document, results: Results) -> str:
    """For a tool tip: would more examples help; empty before training."""
    report = current_report(document, results)
    if report is None:
        return ""
    if len(report.class_names) == 1:
        return tr("With a second bin, images are told apart, and how well is measured.")
    if report.leave_one_out_accuracy is None:
        return tr("With two examples in a bin, each can be classified from the others, and confidence is measured.")
    return advice(report)
