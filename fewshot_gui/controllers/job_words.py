"""Messages for the status bar about jobs that succeeded."""

from __future__ import annotations

from fewshot_gui.intents import FetchPlan
from fewshot_gui.items.naming import display_name, display_text
from fewshot_gui.jobs.messages import ClassifySummary, SuggestResult
from fewshot_gui.translation import tr
from model.estimates.report import can_tell_unlike, independent_examples
from model.types import FetchKind, TrainingReport


def describe_training(report: TrainingReport) -> str:
    """Say how many images a training used, and the accuracy when each is left out."""
    text = tr("Trained on {images} images in {seconds} s").format(
        images=len(report.examples), seconds=f"{report.seconds:.1f}"
    )
    if report.leave_one_out_accuracy is not None and report.accuracy_interval is not None:
        low, high = report.accuracy_interval
        text += tr("; leaving each out: {accuracy} % right (95 %: {low} to {high} %)").format(
            accuracy=f"{100 * report.leave_one_out_accuracy:.0f}", low=f"{100 * low:.0f}", high=f"{100 * high:.0f}"
        )
    elif len(report.class_names) == 1:
        if can_tell_unlike(report):
            text += tr("; one bin: what is unlike it is found")
        else:
            independent = independent_examples(report.examples)
            text += tr("; one bin of %n independent example(s): too few to call anything unlike it", "", independent)
    else:
        text += tr("; confidence not measured: one example in each bin")
    left_out = (*report.unreadable, *report.duplicates)
    if left_out:
        path, reason = left_out[0]
        text += tr("; {count} left out: {name} {reason}").format(
            count=len(left_out), name=display_name(path), reason=display_text(reason)
        )
    if report.remarks:
        boxed = dict(report.remarks)  # what is wrong is said where the example is shown
        text += tr("; look at the boxes of %n example(s), first of {name}", "", len(boxed)).format(
            name=display_name(next(iter(boxed)))
        )
    return text


def describe_fetched(result: SuggestResult, *, is_searching: bool) -> str:
    """Say how many images were fetched, and out of how many; `is_searching`: more images may yet be found."""
    if not result.images:
        return tr("No image of {considered} is of that kind").format(considered=f"{result.considered:,}")
    text = tr("{count} of {considered} images chosen; drag them into bins, or press 1 – 9").format(
        count=len(result.images), considered=f"{result.considered:,}"
    )
    if result.considered + result.unreadable < result.total:
        text += tr("; compared was an even sample of {total}").format(total=f"{result.total:,}")
    if result.unreadable:
        text += tr("; {count} could not be read").format(count=f"{result.unreadable:,}")
    if is_searching:
        text += tr("; the library is still being searched, more images may come")
    return text


def fetched_title(plan: FetchPlan, class_name: str) -> str:
    """Say over the images that were fetched which they are; `{count}` stands for how many are in no bin yet."""
    match plan.kind:
        case FetchKind.TEACH:
            return tr("These {count} images would teach the most, best first: put them into bins.")
        case FetchKind.DOUBTFUL:
            return tr("The {count} most doubtful images, the most doubtful first.")
        case FetchKind.TYPICAL:
            text = tr("The {count} images most typical of ‘{name}’, the most typical first.")
            return text.replace("{name}", class_name.replace("{", "").replace("}", ""))
        case FetchKind.UNLIKE:
            return tr("The {count} images least like any example, the oddest first.")
        case FetchKind.RANDOM:
            return tr("{count} random images, drawn with seed {seed}.").replace("{seed}", str(plan.seed))
        case FetchKind.LIKE if plan.is_of_region:
            return tr("The {count} images with something most like the region, the most like first.")
        case FetchKind.LIKE:
            return tr("The {count} images most like the one that was asked for, the most like first.")


def describe_classification(summary: ClassifySummary) -> str:
    """Say how many images were classified, and in what time."""
    text = tr("Classified {count} images in {seconds} s").format(
        count=f"{summary.total:,}", seconds=f"{summary.seconds:.1f}"
    )
    if summary.changed is not None:
        text += tr("; similar images changed the class of {count}").format(count=f"{summary.changed:,}")
    if summary.unreadable:
        text += tr("; {count} could not be read").format(count=f"{summary.unreadable:,}")
    return text
