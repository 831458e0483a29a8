"""Make and measure the shipped weights of the patent's CNN: `python -m benchmarks.patent_cnn COMMAND --help`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from benchmarks.patent_cnn.distil import Settings, distil, export
from benchmarks.patent_cnn.measure import compare, compare_trained
from benchmarks.patent_cnn.pictures import PicturesError, find_pictures
from benchmarks.patent_cnn.teacher import run_teacher
from benchmarks.patent_cnn.views import make_views
from model.backbones.names import PATENT_CNN, PATENT_CNNS
from model.backbones.networks.patent_cnn import WEIGHTS_FILE
from model.errors import FewShotError


def main() -> int:
    """Run one step of the recipe, or all of it."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    try:
        options.run(options)
    except (PicturesError, FewShotError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.patent_cnn", description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("make", help="views, teacher's outputs, distillation and export, in this order")
    make.add_argument("work", type=Path, help="for what lies between: 2.4 GB, and 90 kB for each view")
    make.add_argument(
        "--root", type=Path, default=Path("/"), help="where the packages' pictures are, default %(default)s"
    )
    make.add_argument("--views", type=int, default=40_000)
    make.add_argument("--steps", type=int, default=Settings.steps)
    make.add_argument("--seed", type=int, default=0)
    make.add_argument("--target", type=Path, default=WEIGHTS_FILE)
    make.set_defaults(run=_make)
    measure = commands.add_parser("measure", help="compare with the default backbone on folders of classes")
    measure.add_argument("folders", type=Path, nargs="+")
    measure.add_argument("--backbone", default=PATENT_CNN)
    measure.add_argument("--sides", type=int, nargs="+", default=[0], help="input sizes; 0 is the backbone's own")
    measure.add_argument("--shots", type=int, nargs="+", default=[1, 5, 10])
    measure.add_argument("--episodes", type=int, default=40)
    measure.set_defaults(run=_measure)
    trained = commands.add_parser("trained", help="compare the frozen, tuned and from-scratch variants")
    trained.add_argument("folders", type=Path, nargs="+")
    trained.add_argument("--shots", type=int, default=10)
    trained.add_argument("--episodes", type=int, default=10)
    trained.set_defaults(run=_trained)
    return parser


def _make(options: argparse.Namespace) -> None:
    """Make the weights; views that the folder holds already, with the teacher's outputs, are used again."""
    folder: Path = options.work
    folder.mkdir(parents=True, exist_ok=True)
    views, student = folder / "views.npy", folder / "student.safetensors"
    ready = folder / "ready"
    if not ready.exists():
        make_views(find_pictures(options.root), options.views, options.seed, folder)
        run_teacher(views, folder)
        ready.touch()
    distil(views, folder, Settings(steps=options.steps, seed=options.seed), student)
    options.target.parent.mkdir(parents=True, exist_ok=True)
    export(student, options.target)
    print(f"{options.target}: {options.target.stat().st_size / 1e6:.1f} MB")


def _measure(options: argparse.Namespace) -> None:
    compare(options.folders, options.backbone, options.sides, options.shots, options.episodes)


def _trained(options: argparse.Namespace) -> None:
    for folder in options.folders:
        compare_trained(folder, PATENT_CNNS, options.shots, options.episodes)


if __name__ == "__main__":
    sys.exit(main())
