"""Compare what two checkouts of Fewshot answer, bit for bit, through the command alone.

python -m benchmarks.same_results BEFORE [--sets DIR ...] [--images 60] [--shots 5]

BEFORE is the root of another checkout, for instance made by `git worktree add ../before HEAD~1`. For each set (a
folder with one sub-folder a class; default: the example project) both checkouts train on the first images of each
class, classify the next ones in every mode of the command, and measure some episodes, with a cache of their own.
Classifiers, results tables, overlays and figures are compared byte for byte; timings and paths of output are left out.
Exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from model.images.scan import class_folders

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "resources" / "example" / "examples"
MODES: dict[str, tuple[str, ...]] = {
    "classify": (),
    "classify again": (),  # from the cache
    "closely": ("--closely",),
    "explain": ("--explain", "{class}"),
    "limits": ("--max-error", "0.05", "--candidates", "0.1"),
    "transductive": ("--transductive",),
    "overlays": ("--overlays", "{overlays}"),
    "tiles": ("--tiles", "200"),
}
_TIMED = ("seconds", "device", "classifier", "results")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; returns the exit code."""
    options = _parser().parse_args(arguments)
    differences = 0
    with tempfile.TemporaryDirectory(prefix="fewshot-same-") as temporary:
        for number, source in enumerate(options.sets):
            pictures = _split(source, Path(temporary) / f"set-{number}", options.shots, options.images)
            answers = [
                dict(_answers(root, pictures, Path(temporary) / f"answers-{number}-{index}"))
                for index, root in enumerate((options.before, ROOT))
            ]
            for name in answers[0].keys() | answers[1].keys():
                if answers[0].get(name) != answers[1].get(name):
                    differences += 1
                    print(f"{source.name}: {name} differs")
            print(f"{source.name}: {len(answers[1])} answers compared.", flush=True)
    print("All the same." if not differences else f"{differences} answers differ.")
    return 1 if differences else 0


def _split(source: Path, place: Path, shots: int, images: int) -> Path:
    """Link the first `shots` images (half at most) of each class below `place`/bins, the next ones below /pool."""
    for name, files in class_folders(source):
        ordered = sorted(files)
        first = min(shots, len(ordered) // 2)
        for part, chosen in (("bins", ordered[:first]), ("pool", ordered[first : first + images])):
            folder = place / part / name
            folder.mkdir(parents=True)
            for path in chosen:
                (folder / path.name).symlink_to(path.resolve())
    return place


def _answers(root: Path, pictures: Path, place: Path) -> Iterator[tuple[str, object]]:
    """Yield the name and content of everything that the checkout at `root` answers."""
    place.mkdir()
    bins, pool, classifier = pictures / "bins", pictures / "pool", place / "classifier"
    shots = min(len(list(folder.iterdir())) for folder in bins.iterdir())
    yield "report of training", _run(root, place, "train", bins, "--out", classifier)
    for file in sorted(classifier.iterdir()):
        yield f"classifier: {file.name}", hashlib.sha256(file.read_bytes()).hexdigest()
    class_ = sorted(folder.name for folder in bins.iterdir())[-1]
    for mode, words in MODES.items():
        table, overlays = place / f"{mode}.csv", place / f"{mode} overlays"
        extra = [word.format(**{"class": class_, "overlays": overlays}) for word in words]
        yield f"{mode}: report", _run(root, place, "classify", classifier, pool, "--out", table, *extra)
        yield f"{mode}: table", table.read_bytes()
        for file in sorted(overlays.glob("*.png")):
            yield f"{mode}: {file.name}", hashlib.sha256(Image.open(file).tobytes()).hexdigest()
    episodes = ("--shots", f"1,{max(shots - 1, 1)}", "--episodes", "5", "--queries", "5")
    yield "evaluation", _run(root, place, "evaluate", bins if shots > 5 else pool, *episodes)
    yield "suggestion", _run(root, place, "suggest", pool, "--bins", bins)


def _run(root: Path, place: Path, *words: object) -> object:
    """Run the command of the checkout at `root` and return its JSON without what differs from run to run."""
    environment = os.environ | {"FEWSHOT_CACHE": str(place / "cache"), "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "model", *map(str, words), "--json"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed in {root}: {done.stderr}")
    result = json.loads(done.stdout.splitlines()[-1])
    return {name: value for name, value in result.items() if name not in _TIMED}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_results", description="Compare two checkouts.")
    parser.add_argument("before", type=Path, metavar="BEFORE", help="root of the other checkout")
    parser.add_argument("--sets", type=Path, nargs="+", default=[EXAMPLE], metavar="DIR", help="folders of classes")
    parser.add_argument("--images", type=int, default=60, help="images a class that are classified")
    parser.add_argument("--shots", type=int, default=5, help="examples a class")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
