"""The command `fewshot suggest`: name a few images of many, such as those that are best labelled next."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from model.backbones.names import DEFAULT_BACKBONE
from model.cli.arguments import add_common, add_rendering, positive, rendering_of, seed
from model.cli.outcome import Outcome, Search
from model.cli.progress import ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.remarks import Remarks
from model.cli.text import say
from model.errors import NoImagesError, UsageError
from model.images.scan import class_folders, iter_images
from model.messages import message
from model.progress import CancelToken
from model.types import FetchKind, Wanted

if TYPE_CHECKING:
    from model.runs.image_classifier import ImageClassifier


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
    parser.add_argument(
        "--kind",
        type=FetchKind,
        choices=tuple(FetchKind),
        metavar="KIND",
        help=message(
            "teach (default): would teach the most; doubtful: the first two classes are closest; "
            "typical: of the class --of; unlike: least like those in BINS or, without, like the "
            "others; random; like: like --like"
        ),
    )
    parser.add_argument(
        "--like",
        type=Path,
        metavar="IMAGE",
        help=message(
            "the image that others are to be like; IMAGE#xywh=LEFT,TOP,WIDTH,HEIGHT: a region of it, in pixels"
        ),
    )
    parser.add_argument("--of", metavar="CLASS", help=message("with --kind typical: the class"))
    parser.add_argument(
        "--classifier", type=Path, metavar="CLASSIFIER", help=message("for doubtful and typical: as for `classify`")
    )
    parser.add_argument("--seed", type=seed, default=0, help=message("with --kind random (default: 0)"))
    parser.add_argument(
        "--backbone", default=None, metavar="NAME", help=message("see the README; with --classifier, its own is used")
    )


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Print the paths of the chosen images, best first."""
    kind = _kind(options)
    from model.embedding.embedder import Embedder
    from model.runs.fetch import fetch
    from model.runs.fetch_data import Search as Fetching
    from model.runs.fetch_data import whole_and_region

    search, labelled = Search(), list[Path]()
    if options.bins:
        folders = class_folders(options.bins, options.cutting, search.passed_over, search.left_aside, search.remarked)
        labelled = [path for _, files in folders for path in files]
    known = {os.path.realpath(path) for path in labelled}
    found = list(iter_images(options.paths, options.cutting, search.passed_over, search.left_aside, search.remarked))
    aside = search.told()
    pool = [path for path in found if os.path.realpath(path) not in known]
    like, region = (None, None) if options.like is None else whole_and_region(options.like, found)
    if like is not None:
        pool = [path for path in pool if os.path.realpath(path) != os.path.realpath(like)]
    if not pool:
        reason = "every image is labelled already, or is the one asked about" if found else "there is no image"
        raise NoImagesError(
            message("Nothing to suggest in {paths}: {reason}.", paths=", ".join(map(str, options.paths)), reason=reason)
        )
    classifier = _classifier(options)
    of = None
    if options.of is not None:
        assert classifier is not None
        if options.of not in classifier.class_names:
            names = ", ".join(classifier.class_names)
            raise UsageError(
                message(
                    "{options!r} is no class of {classifier}. The classes are {names}.",
                    options=options.of,
                    classifier=options.classifier,
                    names=names,
                )
            )
        of = classifier.class_names.index(options.of)
    if classifier is not None:
        embedder, side = classifier.embedder, classifier.side
    else:
        embedder, side = Embedder.create(options.backbone or DEFAULT_BACKBONE, options.device), None
        embedder = embedder.rendered(rendering_of(options))
    wanted = Wanted(kind, options.count, of, like, region, options.seed)
    with ProgressPrinter() as progress:
        chosen = fetch(Fetching(wanted, pool, labelled, embedder, side, classifier, progress=progress, token=token))
    with Remarks() as remarks:
        for error in chosen.unreadable:
            remarks.add(error.path, error.reason)
    paths = [str(path) for path in chosen.images]
    for path in paths:
        say(path)
    result: dict[str, object] = {"suggestions": paths, "kind": str(kind), "pool": chosen.considered}
    result |= {"images": chosen.pool, "labelled": len(labelled)}
    if chosen.scores:
        result["scores"] = [round(score, 6) for score in chosen.scores]
    if chosen.regions:
        result["regions"] = [[one.x, one.y, one.width, one.height] for one in chosen.regions]
    return Outcome(result | aside, len(chosen.unreadable) + len(search.missing))


def _kind(options: argparse.Namespace) -> FetchKind:
    """The kind that is asked for. Raises `UsageError` where other options do not fit it."""
    kind = options.kind or (FetchKind.LIKE if options.like else FetchKind.TEACH)
    if (kind is FetchKind.LIKE) != (options.like is not None):
        raise UsageError(message("--kind like and --like IMAGE belong together."))
    if (kind is FetchKind.TYPICAL) != (options.of is not None):
        raise UsageError(message("--kind typical and --of CLASS belong together."))
    if kind.needs_classifier and options.classifier is None:
        raise UsageError(
            message(
                "--kind {kind} needs --classifier CLASSIFIER, a folder saved by `fewshot train` or a project.",
                kind=kind,
            )
        )
    if options.classifier is not None and options.backbone is not None:
        raise UsageError(
            message("--backbone and --classifier exclude each other: a classifier has a backbone of its own.")
        )
    return FetchKind(kind)


def _classifier(options: argparse.Namespace) -> ImageClassifier | None:
    if options.classifier is None:
        return None
    from model.checkpoint.files import load

    return load(options.classifier, options.device)


COMMANDS.register(
    "suggest", Command(message("name the images that are best labelled next"), _add_arguments, _run, order=40)
)
