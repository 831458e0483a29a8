"""The exports of a classifier as options of `fewshot export`: an ONNX file, and a model card."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model.cli.arguments import local
from model.cli.outcome import Outcome
from model.cli.text import say
from model.errors import UsageError
from model.messages import message
from model.progress import CancelToken

_ENDINGS = {"onnx": (".onnx",), "card": (".md", ".markdown")}


def add_classifier_exports(parser: argparse.ArgumentParser) -> None:
    """Add the options; with them PROJECT may be a classifier's folder."""
    parser.add_argument(
        "--onnx",
        type=local,
        metavar="FILE",
        help=message("write the classifier of PROJECT, or of a classifier's folder, as an ONNX file"),
    )
    parser.add_argument(
        "--card", type=local, metavar="FILE.md", help=message("write a model card on it, a page of Markdown")
    )


def is_classifier_export(options: argparse.Namespace) -> bool:
    """Whether one of them is asked for. Raises `UsageError` where they do not go together."""
    if options.onnx is None and options.card is None:
        return False
    if options.format or options.out or options.xmp or options.undo_xmp or options.dicom_sr:
        raise UsageError(message("--onnx and --card do not go with --format, --out, --xmp, --undo-xmp or --dicom-sr."))
    return True


def run_classifier_export(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Write what is asked for, and say what came of it."""
    from model.checkpoint.files import contents, from_files
    from model.exports.model_card import Made, write_card
    from model.exports.onnx_file import export_onnx

    for kind, endings in _ENDINGS.items():
        file = getattr(options, kind)
        if file is not None:
            _check_file(f"--{kind}", file, endings, overwrite=options.overwrite)
    files = contents(options.project)
    classifier = from_files(files, "cpu", place=str(options.project))
    made = Made.of(files, written_at=datetime.now(UTC))
    name = made.identity
    result: dict[str, Any] = {"classifier": name, "classes": list(classifier.class_names)}
    if options.card is not None:
        write_card(classifier, made, options.card)
        say(message("Model card of classifier {name} in {file}", name=name, file=options.card))
        result["card"] = str(options.card)
    token.raise_if_cancelled()
    if options.onnx is not None:
        export_onnx(classifier, options.onnx, name)
        say(message("Classifier {name} in {file}", name=name, file=options.onnx))
        result["onnx"] = str(options.onnx)
    return Outcome(result, 0)


def _check_file(option: str, file: Path, endings: tuple[str, ...], *, overwrite: bool) -> None:
    from model.exports.results_table import not_written

    if file.suffix.lower() not in endings:
        raise UsageError(
            message("{option} {file} does not end with {ending}.", option=option, file=file, ending=endings[0])
        )
    if file.exists() and not overwrite:
        raise UsageError(message("{file} exists. Give another name, or add --overwrite.", file=file))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(file, error) from error
