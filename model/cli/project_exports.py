"""The options of `fewshot export`; and the exports that have one of their own: sidecars, and structured reports."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from model.cli.arguments import local
from model.cli.outcome import Outcome
from model.cli.progress import ProgressPrinter
from model.cli.text import say, warn, warn_of
from model.errors import UsageError
from model.messages import message, message_n
from model.progress import CancelToken, ProgressCallback

if TYPE_CHECKING:
    from model.exports.exporter import Written
    from model.exports.project_contents import ProjectContents

_KINDS = ("xmp", "undo_xmp", "dicom_sr")


def add_project_exports(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--format", metavar="NAME", help=message("by its name, such as xlsx or coco; a wrong one lists all")
    )
    parser.add_argument("--out", type=local, metavar="FILE", help=message("the file to write, or the folder"))
    parser.add_argument("--overwrite", action="store_true", help=message("replace a file that is there"))
    parser.add_argument(
        "--columns", metavar="NAMES", help=message("columns of a table, with commas between them (default: all)")
    )
    parser.add_argument(
        "--labels",
        choices=("final", "prediction", "verdict"),
        metavar="WORD",
        help=message("whose word counts: final (a person's before the prediction, the default), prediction or verdict"),
    )
    parser.add_argument(
        "--hide-names", action="store_true", help=message("write numbers instead of the names of images and folders")
    )
    parser.add_argument("--xmp", action="store_true", help=message("write XMP sidecars beside the images"))
    parser.add_argument(
        "--sidecar-names",
        choices=("append", "replace"),
        metavar="RULE",
        help=message("append (img.jpg.xmp, the default) or replace (img.xmp)"),
    )
    parser.add_argument("--undo-xmp", action="store_true", help=message("put the sidecars back as they were"))
    parser.add_argument(
        "--dicom-sr", type=local, metavar="DIR", help=message("write DICOM structured reports into a new folder")
    )
    parser.add_argument(
        "--codes", type=Path, metavar="CODES.csv", help=message("coded concepts of the classes, for --dicom-sr")
    )


def is_project_export(options: argparse.Namespace) -> bool:
    """Whether one of them is asked for. Raises `UsageError` where they do not go together."""
    asked = [kind for kind in _KINDS if getattr(options, kind) not in (None, False)]
    if len(asked) > 1 or (asked and (options.format or options.out)):
        raise UsageError(message("Give one of --format with --out, --xmp, --undo-xmp and --dicom-sr."))
    if options.sidecar_names and not options.xmp:
        raise UsageError(message("--sidecar-names goes with --xmp."))
    if options.codes and not options.dicom_sr:
        raise UsageError(message("--codes goes with --dicom-sr."))
    if asked and (options.columns or options.labels or options.hide_names):
        raise UsageError(message("--columns, --labels and --hide-names go with --format."))
    return bool(asked)


def run_project_export(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Write it, and say what came of it."""
    from model.exports.project_contents import read_project

    project = read_project(options.project)
    with ProgressPrinter() as progress:
        done = _done(options, project, progress, token)
    values = {"images": done.images, "count": done.files, "folder": options.dicom_sr}
    if options.undo_xmp:
        say(message("{count} sidecars restored", count=done.files))
    elif options.xmp:
        say(message("{images} images in sidecars; {count} of these written", **values))
    else:
        say(message("{images} images in {count} reports in {folder}", **values))
    for path, reason in done.failed:
        warn_of(path, reason)
    for remark in done.remarks:
        warn(remark)
    if done.left_out:
        warn(
            message_n(
                "{count} image is left out: it has no label, or is no DICOM.",
                "{count} images are left out: they have no label, or are no DICOM.",
                count=done.left_out,
            )
        )
    failed = [{"path": str(path), "reason": str(reason)} for path, reason in done.failed]
    result = {"files": done.files, "images": done.images, "left_out": done.left_out, "failed": failed}
    return Outcome(result | {"remarks": [str(one) for one in done.remarks]}, len(failed))


def _done(
    options: argparse.Namespace, project: ProjectContents, progress: ProgressCallback, token: CancelToken
) -> Written:
    from model.exports.exporter import export
    from model.exports.targets.dicom_sr import DicomSr
    from model.exports.targets.xmp import APPEND, Xmp, undo

    if options.undo_xmp:
        return undo(project.path, progress, token)
    if options.xmp:
        return export(Xmp(options.sidecar_names or APPEND), project, None, progress=progress, token=token)
    return export(DicomSr(options.codes), project, options.dicom_sr, progress=progress, token=token)
