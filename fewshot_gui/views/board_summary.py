"""The line above the bins: how much there is, and how good the classifier believes it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from model.estimates import WORTHWHILE, class_estimates, neediest_class, outlook
from model.types import TrainingReport


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


def explain(results: Results) -> str:
    """Several lines for a tool tip: would more examples help, and how each class fares; empty before training."""
    report = results.report
    if report is None or report.leave_one_out_accuracy is None:
        return ""
    lines = [_advice(report), ""]
    for estimate in class_estimates(report):
        recall, precision = estimate.recall, estimate.precision
        found = _tr("{name}: {right} of {trials} recognised").format(
            name=estimate.name, right=recall.successes, trials=recall.trials
        )
        low, high = recall.interval
        found += " " + _tr("(95 % interval {low} – {high})").format(low=_percent(low), high=_percent(high))
        if precision.value is not None:
            found += "; " + _tr("{share} of what is called so is").format(share=_percent(precision.value))
        lines.append(found)
    return "\n".join(lines)


def _advice(report: TrainingReport) -> str:
    expected = outlook(report)
    if expected is None:
        return _tr("Too few examples to tell whether more would help.")
    now, then = expected
    if then - now < WORTHWHILE:
        return _tr("More examples would hardly help.")
    text = _tr("Twice as many examples would probably raise accuracy from about {now} to about {then}.").format(
        now=_percent(now), then=_percent(then)
    )
    neediest = neediest_class(report)
    return text + (" " + _tr("‘{name}’ needs them most.").format(name=neediest) if neediest else "")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Board", text)
