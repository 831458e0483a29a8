"""Sentences of the report that depend on the project: cautions and facts."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from model.estimates.report import independent_examples
from model.exports.project_contents import ProjectContents
from model.messages import listed, message, message_n, percent
from model.types import TrainingReport

_FEW = 5  # examples of a class

OTHER_IMAGES = message(
    "Estimates are made from the examples. Images from elsewhere may fare worse: check a random sample."
)


def cautions(project: ProjectContents, rows: Mapping[str, Any]) -> list[str]:
    """Return what to be careful about, in plain words; `rows` counts the results: count, unlike, errors."""
    report = project.report
    if report is None:
        return [message("Nothing was trained yet.")]
    said = cautions_of_training(report)
    suspects = [one for one in report.examples if one.predicted not in (-1, one.class_index)]
    if suspects:
        said.append(
            message_n(
                "{count} example looks like another class when it is left out; see Examples.",
                "{count} examples look like another class when they are left out; see Examples.",
                count=len(suspects),
            )
        )
    if report.remarks:
        said.append(
            message_n(
                "The boxes of {count} example do not say what was meant; see Examples.",
                "The boxes of {count} examples do not say what was meant; see Examples.",
                count=len(dict(report.remarks)),
            )
        )
    if report.in_two_bins:
        said.append(
            message_n(
                "{count} picture is in two bins: one of them is wrong.",
                "{count} pictures are in two bins: one of each pair is wrong.",
                count=len(report.in_two_bins),
            )
        )
    if project.is_changed_since_training:
        said.append(message("The bins changed since the last training: results and estimates are of before."))
    if rows["unlike"]:
        said.append(
            message_n(
                "{count:,} of {images:,} images is unlike every bin: none of the classes may fit.",
                "{count:,} of {images:,} images are unlike every bin: none of the classes may fit.",
                count=rows["unlike"],
                images=rows["count"],
            )
        )
    if rows["errors"]:
        said.append(message("Images that could not be read: {count:,}.", count=rows["errors"]))
    said.append(OTHER_IMAGES)
    return said


def cautions_of_training(report: TrainingReport) -> list[str]:
    """Return what to be careful about, from a training alone."""
    said: list[str] = []
    per_class = Counter(one.class_index for one in report.examples)
    few = [name for at, name in enumerate(report.class_names) if per_class[at] < _FEW]
    if few:
        said.append(
            message(
                "Fewer than {few} examples: {names}. Estimates and confidences are rough.",
                names=_listed(few),
                few=_FEW,
            )
        )
    if report.leave_one_out_accuracy is None:
        said.append(message("Confidence was not measured: no class has two examples that could be left out."))
    groups = independent_examples(report.examples)
    if groups < len(report.examples):
        said.append(
            message_n(
                "The {examples} examples are {count} independent one: some belong together (one file, "
                "patient or burst, near-duplicates). Estimates count them so.",
                "The {examples} examples are {count} independent ones: some belong together (one file, "
                "patient or burst, near-duplicates). Estimates count them so.",
                count=groups,
                examples=len(report.examples),
            )
        )
    return said


def facts(project: ProjectContents, *, names_hidden: bool) -> list[tuple[str, str]]:
    """Return what made the results: (name, value)."""
    known = project.facts
    found: list[tuple[str, str]] = [(message("Project"), "" if names_hidden else str(project.path))]
    found += [
        (message("Classifier"), project.identity or message("none")),
        (message("Backbone"), _backbone(project, names_hidden=names_hidden)),
    ]
    found += [(message("SHA-256 of its tensors"), str(known.get("tensors_sha256", "")))]
    if project.record_head:
        head = message_n(
            "{hash} after {count} entry",
            "{hash} after {count} entries",
            count=project.record_entries,
            hash=project.record_head,
        )
        found.append((message("Hash of the record"), head))
    found += [
        (message("Version of {name}", name=name), version_of(name))
        for name in ("fewshot", "torch", "openvino", "numpy", "pillow")
    ]
    found.append(
        ("Python", message("{version} on {system}", version=platform.python_version(), system=platform.system()))
    )
    return [(name, value) for name, value in found if value]


def with_share(name: str, share: float) -> str:
    """Return a name with its share, 0..1."""
    return message("{name} {share}", name=name, share=percent(share))


def _listed(names: Sequence[str]) -> str:
    quoted = listed([f"‘{name}’" for name in names[:5]])
    more = len(names) - 5
    return quoted if more <= 0 else message("{names} and {more} more", names=quoted, more=more)


def version_of(package: str) -> str:
    """Return the version of an installed package; "" where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _backbone(project: ProjectContents, *, names_hidden: bool) -> str:
    """Its name; a file of weights is named only where files are."""
    name = str(project.facts.get("backbone", ""))
    return name.split("@", maxsplit=1)[0] if names_hidden else name
