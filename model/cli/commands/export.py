"""The command `fewshot export`: write what a project holds for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.arguments import add_json
from model.cli.classifier_exports import add_classifier_exports, is_classifier_export, run_classifier_export
from model.cli.outcome import Outcome
from model.cli.project_exports import add_project_exports, is_project_export, run_project_export
from model.cli.registry import COMMANDS, Command
from model.messages import message
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project",
        type=Path,
        metavar="PROJECT",
        help=message("a project of the window, open or closed; with --onnx or --card also a classifier"),
    )
    add_project_exports(parser)
    add_classifier_exports(parser)
    add_json(parser)


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Write the export that is asked for."""
    from model.cli.format_export import run_format_export

    if is_classifier_export(options):
        return run_classifier_export(options, token)
    return run_project_export(options, token) if is_project_export(options) else run_format_export(options, token)


COMMANDS.register(
    "export", Command(message("write results and labels for other programs"), _add_arguments, _run, order=55)
)
