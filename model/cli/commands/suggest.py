"""The command `fewshot suggest`: name the images of a pool that are best labelled next."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from model.backbones.names import DEFAULT_BACKBONE
from model.cli.arguments import add_common, add_rendering, positive, rendering_of
from model.cli.outcome import Outcome, Search
from model.cli.progress import ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.remarks import Remarks
from model.cli.text import say
from model.errors import NoImagesError
from model.images.scan import class_folders, iter_images
from model.messages import message
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    add_rendering(parser)
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="PATH", help=message("images, or folders (read recursively)")
    )
    parser.add_argument(
        "--bins", type=Path, metavar="BINS", help=message("folder with one sub-folder of labelled images each")
    )
    parser.add_argument("--count", type=positive, default=10, help=message("number of images (default: 10)"))
    parser.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help=message("see the README"))


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Print the paths of the suggested images, best first."""
    from model.embedding.embedder import Embedder
    from model.runs.suggestion import suggest_images

    search, labelled = Search(), list[Path]()
    if options.bins:
        folders = class_folders(options.bins, options.cutting, search.passed_over, search.left_aside, search.remarked)
        labelled = [path for _, files in folders for path in files]
    known = {os.path.realpath(path) for path in labelled}
    found = list(iter_images(options.paths, options.cutting, search.passed_over, search.left_aside, search.remarked))
    aside = search.told()
    pool = [path for path in found if os.path.realpath(path) not in known]
    if not pool:
        paths = ", ".join(map(str, options.paths))
        if found:
            raise NoImagesError(message("Nothing to suggest in {paths}: every image is labelled already.", paths=paths))
        raise NoImagesError(message("Nothing to suggest in {paths}: there is no image.", paths=paths))
    embedder = Embedder.create(options.backbone, options.device).rendered(rendering_of(options))
    with ProgressPrinter() as progress:
        found_best = suggest_images(pool, labelled, embedder, options.count, progress, token)
    with Remarks() as remarks:
        for error in found_best.unreadable:
            remarks.add(error.path, error.reason)
    best = [str(path) for path in found_best.images]
    for path in best:
        say(path)
    unreadable = len(found_best.unreadable) + len(search.missing)
    result = {"suggestions": best, "pool": found_best.considered, "labelled": len(labelled)}
    return Outcome(result | aside, unreadable)


COMMANDS.register(
    "suggest", Command(message("name the images that are best labelled next"), _add_arguments, _run, order=40)
)
