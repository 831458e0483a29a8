"""A model card: one Markdown page on a classifier, for whoever is to use it or to answer for it.

It says what the classifier itself keeps, so that it can be written long after the training. It names no example and no
folder. Class names are escaped: they are plain text, whatever they hold.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from model.estimates.left_out import report_of
from model.estimates.report import Proportion, class_estimates, independent_examples, told_of_one_class
from model.exports.charts import reliability
from model.exports.licences import licence_of
from model.exports.report_words import OTHER_IMAGES, cautions_of_training, version_of
from model.exports.results_table import write_text
from model.features.sizes import PICTURE_SIDE
from model.images.greys import AS_THE_FILE_SAYS
from model.messages import joined, language_in_use, listed, message, percent, translated
from model.project_file.identity import identity_of
from model.runs.image_classifier import ImageClassifier
from model.types import TrainingReport

CARD_FILE = "classifier.md"
"""The card's name in a classifier's folder."""

_MARKUP = re.compile(r"[\\`*_\[\]|~$@]|(?<=:)//|(?<=www)\.")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_Row = Sequence[str]


@dataclass(frozen=True)
class Made:
    """What a card says besides the classifier's own content.

    identity: the classifier's short name
    tensors_sha256: of its file of tensors
    origin: with what it was trained, see `checkpoint.origin.origin_of`; {} where that is not known
    written_at: when the card is written; None: not said, so that the same training gives the same files
    """

    identity: str
    tensors_sha256: str
    origin: Mapping[str, Any]
    written_at: datetime | None = None

    @classmethod
    def of(
        cls,
        files: Mapping[str, bytes],
        origin: Mapping[str, Any] | None = None,
        written_at: datetime | None = None,
    ) -> Made:
        """Say it of the classifier with these files, see `checkpoint.files.contents`."""
        facts, tensors = files["classifier.json"], files["classifier.safetensors"]
        return cls(identity_of(facts), sha256(tensors).hexdigest(), origin or {}, written_at)


def write_card(classifier: ImageClassifier, made: Made, path: Path, language: str = "") -> None:
    """Write the card to `path`: all of it, or the file stays as it was. Raises `FewShotError`."""
    text = model_card(classifier, made, language)
    write_text(path, text)


def model_card(classifier: ImageClassifier, made: Made, language: str = "") -> str:
    """Return the card, Markdown with tables, in a language ("": the one in use)."""
    return _Card(classifier, made, language or language_in_use()).text()


def escaped(text: str) -> str:
    """Return plain text as Markdown that shows it in one line, also in a table's cell."""
    line = " ".join(_DIRECTIONS.sub("", text).split())
    return _MARKUP.sub(r"\\\g<0>", line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


class _Card:
    def __init__(self, classifier: ImageClassifier, made: Made, language: str) -> None:
        self._classifier, self._made, self._language = classifier, made, language
        self._state = classifier.classifier.state
        self._report = report_of(classifier.class_names, self._state)
        self._lines: list[str] = []

    def text(self) -> str:
        made = self._made
        self._heading(1, message("Model card of classifier {name}", name=made.identity))
        version = version_of("fewshot")
        if made.written_at is None:
            self._say(message("Written by Fewshot {version}.", version=version))
        else:
            when = made.written_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
            self._say(message("Written on {when} by Fewshot {version}.", when=when, version=version))
        self._heading(2, message("Classes"))
        self._classes()
        self._heading(2, message("How good it is"))
        self._estimates()
        self._heading(2, message("Be careful"))
        self._list([*cautions_of_training(self._report), OTHER_IMAGES])
        self._heading(2, message("Intended use and limits"))
        self._list(self._limits())
        self._heading(2, message("How images are seen"))
        self._table((message("What"), message("Value")), self._rendering())
        self._heading(2, message("What it is made of"))
        self._table((message("What"), message("Value")), self._facts())
        return "\n".join(self._lines).rstrip("\n") + "\n"

    def _classes(self) -> None:
        report = self._report
        counts = Counter(one.class_index for one in report.examples)
        rows = []
        for at, one in enumerate(class_estimates(report)):
            groups = independent_examples(e for e in report.examples if e.class_index == at)
            rows.append(
                (one.name, str(counts[at]), self._groups(groups), *map(self._share, (one.recall, one.precision)))
            )
        head = (message("Class"), message("Examples"), message("Independent"), message("Recall"), message("Precision"))
        self._table(head, rows)
        total = independent_examples(report.examples)
        self._say(
            message(
                "{count} examples in all, independent ones: {groups}. Examples that belong together (one file, patient "
                "or burst, near-duplicates) count as one independent example.",
                count=len(report.examples),
                groups=self._groups(total),
            )
        )

    def _estimates(self) -> None:
        report, accuracy = self._report, self._report.leave_one_out_accuracy
        if len(report.class_names) == 1:
            self._say(joined(told_of_one_class(report), message("Its accuracy was not measured.")))
        elif accuracy is None:
            self._say(message("Confidence was not measured: no class has two examples that could be left out."))
        else:
            known = report.accuracy_interval
            interval = message("not known") if known is None else _between(known)
            self._say(
                message(
                    "Leave-one-out accuracy: {accuracy} (95 % interval: {interval}). Each example was classified by a "
                    "classifier of the others.",
                    accuracy=percent(accuracy),
                    interval=interval,
                )
            )
            self._calibration(report)

    def _calibration(self, report: TrainingReport) -> None:
        self._say(message("Calibration: how often the examples were right when they were left out, by confidence."))
        known = [(one.confidence, one.predicted == one.class_index) for one in report.examples]
        rows = [
            (str(one.count), percent(one.confidence), percent(one.right), _between(one.interval))
            for one in reliability(known)
        ]
        head = (message("Examples"), message("Mean confidence"), message("Right"), message("95 % interval"))
        self._table(head, rows)
        if independent_examples(report.examples) < len(report.examples):
            self._say(message("Here every example counts by itself, so that these intervals are too narrow."))

    def _limits(self) -> list[str]:
        limit = self._state.unknown_threshold
        unknown = (
            message("There are too few examples to tell images that belong to no class: each is given one.")
            if math.isinf(limit)
            else message(
                "An image whose unlikeness is above {limit:.3f} is marked as unlike every class; an image of another "
                "kind that resembles a class is not.",
                limit=limit,
            )
        )
        return [
            message("It is meant to sort images like its examples into these classes, where a person checks results."),
            message("It is not a medical device: do not use it to diagnose or treat, or to decide about people."),
            unknown,
            message("Confidences hold for images like the examples: the same devices, settings and places."),
            message("The region shown is what speaks most for a class here. It is no outline, and proves no cause."),
        ]

    def _rendering(self) -> list[_Row]:
        rendering, state = self._classifier.embedder.rendering, self._state
        greys = message("as the file says") if rendering.greys == AS_THE_FILE_SAYS else str(rendering.greys)
        roi = message("the whole image") if rendering.roi is None else rendering.roi.percent
        return [
            (message("Longest side that is read"), message("{pixels} pixels", pixels=PICTURE_SIDE)),
            (message("Working side"), message("{pixels} pixels", pixels=state.side)),
            (message("Ground under transparent pixels"), listed([str(part) for part in rendering.ground])),
            (message("Range of greys"), greys),
            (message("Region of interest (x, y, width, height in %)"), roi),
        ]

    def _facts(self) -> list[_Row]:
        made, state, embedder = self._made, self._state, self._classifier.embedder
        backbone = embedder.backbone.name.split("@", maxsplit=1)[0]  # without a file's name
        rows: list[_Row] = [
            (message("Classifier"), made.identity),
            (message("SHA-256 of its tensors"), made.tensors_sha256),
            (message("Backbone"), backbone),
            (message("Licence of the backbone's weights"), licence_of(backbone) or message("not known")),
            (message("Hash of the backbone's weights"), embedder.fingerprint),
        ]
        for name, share in zip(state.view_names, state.shares.tolist(), strict=True):
            rows.append((message("Share of the view {name}", name=name), f"{share:.4f}"))
        for name in ("local_share", "local_scale", "scale", "attention_temperature", "unknown_threshold"):
            rows.append((message("Constant {name}", name=name), f"{getattr(state, name):.6g}"))
        if not made.origin:
            return [*rows, (message("Trained with"), message("not known"))]
        for name, version in made.origin["versions"].items():
            rows.append((message("Trained with {name}", name=name), version or message("not installed")))
        rows.append((message("SHA-256 of the program's code"), made.origin["code"]))
        rows.append((message("Precision of the backbone"), made.origin["precision"]))
        return rows

    def _groups(self, count: int) -> str:
        return message("not known") if self._state.groups is None else str(count)

    def _share(self, share: Proportion) -> str:
        if share.value is None:
            return message("not known")
        if self._state.groups is None:
            return percent(share.value)
        return message("{share} ({interval})", share=percent(share.value), interval=_between(share.interval))

    def _heading(self, level: int, text: str) -> None:
        self._lines += [f"{'#' * level} {self._cell(text)}", ""]

    def _say(self, text: str) -> None:
        self._lines += [self._cell(text), ""]

    def _list(self, texts: Sequence[str]) -> None:
        self._lines += [*(f"- {self._cell(text)}" for text in texts), ""]

    def _table(self, head: _Row, rows: Sequence[_Row]) -> None:
        for row in (head, ["---"] * len(head), *rows):
            self._lines.append(f"| {' | '.join(map(self._cell, row))} |")
        self._lines.append("")

    def _cell(self, text: str) -> str:
        return escaped(translated(text, self._language))


def _between(interval: tuple[float, float]) -> str:
    return message("{low} to {high}", low=percent(interval[0]), high=percent(interval[1]))
