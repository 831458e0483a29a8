"""One and two workers on Ray against one process: `python -m benchmarks.scale_workers CLASSIFIER [--images 1280]`.

The same images in each arm, those of the example project with one pixel changed, no cache. Arms run in turn, round by
round, in processes of their own. An arm's rate is that of the images after the first quarter, and after all workers
were seen at work, so that starts are left out; its start is the time until then less what the images before take at
this rate. Processor time is that of the arm's processes, Ray's own among them (Linux), and depends less on what else
runs on the machine than images/s do. Ratios are within a round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image

from benchmarks.serve import _sources

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
    started, used = time.monotonic(), _Used()
    times: list[tuple[int, float, float, bool]] = []
    used.start()

    def note(done: int) -> None:
        times.append((done, time.monotonic() - started, used.seconds(), len(used.at_work) >= workers))

    if workers:
        from model.checkpoint.files import identity
        from model.cluster.listing import tables_of
        from model.cluster.plan import make_plan
        from model.cluster.running import run_plan
        from model.cluster.settings import Settings

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

        loaded, paths = load(classifier, "cpu"), sorted(images.iterdir())
        first = len(paths) // 4
        for done, part in ((first, paths[:first]), (len(paths), paths[first:])):  # so that nothing is begun ahead
            list(classify(loaded, part))
            note(done)
    print(json.dumps(times))


class _Used(threading.Thread):
    """Adds up the processor time of this process and those below it, ended ones included, by looking twice a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._ticks: dict[int, int] = {}
        self._lock = threading.Lock()
        self.at_work: set[int] = set()  # processes of workers that were seen with a part

    def run(self) -> None:
        while True:
            self.seconds()
            time.sleep(0.5)

    def seconds(self) -> float:
        parents, ticks = {}, {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rpartition(")")[2].split()
                if file.with_name("cmdline").read_bytes().startswith(b"ray::Worker.write"):
                    self.at_work.add(int(file.parent.name))
            except OSError:
                continue  # it has ended
            parents[int(file.parent.name)] = int(fields[1])
            ticks[int(file.parent.name)] = int(fields[11]) + int(fields[12])
        below = {os.getpid()}
        while more := {one for one, parent in parents.items() if parent in below} - below:
            below |= more
        with self._lock:
            self._ticks |= {one: ticks[one] for one in below}
            return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")


def _figures(times: list[tuple[int, float, float, bool]], count: int) -> tuple[float, float, float]:
    """Return images/s once all are at work, processor seconds an image there, and the seconds of the start."""
    done, since, used, _ = next(one for one in times if one[0] >= count // 4 and one[3])
    _, until, then, _ = next(one for one in times if one[0] == count)
    rate = (count - done) / (until - since)
    return rate, (then - used) / (count - done), since - done / rate


def main(classifier: Path, count: int, rounds: int, arms: list[str]) -> None:
    """Print the figures."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in arms}
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        sources = [Image.open(path).convert("RGB") for path in _sources()]
        for number in range(count):
            picture = sources[number % len(sources)].copy()
            picture.putpixel((number % picture.width, 0), (255, 255, 255))
            picture.save(images / f"{number:06}.jpg", quality=90)
        for number in range(rounds):
            for name in arms:
                workers, threads = _ARMS[name]
                arm = subprocess.run(
                    [sys.executable, "-m", "benchmarks.scale_workers", str(classifier), "--arm", str(images),
                     str(workers), str(threads)],
                    env=os.environ | {"FEWSHOT_CACHE": "off"}, capture_output=True, text=True, check=True,
                )  # fmt: skip
                found[name].append(_figures(json.loads(arm.stdout.splitlines()[-1]), count))
                print(
                    f"round {number + 1}, {name}: {_said(found[name][-1:])}, load {os.getloadavg()[0]:.1f}", flush=True
                )
    for name in arms:
        print(f"{name}: {_said(found[name])}")
    for one, other in ((one, other) for one, other in _RATIOS if {one, other} <= set(arms)):
        for place, what in enumerate(("images/s", "processor time an image")):
            each = [a[place] / b[place] for a, b in zip(found[one], found[other], strict=True)]
            print(f"{one} / {other}, {what}: {statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})")


def _said(figures: list[tuple[float, float, float]]) -> str:
    rate, used, start = (statistics.median(column) for column in zip(*figures, strict=True))
    return f"{rate:.1f} images/s, {1000 * used:.1f} ms of a core an image, start {start:.1f} s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("classifier", type=Path)
    parser.add_argument("--images", type=int, default=1280)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=list(_ARMS), default=list(_ARMS))
    parser.add_argument("--arm", nargs=3, metavar=("IMAGES", "WORKERS", "THREADS"))
    options = parser.parse_args()
    if options.arm:
        _arm(options.classifier.resolve(), Path(options.arm[0]), int(options.arm[1]), int(options.arm[2]))
    else:
        main(options.classifier.resolve(), options.images, options.rounds, options.only)
