"""Sentences for the user about one image: as an example, and as predicted."""

from __future__ import annotations

from pathlib import Path

from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.history_words import short
from fewshot_gui.items.naming import display_text
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import BinPrediction, Results
from fewshot_gui.texts import confidence_text
from fewshot_gui.translation import following, tr
from model.types import Status


def describe_example(document: Document, results: Results, path: Path) -> str:
    """Which bin the image is an example of, what leaving it out said, and remarks on its boxes; "" where it is none."""
    bin_id = document.bin_of(path)
    if bin_id is None:
        return ""
    return following(_of_example(document, results, path, bin_id), *map(display_text, results.remarks(path)))


def _of_example(document: Document, results: Results, path: Path, bin_id: str) -> str:
    text = tr("Example of ‘{name}’.").format(name=look_of(document, bin_id).name)
    made = results.verdict(path)
    if made is None or made.bin_id != bin_id:
        return text
    text = following(text, tr("Weight {weight} (1 is average).").format(weight=f"{made.weight:.2f}"))
    if made.predicted_bin_id is None:
        return text
    share = confidence_text(made.confidence)
    if made.agrees:
        return following(text, tr("Left out, it is recognised ({share}).").format(share=share))
    other = look_of(document, made.predicted_bin_id).name
    return following(text, tr("Left out, it looks like ‘{name}’ ({share}).").format(name=other, share=share))


def describe_prediction(document: Document, results: Results, path: Path) -> str:
    """What the classifier said of the image; "" where it was not classified."""
    made = results.prediction(path)
    if made is None:
        return ""
    if made.status is Status.ERROR:
        return tr("Not classified: {message}").format(message=display_text(made.message))
    name = look_of(document, made.bin_id).name if made.bin_id else "?"
    share = confidence_text(made.confidence)
    if made.is_of_one_bin:
        text = tr("Unlike ‘{name}’.") if made.status is Status.UNKNOWN else tr("Like ‘{name}’.")
    elif made.status is Status.UNKNOWN:
        text = tr("Unlike every bin; nearest is ‘{name}’ ({share}).")
    else:
        text = tr("Predicted ‘{name}’ ({share}).")
    text = text.format(name=name, share=share)
    if made.steadiness is not None and not made.is_of_one_bin:
        text = following(text, tr("Its region is steady {value} (1 is most).").format(value=f"{made.steadiness:.2f}"))
    if made.is_region_unlike:
        text = following(text, most_unlike())
    if made.is_joined:
        text = following(text, tr("Similar images took part in it."))
    if is_stale(results, made):
        text = following(text, tr("Out of date: made before the last change of the bins."))
    return text


def most_unlike() -> str:
    """What the box and the map show where there is one bin."""
    return tr("The box shows what is most unlike the bin.")


def describe_labels(document: Document, path: Path, only: str | None = None) -> str:
    """What people say of the image, a line each; with `only`, that reader alone. "" where nobody does."""
    lines = []
    for label in document.labels_of(path):
        if only is not None and label.reader != only:
            continue
        if label.is_decided:
            name = tr("none of these") if label.bin_id is None else f"‘{look_of(document, label.bin_id).name}’"
            lines.append(tr("{reader} says: {name}").format(reader=label.reader, name=name))
        if label.note is not None:
            text = tr("{reader} wants a second look: {note}") if label.note else tr("{reader} wants a second look")
            lines.append(text.format(reader=label.reader, note=label.note))
        elif label.answered is not None:
            text = (
                tr("{reader} looked a second time: {note}") if label.answered else tr("{reader} looked a second time")
            )
            lines.append(text.format(reader=label.reader, note=label.answered))
    return "\n".join(lines)


def describe_origin(results: Results, path: Path) -> str:
    """Which classifier predicted the image; "" where that is not known."""
    made = results.prediction(path)
    if made is None or not made.origin.classifier:
        return ""
    name = short(made.origin.classifier)
    if made.origin.classifier == results.classifier_hash:
        return tr("By classifier {name}.").format(name=name)
    return tr("By classifier {name}, an earlier one.").format(name=name)


def is_stale(results: Results, made: BinPrediction) -> bool:
    """Whether the bins changed, or another classifier was trained, since `made`."""
    return results.is_out_of_date(made)
