"""How long it takes to find images like one among many, and how well a region is found.

    python -m benchmarks.fetching --count 100000
    python -m benchmarks.fetching --regions DATA/tile DATA/wbc

The first makes a library of so many small files and gives each a random global vector, through the real table; the
features of the images on the shortlist of a region are real. The second goes by boxes.json of labelled folders.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
from PIL import Image

from model.backbones.names import DEFAULT_BACKBONE
from model.cache.folder import using
from model.embedding.embedder import Embedder
from model.embedding.global_vectors import vector_table
from model.images.scan import class_folders
from model.progress import CancelToken, ignore_progress
from model.runs.fetch import fetch
from model.runs.fetch_data import Search
from model.types import FetchKind, Region, Wanted

_QUERIES = 80
_TIMES = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Print seconds, or shares of images found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fetching")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--regions", type=Path, nargs="*", default=())
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fewshot-fetching-") as folder, using(f"{folder}/cache"):
        if options.regions:
            for bins in options.regions:
                _regions(bins)
        else:
            _speed(Path(folder), options.count)


def _speed(folder: Path, count: int) -> None:
    embedder = Embedder.create(DEFAULT_BACKBONE, "cpu")
    side = embedder.backbone.input_size
    paths = _library(folder / "images", count)
    rows: dict[str, float] = {}
    table = vector_table(embedder, side)
    generator = np.random.default_rng(0)

    def random_vectors(wanted: Sequence[Path]):  # noqa: ANN202
        for start in range(0, len(wanted), 1024):
            many = generator.normal(size=(len(wanted[start : start + 1024]), table.size)).astype(np.float32)
            many /= np.linalg.norm(many, axis=1, keepdims=True)
            yield list(many)

    table.make = random_vectors
    rows["making the table, s"] = _seconds(lambda: table.find(paths, "", ignore_progress, CancelToken()))
    again = Embedder.create(DEFAULT_BACKBONE, "cpu")
    like = paths[0]

    def search(region: Region | None, kind: FetchKind = FetchKind.LIKE, labelled: Sequence[Path] = ()) -> float:
        wanted = Wanted(kind, 10, like=like, region=region)
        return _seconds(lambda: fetch(Search(wanted, paths, labelled, again, side)))

    rows["like an image, first time in a process, s"] = search(None)
    rows["like an image, s"] = max(search(None) for _ in range(_TIMES))
    region = Region(8, 8, 24, 24)
    rows["like a region, the shortlist embedded, s"] = search(region)
    rows["like a region, the shortlist in the cache, s"] = max(search(region) for _ in range(_TIMES))
    rows["unlike 200 examples, s"] = search(None, FetchKind.UNLIKE, paths[::500])
    rows["would teach the most, s"] = search(None, FetchKind.TEACH)
    rows["random, s"] = search(None, FetchKind.RANDOM)
    rows["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, value in rows.items():
        print(f"{name:44}{value:8.2f}")


def _library(folder: Path, count: int) -> list[Path]:
    """Small pictures; the first are different, the others have the content of one, since nobody looks at them."""
    paths = []
    one = b""
    for number in range(count):
        path = folder / f"{number // 1000:04}" / f"{number:06}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number < 200:
            noise = np.random.default_rng(number).integers(0, 255, (48, 48, 3), np.uint8)
            Image.fromarray(noise).save(path)
            one = path.read_bytes()
        else:
            path.write_bytes(one)
        paths.append(path)
    return paths


def _seconds(work) -> float:  # noqa: ANN001
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _regions(bins: Path) -> None:
    """Of the ten images most like the box of an image, the share of its class, without the groups of the image."""
    boxes = json.loads((bins / "boxes.json").read_text(encoding="utf-8"))
    known = bins / "groups.json"
    groups = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    paths = {f"{name}/{path.name}": path for name, files in class_folders(bins) for path in files}
    names = [name for name in paths if boxes.get(name)]
    chosen = np.random.default_rng(0).permutation(len(names))[:_QUERIES]
    embedder = Embedder.create(DEFAULT_BACKBONE, "cpu")
    shares: dict[str, list[float]] = {}
    for name in (names[at] for at in chosen):
        box = Region(*(max(int(number), at // 2) for at, number in enumerate(boxes[name][0])))
        crop = Path(f"{paths[name]}#xywh={box.x},{box.y},{box.width},{box.height}")
        label, group = name.split("/")[0], groups.get(name, name)
        pool = [path for other, path in paths.items() if other != name and groups.get(other, other) != group]
        shares.setdefault("chance", []).append(fmean(path.parent.name == label for path in pool))
        for what, wanted in {
            "whole image": Wanted(FetchKind.LIKE, 10, like=paths[name]),
            "crop as an image": Wanted(FetchKind.LIKE, 10, like=crop),
            "region": Wanted(FetchKind.LIKE, 10, like=paths[name], region=box),
        }.items():
            found = fetch(Search(wanted, pool, (), embedder)).images
            shares.setdefault(what, []).append(fmean(path.parent.name == label for path in found))
    for what, values in shares.items():
        gains = [value - crop for value, crop in zip(values, shares["crop as an image"], strict=True)]
        error = 1.96 * stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else math.nan
        print(
            f"{bins.name:10} {what:18} {fmean(values):.3f}  against the crop {fmean(gains):+.3f} ±{error:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
