"""The command `fewshot cache`: show the folder and size of the embedding cache, and clear it."""

from __future__ import annotations

import argparse

from model.cli.arguments import add_json
from model.cli.outcome import Outcome
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cache", metavar="DIR", help="folder of the cache (default: the user's cache folder)")
    parser.add_argument("--clear", action="store_true", help="delete all embeddings")
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
        say("No embeddings are kept: the cache is off.")
    else:
        say(f"Embeddings are kept in {folder}: {size / 2**20:,.1f} MiB.")
    if options.clear:
        say(f"Cleared: {freed / 2**20:,.1f} MiB freed.")
    return Outcome({"folder": None if folder is None else str(folder), "bytes": size, "freed": freed}, 0)


COMMANDS.register(
    "cache", Command("show the folder and size of the embedding cache, and clear it", _add_arguments, _run, order=50)
)
