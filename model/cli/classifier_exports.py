"""The exports of a classifier as options of `fewshot export`: an ONNX file."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.outcome import Outcome
from model.cli.text import say
from model.errors import UsageError
from model.messages import message
from model.progress import CancelToken


def add_classifier_exports(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--onnx", type=Path, metavar="FILE", help=message("write the classifier as an ONNX file; PROJECT may be its folder")
    )


def is_classifier_export(options: argparse.Namespace) -> bool:
    """Whether one of them is asked for. Raises `UsageError` where they do not go together."""
    if options.onnx is None:
        return False
    if options.format or options.out or options.xmp or options.undo_xmp or options.dicom_sr:
        raise UsageError(message("--onnx FILE goes with none of --format, --out, --xmp, --undo-xmp and --dicom-sr."))
    return True


def run_classifier_export(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Write it, and say what came of it."""
    from model.checkpoint.files import identity, load
    from model.exports.onnx_file import export_onnx

    if options.onnx.suffix.lower() != ".onnx":
        raise UsageError(message("--onnx {file} does not end with .onnx.", file=options.onnx))
    if options.onnx.exists() and not options.overwrite:
        raise UsageError(message("{file} exists. Give another name, or add --overwrite.", file=options.onnx))
    classifier = load(options.project, "cpu")
    name = identity(options.project)
    export_onnx(classifier, options.onnx, name)
    say(message("Classifier {name} in {file}", name=name, file=options.onnx))
    return Outcome({"onnx": str(options.onnx), "classifier": name, "classes": list(classifier.class_names)})
