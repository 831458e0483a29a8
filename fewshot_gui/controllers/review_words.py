"""What a review says of how far it is, and of what came of it."""

from __future__ import annotations

from fewshot_gui.project.document import Document
from fewshot_gui.project.review import ReviewPlan, agreement_of, readers_of
from fewshot_gui.translation import tr
from model.estimates.checking import Agreement, ErrorsLeft, SampleErrors


def describe_progress(checked: int, total: int, left: ErrorsLeft, sample: SampleErrors | None) -> str:
    """E.g. "37 of 210 checked · about 4 (1 to 8) of 960 that nobody checked are wrong"."""
    parts = [tr("{checked} of {total} checked").format(checked=f"{checked:,}", total=f"{total:,}")]
    if sample is not None and sample.share is not None:
        parts.append(_sample(sample))
    else:
        parts.append(_left(left))
    return "  ·  ".join(parts)


def describe_end(
    document: Document,
    plan: ReviewPlan,
    checked: tuple[int, int],
    left: ErrorsLeft,
    sample: SampleErrors | None,
    *,
    is_line_reached: bool,
) -> tuple[str, str]:
    """Return the title and the text for the end of a review; `checked`: images that were looked at, and near copies."""
    looked_at, copies = checked
    lines = [tr("{count} images are labelled by {reader}.").format(count=f"{looked_at:,}", reader=plan.reader)]
    if copies:
        text = tr("1 near copy got its label.") if copies == 1 else tr("{count} near copies got their labels.")
        lines[0] += " " + text.format(count=f"{copies:,}")
    if sample is not None and sample.share is not None:
        lines.append(_sample(sample) + ".")
    lines.append(_left(left).capitalize() + ".")
    lines += [
        _agreement(other, found)
        for other in readers_of(document)
        if other != plan.reader and (found := agreement_of(document, plan.reader, other)).images
    ]
    if is_line_reached:
        lines.append(tr("S goes on all the same, Backspace goes back, Esc leaves."))
        return tr("As few are expected to be wrong as you asked for"), "\n".join(lines)
    lines.append(tr("Backspace goes back, Esc leaves."))
    return tr("All are looked at"), "\n".join(lines)


def _left(left: ErrorsLeft) -> str:
    if not left.count:
        return tr("every prediction is checked")
    text = tr("about {expected} ({low} to {high}) of {count} predictions that nobody checked are wrong")
    return text.format(
        expected=f"{left.expected:,.0f}", low=f"{left.low:,}", high=f"{left.high:,}", count=f"{left.count:,}"
    )


def _sample(sample: SampleErrors) -> str:
    low, high = sample.interval
    text = tr("{wrong} of {checked} predictions of the sample are wrong: {share} (95 % interval {low} to {high})")
    return text.format(
        wrong=sample.wrong,
        checked=sample.checked,
        share=_percent(sample.share or 0.0),
        low=_percent(low),
        high=_percent(high),
    )


def _agreement(other: str, found: Agreement) -> str:
    low, high = found.interval
    text = tr("{agreed} of {images} images have the same label by {other} ({low} to {high})").format(
        agreed=found.agreed, images=found.images, other=other, low=_percent(low), high=_percent(high)
    )
    if found.kappa is None or found.kappa_interval is None:
        return text + "."
    kappa = tr("Cohen’s kappa {kappa} ({low} to {high})").format(
        kappa=f"{found.kappa:.2f}", low=f"{found.kappa_interval[0]:.2f}", high=f"{found.kappa_interval[1]:.2f}"
    )
    return f"{text}, {kappa}."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"
