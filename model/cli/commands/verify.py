"""The command `fewshot verify`: check the record of a project of the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.arguments import add_json
from model.cli.outcome import Outcome
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.messages import message
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project", type=Path, metavar="PROJECT", help=message("a project of the window, open or closed")
    )
    parser.add_argument(
        "--head",
        default="",
        metavar="HASH",
        help=message(
            "the hash of an entry, written down earlier or found in a report, that must be in the record still"
        ),
    )
    add_json(parser)


def _run(options: argparse.Namespace, _token: CancelToken) -> Outcome:
    """Check that no entry of the record was changed, removed or put in between."""
    from model.exports.project_contents import check_project

    found = check_project(options.project, options.head)
    result = {
        "project": str(options.project),
        "whole": found.is_whole,
        "entries": found.entries,
        "head": found.head,
        "kinds": dict(found.kinds),
        "by": list(found.by),
        "broken": found.broken,
        "reason": found.reason,
        "anchor": found.anchor,
    }
    if not found.is_whole:
        project, reason = options.project, found.reason
        if found.broken is None:
            say(message("{project}: the record: {reason}.", project=project, reason=reason))
        else:
            say(message("{project}: entry {number}: {reason}.", project=project, number=found.broken, reason=reason))
        return Outcome(result, 0, is_bad=True)
    if not found.entries:
        say(message("{project} has no record yet.", project=options.project))
        return Outcome(result, 0)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.kinds.items()))
    say(
        message(
            "{project}: {entries:,} entries, each as it was written ({kinds}).",
            project=options.project,
            entries=found.entries,
            kinds=kinds,
        )
    )
    say(message("The last entry has the hash {head}.", head=found.head))
    if found.anchor is not None:
        say(message("The hash that was given is that of entry {anchor:,}.", anchor=found.anchor))
    return Outcome(result, 0)


COMMANDS.register("verify", Command(message("check the record of a project"), _add_arguments, _run, order=55))
