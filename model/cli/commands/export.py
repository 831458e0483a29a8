"""The command `fewshot export`: write a project's final labels and regions for a program of annotation."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.arguments import add_json
from model.cli.classifier_exports import add_classifier_exports, is_classifier_export, run_classifier_export
from model.cli.outcome import Outcome
from model.cli.project_exports import add_project_exports, is_project_export, run_project_export
from model.cli.registry import COMMANDS, Command
from model.cli.text import say, warn
from model.errors import UsageError
from model.messages import message
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project", type=Path, metavar="PROJECT", help=message("a project of the window, open or closed")
    )
    parser.add_argument("--format", metavar="NAME", help=message("coco, label-studio or qupath"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=message("the file to write"))
    parser.add_argument("--overwrite", action="store_true", help=message("replace a file that is there"))
    add_project_exports(parser)
    add_classifier_exports(parser)
    add_json(parser)


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Write the annotations, or another export of the project."""
    if is_classifier_export(options):
        return run_classifier_export(options, token)
    if is_project_export(options):
        return run_project_export(options, token)
    if options.format is None or options.out is None:
        raise UsageError(message("Say what to write: --format with --out, --xmp, --undo-xmp or --dicom-sr."))
    from model.exports.labelled_images import ANNOTATIONS, labelled_images, write_annotations
    from model.exports.project_contents import read_project

    make = ANNOTATIONS.get(options.format)
    if make is None:
        raise UsageError(
            message(
                "--format {format} is none of {names}.", format=options.format, names=", ".join(ANNOTATIONS.names())
            )
        )
    if options.out.suffix.lower() not in {".json", ".geojson"}:  # so that no picture or project is replaced either
        raise UsageError(message("--out {out} does not end with .json or .geojson.", out=options.out))
    if options.out.exists() and not options.overwrite:
        raise UsageError(message("{out} exists. Give another --out, or add --overwrite.", out=options.out))
    project = read_project(options.project)
    images, left_out = labelled_images(project, token)
    write_annotations(options.out, make(project, images))
    if left_out:
        warn(
            message(
                "{count} images are left out: they have no label, or cannot be read. The first is {left_out}.",
                count=len(left_out),
                left_out=left_out[0],
            )
        )
    say(message("{count} images in {out}", count=len(images), out=options.out))
    result = {"out": str(options.out), "images": len(images), "left_out": len(left_out)}
    return Outcome(result, 3 if left_out else 0)


COMMANDS.register(
    "export", Command(message("write labels and regions for annotation programs"), _add_arguments, _run, order=55)
)
