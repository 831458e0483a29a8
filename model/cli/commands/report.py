"""The command `fewshot report`: write an HTML report on a project of the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.arguments import add_json, local, positive
from model.cli.outcome import Outcome
from model.cli.progress import ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.errors import UsageError
from model.messages import LANGUAGES, message
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project", type=Path, metavar="PROJECT", help=message("a project of the window, open or closed")
    )
    parser.add_argument("--out", type=local, required=True, metavar="FILE.html", help=message("the report, one file"))
    parser.add_argument("--pictures", type=positive, default=24, help=message("most pictures of a class (default: 24)"))
    parser.add_argument(
        "--hide-names", action="store_true", help=message("number the images instead of naming files and folders")
    )
    parser.add_argument(
        "--language",
        choices=tuple(LANGUAGES),
        help=message("language of the report (default: that of the command)"),
    )
    add_json(parser)


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Write the report."""
    from model.exports.project_contents import read_project
    from model.exports.report import ReportOptions, write_report

    if options.out.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(message("--out {out} does not end with .html.", out=options.out))
    project = read_project(options.project)
    title = "" if options.hide_names else options.project.stem
    asked = ReportOptions(title, options.pictures, options.hide_names, options.language or "")
    with ProgressPrinter() as progress:
        write_report(project, options.out, asked, progress, token)
    say(message("Report on {count} results in {out}", count=len(project.results), out=options.out))
    return Outcome({"report": str(options.out), "images": len(project.results), "classifier": project.identity}, 0)


COMMANDS.register("report", Command(message("write an HTML report on a project"), _add_arguments, _run, order=50))
