"""How long it takes to find the near copies among many pictures, and what is joined that should not be.

    python -m benchmarks.stacks --count 20000
    python -m benchmarks.stacks --pairs DATA [DATA ...]

The first writes pictures of noise, every tenth followed by a copy of it. The second lists the pairs of labelled folders
at the usual likeness whose groups (groups.json) differ, to be looked at.
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

import numpy as np
from PIL import Image

from fewshot_gui.project.stacks import Stacks
from model.cache.folder import using
from model.cache.store import BlobStore
from model.embedding.near_copies import USUAL_ALIKE, NearCopies
from model.images.scan import iter_images


def main(arguments: Sequence[str] | None = None) -> None:
    """Print seconds, or pairs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stacks")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--pairs", type=Path, nargs="*", default=())
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fewshot-stacks-") as folder, using(f"{folder}/cache"):
        if options.pairs:
            for data in options.pairs:
                _pairs(data)
        else:
            _speed(Path(folder), options.count)


def _speed(folder: Path, count: int) -> None:
    paths, store = _pictures(folder / "images", count), BlobStore(folder / "cache")
    rows: dict[str, float] = {}

    def timed(name: str, finder: NearCopies, wanted: Sequence[Path]):  # noqa: ANN202
        start = time.perf_counter()
        found = finder.find(wanted)
        rows[name] = time.perf_counter() - start
        return found

    timed("looking at all pictures and comparing them, s", NearCopies(store), paths)
    finder = NearCopies(store)
    timed("in another process: comparing, s", finder, paths[:-100])
    found = timed("100 more pictures, s", finder, paths)
    timed("once more, s", finder, paths)
    stacks = Stacks()
    stacks.set_on(True)
    start = time.perf_counter()
    stacks.set_links(found.paths, found.links.tolist(), found.alike.tolist())
    rows["stacks at another likeness, in the window, s"] = time.perf_counter() - start
    rows["stacks"], rows["images in stacks"] = stacks.counts()
    rows["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, value in rows.items():
        print(f"{name:48}{value:10.3f}")


def _pictures(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True)
    paths, before = [], Image.new("RGB", (1, 1))
    for number in range(count):
        if number % 10 == 1:
            picture, quality = before, 60
        else:
            noise = np.random.default_rng(number).integers(0, 255, (12, 16, 3), np.uint8)
            picture, quality = Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC), 90
        paths.append(folder / f"{number:06}.jpg")
        picture.save(paths[-1], quality=quality)
        before = picture
    return paths


def _pairs(data: Path) -> None:
    known = data / "groups.json"
    groups = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    found = NearCopies(BlobStore(None)).find(list(iter_images([data])))
    names = [path.relative_to(data).as_posix() for path in found.paths]
    print(f"{data.name}: {math.comb(len(names), 2):,} pairs of {len(names)} images")
    for (one, other), alike in zip(found.links.tolist(), found.alike.tolist(), strict=True):
        if alike >= USUAL_ALIKE and groups.get(names[one], names[one]) != groups.get(names[other], names[other]):
            print(f"    {alike:.3f} {names[one]} {names[other]}")


if __name__ == "__main__":
    main()
