"""What `fewshot cache` does: say where embeddings are kept and how much they take, and clear them."""

from __future__ import annotations

import argparse

from model.cache import folder as cache_folder
from model.cli.text import say
from model.cli.train import Outcome
from model.progress import CancelToken


def run_cache(options: argparse.Namespace, _token: CancelToken) -> Outcome:
    """Print the cache's place and size, after clearing it where that is asked for."""
    folder = cache_folder.place()
    freed = 0
    if options.clear and cache_folder.bytes_on_disk():
        freed = cache_folder.bytes_on_disk()
        cache_folder.cache_store().clear()
        freed = max(freed - cache_folder.bytes_on_disk(), 0)
    size = cache_folder.bytes_on_disk()
    if folder is None:
        say("Nothing is kept: the cache is off.")
    else:
        say(f"Embeddings are kept in {folder}: {size / 2**20:,.1f} MiB.")
    if options.clear:
        say(f"Cleared: {freed / 2**20:,.1f} MiB were given back.")
    return Outcome({"folder": None if folder is None else str(folder), "bytes": size, "freed": freed}, 0)
