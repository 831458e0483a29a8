"""The wording of estimates, for the line above the bins and for the window that shows them all."""

from __future__ import annotations

from fewshot_gui.items.estimates import Estimates
from fewshot_gui.texts import percent
from fewshot_gui.translation import following, tr
from model.estimates.report import WORTHWHILE, Proportion, neediest_class, outlook
from model.exports.spreadsheet import as_cell
from model.types import TrainingReport


def interval(bounds: tuple[float, float]) -> str:
    """E.g. "95 % interval 78 % – 98 %"."""
    return tr("95 % interval {low} – {high}").format(low=percent(bounds[0]), high=percent(bounds[1]))


def advice(report: TrainingReport) -> str:
    """Say in a sentence or two whether more examples would help, and where."""
    expected = outlook(report)
    if expected is None:
        return tr("Too few examples to tell whether more would help.")
    now, then = expected
    if then - now < WORTHWHILE:
        return tr("More examples would hardly help.")
    text = tr("Twice as many examples would probably raise accuracy from about {now} to about {then}.").format(
        now=percent(now), then=percent(then)
    )
    neediest = neediest_class(report)
    return following(text, tr("‘{name}’ needs them most.").format(name=neediest) if neediest else "")


def count_of(proportion: Proportion) -> str:
    """E.g. "4 of 5"; "–" where nothing was tried."""
    if proportion.value is None:
        return "–"
    return tr("{part} of {whole}").format(part=proportion.successes, whole=proportion.trials)


def recall_words(name: str, recall: Proportion) -> str:
    """One sentence on how many examples of a class are recognised."""
    if recall.value is None:
        return tr("‘{name}’ has one example: it cannot be left out.").format(name=name)
    text = tr("Of the examples of ‘{name}’, {count} are recognised: {share}")
    text = text.format(name=name, count=count_of(recall), share=percent(recall.value))
    return f"{text} ({interval(recall.interval)})"


def precision_words(name: str, precision: Proportion) -> str:
    """One sentence on how much of what is called a class is of it."""
    if precision.value is None:
        return tr("No example is taken for ‘{name}’.").format(name=name)
    text = tr("Of the examples taken for ‘{name}’, {count} are: {share}")
    text = text.format(name=name, count=count_of(precision), share=percent(precision.value))
    return f"{text} ({interval(precision.interval)})"


def cell_words(estimates: Estimates, true: int, taken_for: int) -> str:
    """One sentence on a cell of the confusion matrix."""
    row, name = estimates.counts[true], estimates.looks[true].name
    if true == taken_for:
        text = tr("{count} of {total} examples of ‘{name}’ are recognised")
    else:
        text = tr("{count} of {total} examples of ‘{name}’ are taken for ‘{other}’")
    return text.format(count=row[taken_for], total=sum(row), name=name, other=estimates.looks[taken_for].name)


def as_table(estimates: Estimates) -> str:
    """All figures as lines of cells with tabs between, as spreadsheets paste them; shares are 0..1."""
    report = estimates.report
    low, high = report.accuracy_interval or (0.0, 1.0)
    lines: list[list[str]] = [
        ["", tr("Value"), tr("95 % from"), tr("95 % to")],
        [tr("Accuracy (leave-one-out)"), _share(report.leave_one_out_accuracy), _share(low), _share(high)],
        [],
        [
            tr("Class"),
            *(
                f"{measure} {part}".strip()
                for measure in (tr("Recall"), tr("Precision"))
                for part in ("", tr("95 % from"), tr("95 % to"), tr("right"), tr("of"))
            ),
        ],
    ]
    for look, known in zip(estimates.looks, estimates.classes, strict=True):
        lines.append([as_cell(look.name), *_figures(known.recall), *_figures(known.precision)])
    lines += [[], [tr("True class \\ taken for"), *(as_cell(look.name) for look in estimates.looks)]]
    for look, row in zip(estimates.looks, estimates.counts, strict=True):
        lines.append([as_cell(look.name), *map(str, row)])
    return "\n".join("\t".join(line) for line in lines) + "\n"


def _figures(proportion: Proportion) -> list[str]:
    if proportion.value is None:
        return ["", "", "", "0", "0"]
    shares = (proportion.value, *proportion.interval)
    return [*map(_share, shares), str(proportion.successes), str(proportion.trials)]


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"
