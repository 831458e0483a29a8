"""The command `fewshot evaluate`: measure accuracy by few-shot episodes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.backbones.names import DEFAULT_BACKBONE
from model.cli.arguments import add_common, add_groups, add_rendering, numbers, positive, rendering_of, seed
from model.cli.outcome import Outcome, Search
from model.cli.progress import ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.remarks import Remarks
from model.cli.text import padded, say
from model.errors import NoImagesError, UsageError
from model.images.scan import bin_folders, class_folders
from model.messages import message, translated
from model.progress import CancelToken

if TYPE_CHECKING:
    from model.evaluation.episodes import ShotFigures

_WIDTHS = (16, 10, 8)
_HEADS = (message("accuracy"), message("macro F1"), message("ECE"))


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    add_rendering(parser)
    parser.add_argument(
        "bins", type=Path, metavar="BINS", help=message("folder with one sub-folder of images per class")
    )
    parser.add_argument("--shots", type=numbers, default=(1, 5, 10), metavar="1,5,10", help=message("examples a class"))
    parser.add_argument("--ways", type=positive, metavar="N", help=message("classes in an episode (default: all)"))
    parser.add_argument("--queries", type=positive, default=15, help=message("queries a class (default: 15)"))
    parser.add_argument("--episodes", type=positive, default=100, help=message("episodes for each shot (default: 100)"))
    parser.add_argument("--seed", type=seed, default=0, help=message("seed of the episodes (default: 0)"))
    add_groups(parser)
    parser.add_argument(
        "--backbone",
        action="append",
        metavar="NAME",
        help=message("see the README; given several times, they are compared"),
    )


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Measure accuracy by episodes and print a table."""
    from model.embedding.embedder import Embedder
    from model.embedding.groups import GroupRule
    from model.evaluation.episodes import OURS, evaluate

    search = Search()
    folders = class_folders(options.bins, options.cutting, search.passed_over, search.left_aside, search.remarked)
    aside = search.told()
    if not any(files for _, files in folders):
        raise NoImagesError(message("There is no image in {bins}.", bins=options.bins))
    if options.ways is not None and not 2 <= options.ways <= len(folders):
        raise UsageError(
            message(
                "--ways {ways} does not fit: {bins} has {count} classes.",
                ways=options.ways,
                bins=options.bins,
                count=len(folders),
            )
        )
    groups = GroupRule.parse(options.groups, bin_folders(options.bins))
    backbones = options.backbone or [DEFAULT_BACKBONE]
    results: list[dict[str, Any]] = []
    unreadable: tuple[tuple[Path, str], ...] = ()
    duplicates: tuple[tuple[Path, str], ...] = ()
    for backbone in backbones:  # on the same episodes, since they have the same seed
        embedder = Embedder.create(backbone, options.device).rendered(rendering_of(options))
        with ProgressPrinter() as progress:
            figures, unreadable, duplicates = evaluate(
                [name for name, _ in folders],
                [files for _, files in folders],
                embedder,
                shots=options.shots,
                ways=options.ways,
                queries=options.queries,
                episodes=options.episodes,
                seed=options.seed,
                groups=groups,
                progress=progress,
                token=token,
            )
        for row in figures:
            for line in _table(row, backbone if len(backbones) > 1 else ""):
                say(line)
        results += [asdict(row) | asdict(row.methods[OURS]) | {"backbone": backbone} for row in figures]
    with Remarks() as remarks:
        for path, reason in (*unreadable, *duplicates):
            remarks.add(path, reason)
    left_out = [{"path": str(path), "reason": reason} for path, reason in duplicates]
    found = {"classes": [name for name, _ in folders], "results": results, "duplicates": left_out}
    return Outcome(found | aside, len(unreadable) + len(search.missing))


def _table(row: ShotFigures, backbone: str) -> list[str]:
    said = message(
        "{ways}-way {shots}-shot, {episodes} episodes", ways=row.ways, shots=row.shots, episodes=row.episodes
    )
    if backbone:
        said = message("{backbone}: {said}", backbone=backbone, said=said)
    lines = [said, _line("", _HEADS)]
    for name, figures in row.methods.items():
        accuracy = f"{figures.accuracy:.1%} ±{figures.interval:.1%}"
        f1, error = f"{figures.macro_f1:.1%}", f"{figures.expected_calibration_error:.1%}"
        lines.append(_line(name, (accuracy, f1, error)))
    return lines


def _line(name: str, cells: Sequence[str]) -> str:
    ends = (padded(translated(cell), width, to_the_right=True) for cell, width in zip(cells, _WIDTHS, strict=True))
    return "  " + padded(translated(name), 22) + "".join(ends)


COMMANDS.register("evaluate", Command(message("measure accuracy by few-shot episodes"), _add_arguments, _run, order=30))
