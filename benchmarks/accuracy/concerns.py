"""The concerns that can be measured, and the processes that measure them."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
from threadpoolctl import threadpool_limits  # comes with scikit-learn

from benchmarks.accuracy.accuracy import measure_accuracy
from benchmarks.accuracy.confidence import measure_calibration, measure_unknown
from benchmarks.accuracy.folder import measure_folder
from benchmarks.accuracy.found_region import measure_found
from benchmarks.accuracy.groups import measure_groups
from benchmarks.accuracy.marked_region import marks_of, measure_marked
from benchmarks.accuracy.masking import measure_masking
from benchmarks.accuracy.one_bin import measure_one_bin
from benchmarks.accuracy.region import measure_pointing, measure_scenes, measure_smears
from benchmarks.accuracy.sets import Folders, find_set
from benchmarks.accuracy.speed import measure_speed
from benchmarks.accuracy.thorough import measure_thorough
from benchmarks.accuracy.views import PreparedSet, prepare
from benchmarks.accuracy.weights import measure_weights
from model.backbones.names import THOROUGH_BACKBONE
from model.embedding.embedder import Embedder

Figures = dict[str, Any]
SMEARS, SMEARS_CELLS = "blood_smears", "blood_cells"
PHOTOGRAPHS = "cifar10_mini"
MOSAICS_PER_EPISODE = 24  # they are cheap, and a hit says little


@dataclass(frozen=True)
class Run:
    """What a process needs to know."""

    backbone: str
    folders: Folders
    episodes: int
    sets: tuple[str, ...]

    def prepared(self) -> list[PreparedSet]:
        """All the sets."""
        return [_prepared(self, name) for name in self.sets]


def _accuracy(data: PreparedSet, run: Run) -> Figures:
    return {data.name: measure_accuracy(data, run.episodes)}


def _region(data: PreparedSet, run: Run) -> Figures:
    figures = _rows(data.name, measure_pointing(data, MOSAICS_PER_EPISODE * run.episodes))
    photographs = sorted((run.folders.data / PHOTOGRAPHS).rglob("*.png")) if run.folders.data is not None else []
    if photographs:
        figures |= _rows(f"{data.name}, somewhere", measure_found(data, photographs))
        figures |= _rows(f"{data.name}, scenes", measure_scenes(data, photographs, MOSAICS_PER_EPISODE * run.episodes))
    smears = run.folders.data / SMEARS if run.folders.data is not None else None
    if data.name == SMEARS_CELLS and smears is not None and smears.is_dir():
        figures |= _rows(SMEARS, measure_smears(data, smears))
    return figures


def _thorough(data: PreparedSet, run: Run) -> Figures:
    thorough = _prepared(replace(run, backbone=THOROUGH_BACKBONE), data.name)
    return {data.name: measure_thorough(data, thorough, run.episodes)}


def _marked(data: PreparedSet, run: Run) -> Figures:
    marks = marks_of(data)
    return _rows(data.name, measure_marked(data, marks, run.episodes)) if marks else {}


def _rows(name: str, figures: Figures) -> Figures:
    return {f"{name}, {row}": values for row, values in figures.items()}


CONCERNS: dict[str, Callable[[PreparedSet, Run], Figures]] = {
    "accuracy": _accuracy,
    "region": _region,
    "marked": _marked,
    "confidence": lambda data, run: _rows(data.name, measure_calibration(data, run.episodes)),
    "unknown": lambda data, run: {data.name: measure_unknown(data, run.prepared(), run.episodes)},
    "one bin": lambda data, run: measure_one_bin(data, run.episodes),
    "weights": lambda data, run: _rows(data.name, measure_weights(data, run.episodes)),
    "folder": lambda data, run: {data.name: measure_folder(data, run.episodes)},
    "groups": lambda data, run: measure_groups(data, run.episodes),
    "thorough": _thorough,
    "masking": lambda data, run: {data.name: measure_masking(data, run.episodes)},
    "speed": lambda data, _: measure_speed(data),
}
ALONE = "speed"  # measured once, on the first set, while nothing else runs


def measure(run: Run, concerns: Sequence[str], jobs: int) -> Iterator[tuple[str, Figures]]:
    """Yield each concern's figures of all sets, measured in `jobs` processes of one thread each."""
    if jobs == 1:
        threads = torch.get_num_threads()
        with threadpool_limits(1):
            torch.set_num_threads(1)
            for concern in concerns:
                names = run.sets[:1] if concern == ALONE else run.sets
                yield concern, _merged(_measure(run, concern, name) for name in names)
        torch.set_num_threads(threads)
        return
    shared = [concern for concern in concerns if concern != ALONE]
    # Spawned, since a process that has used torch's threads cannot safely be forked.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_one_thread) as pool:
        for embedding in [pool.submit(_embed, run, name) for name in run.sets]:
            embedding.result()
        started = [(c, [pool.submit(_measure, run, c, name) for name in run.sets]) for c in shared]
        for concern, futures in started:
            yield concern, _merged(future.result() for future in futures)
    if ALONE in concerns:
        yield ALONE, _measure(run, ALONE, run.sets[0])


def _merged(parts: Iterator[Figures]) -> Figures:
    return {name: figures for part in parts for name, figures in part.items()}


def _one_thread() -> None:
    torch.set_num_threads(1)
    threadpool_limits(1)


def _embed(run: Run, name: str) -> None:
    _prepared(run, name)


def _measure(run: Run, concern: str, name: str) -> Figures:
    started = time.monotonic()
    torch.manual_seed(0)
    figures = CONCERNS[concern](_prepared(run, name), run)
    print(f"{concern}: {name} took {time.monotonic() - started:.0f} s.", flush=True)
    return figures


@cache
def _prepared(run: Run, name: str) -> PreparedSet:
    image_set = find_set(name)
    files = image_set.load(run.folders)
    if files is None:
        raise FileNotFoundError(f"The set {name} was there a moment ago.")
    started = time.monotonic()
    data = prepare(image_set, files, _embedder(run.backbone), run.folders.cache)
    print(f"{name}: {len(data.labels)} images ready in {time.monotonic() - started:.0f} s.", flush=True)
    return data


@cache
def _embedder(backbone: str) -> Embedder:
    return Embedder.create(backbone)
