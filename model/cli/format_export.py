"""`fewshot export --format NAME`: any of the exports that the window offers, by its name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from model.cli.outcome import Outcome
from model.cli.progress import ProgressPrinter
from model.cli.text import say, warn, warn_of
from model.errors import UsageError
from model.exports.exporter import (
    EXPORTS,
    Exporter,
    ExportOptions,
    Place,
    Word,
    Written,
    check_target,
    export,
    ordered_exports,
)
from model.messages import message, message_n
from model.progress import CancelToken

if TYPE_CHECKING:
    from model.runs.image_classifier import ImageClassifier


_OWN_OPTIONS = {"xmp", "dicom-sr"}
"""Formats that have an option of their own too: as there, images that are left out are no trouble."""


def run_format_export(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Write it, and say what came of it."""
    from model.exports.project_contents import read_project

    exporter = _exporter(options)
    asked = ExportOptions(
        word=Word(options.labels or Word.FINAL),
        columns=_columns(options, exporter),
        names_hidden=options.hide_names,
        load_classifier=_load,
    )
    project = read_project(options.project)
    with ProgressPrinter() as progress:
        done = export(exporter, project, options.out, asked, progress, token)
    _tell(options, done)
    failed = [{"path": str(path), "reason": str(reason)} for path, reason in done.failed]
    result: dict[str, object] = {"out": None if options.out is None else str(options.out), "images": done.images}
    result |= {"left_out": done.left_out, "files": done.files, "without_word": done.without_word, "failed": failed}
    left_out = 0 if exporter.name in _OWN_OPTIONS else done.left_out
    return Outcome(result | {"remarks": [str(one) for one in done.remarks]}, len(failed) + left_out)


def _exporter(options: argparse.Namespace) -> Exporter:
    """Return the exporter that is asked for. Raises `UsageError`."""
    if options.format is None:
        raise UsageError(message("Say what to write: --format with --out, --xmp, --undo-xmp or --dicom-sr."))
    exporter = EXPORTS.get(options.format)
    if exporter is None:
        raise UsageError(
            message(
                "--format {format} is none of {names}.",
                format=options.format,
                names=", ".join(one.name for one in ordered_exports()),
            )
        )
    if (options.out is None) != (exporter.place is Place.BESIDE):
        if options.out is None:
            raise UsageError(message("--format {format} needs --out.", format=options.format))
        raise UsageError(message("--format {format} writes beside the images: leave out --out.", format=options.format))
    check_target(exporter, options.out, overwrite=options.overwrite)
    return exporter


def _columns(options: argparse.Namespace, exporter: Exporter) -> tuple[str, ...] | None:
    if options.columns is None:
        return None
    if not exporter.has_columns:
        raise UsageError(message("--columns goes with tables, and {format} is none.", format=options.format))
    return tuple(filter(None, (name.strip() for name in options.columns.split(","))))


def _load(project: Path) -> ImageClassifier:
    from model.checkpoint.files import load

    return load(project)


def _tell(options: argparse.Namespace, done: Written) -> None:
    if done.left_out and done.first_left_out is not None:
        warn(
            message(
                "{count} images are left out: they have no label, or cannot be read. The first is {left_out}.",
                count=done.left_out,
                left_out=done.first_left_out,
            )
        )
    elif done.left_out:
        warn(message_n("{count} image is left out.", "{count} images are left out.", count=done.left_out))
    if done.without_word:
        warn(
            message_n(
                "{count} image is not written: nobody said what it shows.",
                "{count} images are not written: nobody said what they show.",
                count=done.without_word,
            )
        )
    for path, reason in done.failed:
        warn_of(path, reason)
    for remark in done.remarks:
        warn(remark)
    if options.out is None:
        say(message("{count} images in sidecars", count=done.images))
    else:
        say(message("{count} images in {out}", count=done.images, out=options.out))
