"""One and two workers on Ray against one process: `python -m benchmarks.scale_workers CLASSIFIER [--images 768]`.

The same images in each arm, JPEG files of 720 x 540 pixels, no cache. Arms run in turn, a round after another, each in
processes of its own; an arm's rate is that of the images after the first eighth, so that starts are left out, and its
start is the time until then less what that eighth takes at this rate. Ratios are within a round: what else runs on the
machine changes from one to the next.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.serve import _pictures

_ARMS = {"one process, 1 thread": (0, 1), "1 worker": (1, 1), "one process, 2 threads": (0, 2), "2 workers": (2, 1)}
"""Workers (0: no Ray) and threads of each."""
_RATIOS = (
    ("1 worker", "one process, 1 thread"),
    ("2 workers", "one process, 2 threads"),
    ("2 workers", "1 worker"),
    ("one process, 2 threads", "one process, 1 thread"),
)


def _arm(classifier: Path, images: Path, workers: int, threads: int) -> None:
    """Run one arm in this process, and print when how many images were done."""
    started, times = time.monotonic(), [(0, 0.0)]

    def note(done: int) -> None:
        times.append((done, time.monotonic() - started))

    if workers:
        from model.checkpoint.files import identity
        from model.cluster.listing import tables_of
        from model.cluster.plan import make_plan
        from model.cluster.running import Settings, run_plan

        with tempfile.TemporaryDirectory() as folder:
            plan = make_plan(
                Path(folder) / "plan",
                tables_of([str(images)]),
                classifier=identity(classifier),
                class_names=json.loads((classifier / "classifier.json").read_text())["class_names"],
                settings={"closely": False, "false_alarms": None},
            )
            settings = Settings(threads=threads, workers=workers, device="cpu")
            run_plan(plan, classifier, settings, lambda progress: note(progress.done))
    else:
        import torch

        torch.set_num_threads(threads)
        from model.checkpoint.files import load
        from model.runs.classify import classify

        done = 0
        for batch in classify(load(classifier, "cpu"), sorted(images.iterdir())):
            note(done := done + len(batch))
    print(json.dumps(times))


def _rate(times: list[tuple[int, float]], count: int) -> tuple[float, float]:
    """Return images/s after the first eighth, and the seconds of the start."""
    done, since = next((done, at) for done, at in times if done >= count // 8)
    rate = (count - done) / (next(at for number, at in times if number == count) - since)
    return rate, since - done / rate


def main(classifier: Path, count: int, rounds: int) -> None:
    """Print the figures."""
    rates: dict[str, list[float]] = {name: [] for name in _ARMS}
    starts: dict[str, list[float]] = {name: [] for name in _ARMS}
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        for number, content in enumerate(_pictures(count)):
            (images / f"{number:06}.jpg").write_bytes(content)
        for number in range(rounds):
            for name, (workers, threads) in _ARMS.items():
                arm = subprocess.run(
                    [sys.executable, "-m", "benchmarks.scale_workers", str(classifier), "--arm", str(images),
                     str(workers), str(threads)],
                    env=os.environ | {"FEWSHOT_CACHE": "off"}, capture_output=True, text=True, check=True,
                )  # fmt: skip
                rate, start = _rate(json.loads(arm.stdout.splitlines()[-1]), count)
                rates[name].append(rate)
                starts[name].append(start)
                load = os.getloadavg()[0]
                print(
                    f"round {number + 1}, {name}: {rate:.1f} images/s, start {start:.1f} s, load {load:.1f}", flush=True
                )
    for name in _ARMS:
        print(f"{name}: {statistics.median(rates[name]):.1f} images/s, start {statistics.median(starts[name]):.1f} s")
    for one, other in _RATIOS:
        each = [a / b for a, b in zip(rates[one], rates[other], strict=True)]
        print(f"{one} / {other}: {statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("classifier", type=Path)
    parser.add_argument("--images", type=int, default=768)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--arm", nargs=3, metavar=("IMAGES", "WORKERS", "THREADS"))
    options = parser.parse_args()
    if options.arm:
        _arm(options.classifier.resolve(), Path(options.arm[0]), int(options.arm[1]), int(options.arm[2]))
    else:
        main(options.classifier.resolve(), options.images, options.rounds)
