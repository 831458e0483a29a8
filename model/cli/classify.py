"""What `fewshot classify` does: label images and whole folders."""

from __future__ import annotations

import argparse
import math
import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from model.checkpoint import files as checkpoint
from model.classifier import FewShotClassifier
from model.cli.command import UsageError
from model.cli.progress import SECONDS_BETWEEN_LINES, ProgressPrinter
from model.cli.text import say, warn, warn_of
from model.cli.train import Outcome
from model.errors import ImageReadError, NoImagesError
from model.exports.csv_table import Limits, ResultsTable
from model.images.items import split_item
from model.images.reading import read_image
from model.images.scan import iter_images
from model.progress import CancelToken, Progress, ProgressCallback
from model.regions.overlay import draw_overlay
from model.runs.classify import classify
from model.types import Prediction, Status


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
    limits = _limits(classifier, options)
    tally = _Tally(classifier.class_names)
    changed = 0
    with (
        ResultsTable(options.out, classifier.class_names, limits=limits, resume=options.resume) as table,
        ProgressPrinter() as bar,
    ):
        resumed_after = sum(table.has(path) for path in paths)
        # Images that are joined need one another's probabilities, also those that have a row from before.
        remaining = paths if options.transductive else [path for path in paths if not table.has(path)]
        made: dict[Path, Prediction] = {}
        # Who asks where a class is wants to know it well; overlays look closely themselves.
        closely = (options.closely or explained is not None) and overlays is None
        for batch in classify(
            classifier, remaining, explain_class=explained, closely=closely, progress=bar, token=token
        ):
            predictions = [overlays.write(prediction) for prediction in batch] if overlays else batch
            table.write(prediction for prediction in predictions if not table.has(prediction.path))
            if options.transductive:
                made.update((prediction.path, prediction) for prediction in predictions)
            else:
                tally.add(predictions)
        if options.transductive:
            changed = _join(classifier, made, overlays, explained is not None, closely, bar, token)
            table.rewrite(made.values())
            tally.add(made.values())
    counts, classes = tally.statuses, tally.classes
    unreadable = counts[Status.ERROR] + (0 if options.transductive else table.kept_errors)
    found = ", ".join(f"{name} {count}" for name, count in classes.most_common()) or "nothing new"
    say(f"Classified {sum(counts.values())} images: {found}.")
    if options.transductive:
        say(f"Joined with what similar images show: {changed} of them changed their class by it.")
    say(f"Unlike every bin: {counts[Status.UNKNOWN]}. Unreadable: {counts[Status.ERROR]}. Results in {options.out}")
    return Outcome(
        {
            "results": str(options.out),
            "images": sum(counts.values()),
            "resumed_after": resumed_after,
            **{status.value: counts[status.value] for status in Status},
            "classes": classes,
            "changed_by_similar_images": changed if options.transductive else None,
            "accepted_from": None if limits.accepting == math.inf else limits.accepting,
            "candidate_from": limits.candidate,
            "device": classifier.device_note,
            "seconds": time.monotonic() - started,
        },
        unreadable,
    )


class _Tally:
    """Counts predictions by status and by class, and names the images that could not be read."""

    def __init__(self, class_names: Sequence[str]) -> None:
        self._class_names = class_names
        self.statuses: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()

    def add(self, predictions: Iterable[Prediction]) -> None:
        """Count them."""
        for prediction in predictions:
            self.statuses[prediction.status.value] += 1
            if prediction.status is not Status.ERROR:
                self.classes[self._class_names[prediction.predicted]] += 1
            else:
                warn(f"{prediction.path}: {prediction.message}")


def _join(
    classifier: FewShotClassifier,
    made: dict[Path, Prediction],
    overlays: _Overlays | None,
    keep_regions: bool,
    closely: bool,
    progress: ProgressCallback,
    token: CancelToken,
) -> int:
    """Put the predictions that similar images have together in place of `made`; returns how many classes changed."""
    from model.runs.transduction import joined  # SciPy's sparse matrices take a while to import

    changed = 0
    for batch in joined(
        classifier, list(made.values()), keep_regions=keep_regions, closely=closely, progress=progress, token=token
    ):
        for prediction in batch:
            if prediction.predicted != made[prediction.path].predicted:
                changed += 1
                made[prediction.path] = overlays.write(prediction) if overlays else prediction
            else:
                made[prediction.path] = prediction
    return changed


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
        """Write the overlay of one prediction and return it with the region that is drawn; errors have none."""
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
        return replace(prediction, region=explanation.regions[shown])


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
