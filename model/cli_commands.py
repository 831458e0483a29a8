"""What the sub-commands of `fewshot` do."""

from __future__ import annotations

import argparse
import math
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model import checkpoint
from model.batch import classify
from model.classifier import FewShotClassifier
from model.cli import UsageError
from model.cli_progress import SECONDS_BETWEEN_LINES, ProgressPrinter
from model.cli_text import say, warn, warn_of
from model.embedding import Embedder
from model.errors import ImageReadError, NoImagesError
from model.estimates import ClassEstimate, Proportion, advice, class_estimates, confusion, outlook
from model.evaluation import OURS, ShotFigures, evaluate
from model.images.items import split_item
from model.images.reading import read_image
from model.images.scan import class_folders, iter_images
from model.overlay import draw_overlay
from model.progress import CancelToken, Progress
from model.results_table import Limits, ResultsTable
from model.training import train
from model.types import Prediction, Status, SupportSet


@dataclass(frozen=True)
class Outcome:
    """What `--json` prints, and how many images could not be read."""

    result: dict[str, Any]
    unreadable: int


def run_train(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Train on BINS and save the classifier."""
    folders = class_folders(options.bins, options.cutting)
    support = SupportSet(tuple(name for name, _ in folders), tuple(tuple(files) for _, files in folders))
    with ProgressPrinter() as progress:
        classifier, report = train(
            support,
            backbone=options.backbone,
            seed=options.seed,
            device=options.device,
            ground=options.ground,
            progress=progress,
            token=token,
        )
    checkpoint.save(classifier, options.out)
    for path, reason in (*report.unreadable, *report.duplicates):
        warn(f"{path}: {reason}")
    accuracy, interval = report.leave_one_out_accuracy, report.accuracy_interval
    say(f"Trained on {len(report.examples)} images of {support.ways} classes in {report.seconds:.1f} s.")
    if accuracy is not None and interval is not None:
        say(f"Leave-one-out accuracy: {accuracy:.1%} (95 % interval {interval[0]:.1%} to {interval[1]:.1%}).")
        for one in class_estimates(report):
            say(f"  {one.name}: recall {_proportion(one.recall)}, precision {_proportion(one.precision)}")
        say(advice(report))
    say(f"Saved in {options.out}")
    return Outcome(
        {
            "classifier": str(options.out),
            "classes": list(support.class_names),
            "examples": Counter(support.class_names[e.class_index] for e in report.examples),
            "leave_one_out_accuracy": accuracy,
            "accuracy_interval": interval,
            "confusion": confusion(report),
            "per_class": {one.name: _facts(one) for one in class_estimates(report)},
            "outlook": outlook(report),
            "advice": advice(report),
            "steps": report.steps,
            "converged": report.converged,
            "seconds": report.seconds,
            "device": classifier.device_note,
            "unreadable": [{"path": str(path), "reason": reason} for path, reason in report.unreadable],
            "duplicates": [{"path": str(path), "reason": reason} for path, reason in report.duplicates],
        },
        len(report.unreadable),
    )


def _proportion(proportion: Proportion) -> str:
    if proportion.value is None:
        return "unknown"
    low, high = proportion.interval
    return f"{proportion.value:.0%} ({low:.0%} to {high:.0%})"


def _facts(estimate: ClassEstimate) -> dict[str, Any]:
    return {
        kind: {"value": proportion.value, "interval": proportion.interval}
        for kind, proportion in (("recall", estimate.recall), ("precision", estimate.precision))
    }


def run_classify(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Classify images and folders into a table, with overlays when asked."""
    started = time.monotonic()
    paths = _found_images(options, token)
    if not paths:
        raise NoImagesError(f"There is no image in {', '.join(map(str, options.paths))}.")
    if os.path.realpath(options.out) in {os.path.realpath(path) for path in paths}:
        raise UsageError(f"--out {options.out} is one of the images and would be overwritten. Give another name.")
    classifier = checkpoint.load(options.classifier, options.device)
    explained = _class_index(classifier, options.explain)
    overlays = _Overlays(options.overlays, paths, classifier, explained) if options.overlays else None
    counts: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    limits = _limits(classifier, options)
    with (
        ResultsTable(options.out, classifier.class_names, limits=limits, resume=options.resume) as table,
        ProgressPrinter() as bar,
    ):
        remaining = [path for path in paths if not table.has(path)]
        for batch in classify(classifier, remaining, explain_class=explained, progress=bar, token=token):
            predictions = [overlays.write(prediction) for prediction in batch] if overlays else batch
            table.write(predictions)
            for prediction in predictions:
                counts[prediction.status.value] += 1
                if prediction.status is not Status.ERROR:
                    classes[classifier.class_names[prediction.predicted]] += 1
                else:
                    warn(f"{prediction.path}: {prediction.message}")
    found = ", ".join(f"{name} {count}" for name, count in classes.most_common()) or "nothing new"
    say(f"Classified {sum(counts.values())} images: {found}.")
    say(f"Unlike every bin: {counts[Status.UNKNOWN]}. Unreadable: {counts[Status.ERROR]}. Results in {options.out}")
    return Outcome(
        {
            "results": str(options.out),
            "images": sum(counts.values()),
            "resumed_after": len(paths) - len(remaining),
            **{status.value: counts[status.value] for status in Status},
            "classes": classes,
            "accepted_from": None if limits.accepting == math.inf else limits.accepting,
            "candidate_from": limits.candidate,
            "device": classifier.device_note,
            "seconds": time.monotonic() - started,
        },
        counts[Status.ERROR] + table.kept_errors,
    )


def _found_images(options: argparse.Namespace, token: CancelToken) -> list[Path]:
    """Find what to classify; says so once it takes a while, since pages of many files must be counted."""
    started, paths = time.monotonic(), []
    with ProgressPrinter() as bar:
        for path in iter_images(options.paths, options.cutting, warn_of):
            token.raise_if_cancelled()
            paths.append(path)
            if time.monotonic() - started > SECONDS_BETWEEN_LINES:
                bar(Progress("Finding images", len(paths), 0))
    return paths


def run_evaluate(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Measure accuracy by episodes and print a table."""
    folders = class_folders(options.bins, options.cutting)
    if not any(files for _, files in folders):
        raise NoImagesError(f"There is no image in {options.bins}.")
    if options.ways is not None and not 2 <= options.ways <= len(folders):
        raise UsageError(f"--ways {options.ways} does not fit: {options.bins} has {len(folders)} classes.")
    embedder = Embedder.create(options.backbone, options.device).over(options.ground)
    with ProgressPrinter() as progress:
        figures, unreadable = evaluate(
            [name for name, _ in folders],
            [files for _, files in folders],
            embedder,
            shots=options.shots,
            ways=options.ways,
            queries=options.queries,
            episodes=options.episodes,
            seed=options.seed,
            progress=progress,
            token=token,
        )
    for path, reason in unreadable:
        warn(f"{path}: {reason}")
    for row in figures:
        for line in _table(row):
            say(line)
    results = [asdict(row) | asdict(row.methods[OURS]) for row in figures]
    return Outcome({"classes": [name for name, _ in folders], "results": results}, len(unreadable))


class _Overlays:
    """Writes one PNG for each image, named after it; images of the same name are numbered."""

    def __init__(
        self, folder: Path, paths: Sequence[Path], classifier: FewShotClassifier, explained: int | None
    ) -> None:
        self._classifier, self._explained = classifier, explained
        self._targets: dict[Path, Path] = {}
        folder.mkdir(parents=True, exist_ok=True)
        # Never over an image that is to be classified: its folder may be DIR.
        sources, place = {os.path.realpath(path) for path in paths}, os.path.realpath(folder)
        taken: set[str] = set()
        for path in paths:
            item = split_item(path)
            stem = f"{item.file.stem}#{item.part}" if item.part else item.file.stem
            name, number = stem, 2
            while name.casefold() in taken or os.path.join(place, f"{name}.png") in sources:
                name, number = f"{stem}-{number}", number + 1
            taken.add(name.casefold())
            self._targets[path] = folder / f"{name}.png"

    def write(self, prediction: Prediction) -> Prediction:
        """Write the overlay of one prediction and return it; errors have none."""
        if prediction.status is Status.ERROR:
            return prediction
        try:
            explanation = self._classifier.explain(prediction.path)
            image = read_image(prediction.path, ground=self._classifier.embedder.ground)
        except ImageReadError as error:  # it went away since it was classified
            return Prediction(prediction.path, Status.ERROR, message=error.reason)
        shown = prediction.predicted if self._explained is None else self._explained
        overlay = draw_overlay(image, explanation.attention[shown], explanation.regions[shown])
        overlay.save(self._targets[prediction.path])
        return prediction


def _limits(classifier: FewShotClassifier, options: argparse.Namespace) -> Limits:
    accepting = candidate = None
    if options.max_error is not None:
        accepting = classifier.accepting_threshold(options.max_error)
        if math.isinf(accepting):
            warn(
                f"The examples cannot vouch for at most {options.max_error:.1%} errors: nothing is accepted. Add more."
            )
    if options.candidates is not None:
        candidate = classifier.candidate_threshold(options.candidates)
        if candidate == 0:
            warn(f"The examples are too few for at most {options.candidates:.1%} misses: every class is a candidate.")
    return Limits(accepting, candidate)


def _class_index(classifier: FewShotClassifier, name: str | None) -> int | None:
    if name is None:
        return None
    if name not in classifier.class_names:
        raise UsageError(f"--explain {name}: no such class. Classes: {', '.join(classifier.class_names)}.")
    return classifier.class_names.index(name)


def _table(row: ShotFigures) -> list[str]:
    lines = [
        f"{row.ways}-way {row.shots}-shot, {row.episodes} episodes",
        _LINE.format("", "accuracy", "macro F1", "ECE"),
    ]
    for name, figures in row.methods.items():
        accuracy = f"{figures.accuracy:.1%} ±{figures.interval:.1%}"
        f1, error = f"{figures.macro_f1:.1%}", f"{figures.expected_calibration_error:.1%}"
        lines.append(_LINE.format(name, accuracy, f1, error))
    return lines


_LINE = "  {:<22}{:>16}{:>10}{:>8}"
