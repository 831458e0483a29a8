"""The command `fewshot cache`: show the folder and size of the embedding cache, and clear it."""

from __future__ import annotations

import argparse

from model.cli.arguments import add_json
from model.cli.outcome import Outcome
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.messages import message
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache", metavar="DIR", help=message("folder of the cache (default: the user's cache folder)")
    )
    parser.add_argument("--clear", action="store_true", help=message("delete all embeddings"))
    add_json(parser)


def _run(options: argparse.Namespace, _token: CancelToken) -> Outcome:
    """Print the cache's folder and size, after clearing it if that is asked for."""
    from model.cache import folder as cache_folder

    folder = cache_folder.place()
    freed = 0
    if options.clear and cache_folder.bytes_on_disk():
        freed = cache_folder.bytes_on_disk()
        cache_folder.cache_store().clear()
        freed = max(freed - cache_folder.bytes_on_disk(), 0)
    size = cache_folder.bytes_on_disk()
    if folder is None:
        say(message("No embeddings are kept: the cache is off."))
    else:
        say(message("Embeddings are kept in {folder}: {mebibytes:,.1f} MiB.", folder=folder, mebibytes=size / 2**20))
    if options.clear:
        say(message("Cleared: {mebibytes:,.1f} MiB freed.", mebibytes=freed / 2**20))
    return Outcome({"folder": None if folder is None else str(folder), "bytes": size, "freed": freed}, 0)


COMMANDS.register(
    "cache",
    Command(message("show the folder and size of the embedding cache, and clear it"), _add_arguments, _run, order=50),
)
