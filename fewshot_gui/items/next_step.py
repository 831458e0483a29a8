"""What to do next, from the state of the project: one sentence, and the command that does it."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.estimates import current_report
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.texts import percent
from fewshot_gui.translation import tr
from model.estimates.report import WORTHWHILE, can_tell_unlike, neediest_class, outlook
from model.types import FEWEST_OF_ONE_BIN

START = 3
"""Examples of a bin with which it is worth beginning."""

_WIDE = 0.25  # an interval of accuracy that says little


@dataclass(frozen=True)
class NextStep:
    """`text` says what and why.

    action: the id of the command that does it; "": the person has to
    bin_id: the bin whose examples are to be looked at; "": none
    """

    text: str
    action: str = ""
    bin_id: str = ""


def next_step(document: Document, results: Results) -> NextStep | None:
    """Return what helps most now; None where there are no bins, whose place says what to do, or nothing is left."""
    if not document.bins:
        return None
    if not document.can_train:
        return _to_train(document)
    if results.classifier_revision is None:
        return _first_training(document)
    if results.is_stale:
        return NextStep(tr("The bins changed since the last training."), "train")
    return (
        _too_alike(results)
        or _doubtful_examples(document, results)
        or _to_classify(results)
        or _more_examples(document, results)
    )


def _to_train(document: Document) -> NextStep:
    filled = [bin_ for bin_ in document.bins if bin_.examples]
    if not filled:
        return NextStep(tr("Drop a few images of each class into its bin: %n in each are a start.", "", START))
    if len(document.bins) == 1:
        text = tr(
            "Make a second bin, and drop images of another class into it; or %n images of this one alone.",
            "",
            FEWEST_OF_ONE_BIN,
        )
        return NextStep(text, "newBin")
    empty = next(bin_ for bin_ in document.bins if not bin_.examples)
    return NextStep(tr("Drop a few images into ‘{name}’, too.").format(name=empty.name))


def _first_training(document: Document) -> NextStep:
    filled = [bin_ for bin_ in document.bins if bin_.examples]
    fewest = min(filled, key=lambda bin_: len(bin_.examples))
    if len(filled) > 1 and len(fewest.examples) < START:
        text = tr("Ready to train. {least} examples in each bin make a better start: ‘{name}’ has {count}.")
        return NextStep(text.format(least=START, name=fewest.name, count=len(fewest.examples)), "train")
    return NextStep(tr("Ready to train."), "train")


def _too_alike(results: Results) -> NextStep | None:
    """One bin, whose images belong together: nothing is called unlike it."""
    report = results.report
    if report is None or len(report.class_names) > 1 or can_tell_unlike(report):
        return None
    text = tr(
        "The images of the bin are of fewer than {fewest} files, patients or bursts: drop others, or nothing is called "
        "unlike it."
    )
    return NextStep(text.format(fewest=FEWEST_OF_ONE_BIN))


def _doubtful_examples(document: Document, results: Results) -> NextStep | None:
    """Examples that look like another class when they are left out, where few of many do."""
    verdicts = [(bin_, results.verdict(example.path)) for bin_ in document.bins for example in bin_.examples]
    judged = [(bin_, made) for bin_, made in verdicts if made is not None and made.predicted_bin_id is not None]
    doubtful = [(bin_, made) for bin_, made in judged if not made.agrees and made.confidence > 0.8]
    if not doubtful or 4 * len(doubtful) > len(judged):
        return None
    first = look_of(document, doubtful[0][0].id).name
    text = tr(
        "%n example(s) look much like another class, in ‘{name}’ first: are they in the right bin?", "", len(doubtful)
    )
    return NextStep(text.format(name=first), bin_id=doubtful[0][0].id)


def _to_classify(results: Results) -> NextStep | None:
    return None if len(results) else NextStep(tr("Now have a folder classified."), "classify")


def _more_examples(document: Document, results: Results) -> NextStep | None:
    report = current_report(document, results)
    if report is None or len(report.class_names) == 1:
        return None
    expected, neediest = outlook(report), neediest_class(report)
    bounds = report.accuracy_interval
    if bounds is None:
        return NextStep(tr("With two examples in each bin, it is measured how sure predictions are."), "suggest")
    if bounds[1] - bounds[0] > _WIDE or (expected is not None and expected[1] - expected[0] >= WORTHWHILE):
        text = tr("Accuracy is known to lie between {low} and {high}: more examples would help.")
        if neediest:
            text = tr("Accuracy is known to lie between {low} and {high}: examples of ‘{name}’ would help most.")
        return NextStep(text.format(low=percent(bounds[0]), high=percent(bounds[1]), name=neediest), "suggest")
    return NextStep(tr("Go through the results that are in doubt, and then hand over a report."), "review")
