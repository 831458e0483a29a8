"""Commands by name: those of `model.cli.commands`, and of plug-ins (entry point group `fewshot.commands`)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from model.cli.outcome import Outcome
from model.messages import message
from model.progress import CancelToken
from model.registry import Registry


@dataclass(frozen=True)
class Command:
    """One command. Its module is imported for every `--help`, so slow imports belong inside `run`.

    help: one line
    add_arguments: adds the command's arguments to its parser
    run: runs the command; raises `FewShotError` and `Cancelled`
    kept_when_interrupted: message on what is left after an interruption
    order: position on the help page
    """

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, CancelToken], Outcome]
    kept_when_interrupted: str = message("Nothing was saved.")
    order: int = 100


COMMANDS: Registry[Command] = Registry("model.cli.commands", "fewshot.commands")


def ordered_names() -> list[str]:
    """Return the commands' names in the order of the help page."""
    commands = [(command.order, name) for name in COMMANDS.names() if (command := COMMANDS.get(name)) is not None]
    return [name for _, name in sorted(commands)]
