"""What `fewshot suggest` does: name the images of a pool that are best labelled next."""

from __future__ import annotations

import argparse
import os

from model.cli_commands import Outcome, say, warn
from model.cli_progress import ProgressPrinter
from model.embedding import EmbeddedImage, Embedder, working_side
from model.errors import ImageReadError, NoImagesError
from model.fitting import features_of
from model.images.scan import class_folders, iter_images
from model.progress import CancelToken
from model.suggestion import suggest


def run_suggest(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Print the paths of the suggested images, best first."""
    labelled = [path for _, files in class_folders(options.bins) for path in files] if options.bins else []
    known = {os.path.realpath(path) for path in labelled}
    found = list(iter_images(options.paths))
    pool = [path for path in found if os.path.realpath(path) not in known]
    if not pool:
        reason = "every image is labelled already" if found else "there is no image"
        raise NoImagesError(f"Nothing to suggest in {', '.join(map(str, options.paths))}: {reason}.")
    embedder = Embedder.create(options.backbone, options.device)
    side = working_side(embedder.backbone, pool)
    with ProgressPrinter() as progress:
        found_items = embedder.embed_all(pool, side, "Embedding", progress, token)
        known_items = embedder.embed_all(labelled, side, "Embedding", progress, token)
    images, examples = ([i for i in items if isinstance(i, EmbeddedImage)] for items in (found_items, known_items))
    for item in (*found_items, *known_items):
        if isinstance(item, ImageReadError):
            warn(f"{item.path}: {item.reason}")
    if not images:
        raise NoImagesError("Nothing to suggest: no image can be read.")
    order = suggest(features_of(images), options.count, features_of(examples) if examples else None)
    suggestions = [str(images[index].path) for index in order]
    for path in suggestions:
        say(path)
    return Outcome(
        {"suggestions": suggestions, "pool": len(images), "labelled": len(examples)}, len(pool) - len(images)
    )
