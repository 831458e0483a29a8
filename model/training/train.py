"""Training of a classifier on a support set: parameters are fitted by leave-one-out until the loss stops falling."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import torch

from model.backbones.names import DEFAULT_BACKBONE
from model.classifier import FewShotClassifier
from model.embedding.duplicates import by_content, counted
from model.embedding.embedder import Embedder, readable_sizes
from model.embedding.groups import AUTO, GroupRule, group_numbers
from model.embedding.labelled_images import LabelledImages, embed_labelled, remarks_on_boxes
from model.errors import SupportSetError
from model.estimates.learning_curve import learning_curve
from model.estimates.left_out import group_of_each, left_out_accuracy
from model.head.fitting import Fit, fit_head
from model.head.grouping import Grouping
from model.images.rendering import USUAL, Rendering
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress
from model.runs.image_classifier import ImageClassifier
from model.training.backbone import Schedule, train_backbone
from model.types import FEWEST_OF_ONE_BIN, Attend, ExampleReport, SupportSet, TrainingReport


def train(
    support: SupportSet,
    *,
    backbone: str = DEFAULT_BACKBONE,
    seed: int = 0,
    device: str = "auto",
    embedder: Embedder | None = None,
    rendering: Rendering = USUAL,
    schedule: Schedule | None = None,
    groups: GroupRule = AUTO,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> tuple[ImageClassifier, TrainingReport]:
    """Train on `support`; the same files and seed give the same classifier in any order of the files.

    embedder: used instead of a new one, with its backbone and memory
    rendering: how files become pixels, kept by the classifier
    schedule: of the backbone's training, where it is trained on the bins
    groups: which images belong together, so that they are left out together; the classifier keeps their numbers

    Unreadable and duplicate images are left out and named in the report; so are pairs of bins that hold one picture,
    and examples whose boxes do not count, or were drawn on what the file held before.
    With a single class, every image unlike it is unknown. Raises `SupportSetError` for no class, for a single one of
    fewer than `FEWEST_OF_ONE_BIN` images, and for a class without a readable image, `BackboneError` and `DeviceError`
    as `Embedder.create`, and `Cancelled`.
    """
    started = time.monotonic()
    token = token or CancelToken()
    _check(support)
    progress(Progress(message("Loading the backbone"), 0, 0))
    embedder = (embedder or Embedder.create(backbone, device)).rendered(rendering)
    torch.manual_seed(seed)
    files, duplicates, in_two_bins = _ordered_files(support, embedder, progress, token)
    if not embedder.backbone.pretrained:
        embedder = train_backbone(embedder, files, seed, progress, token, schedule)
    side = embedder.working_side(readable_sizes([p for group in files for p in group], embedder.rendering))
    examples = embed_labelled(files, embedder, side, message("Embedding the examples"), progress, token)
    _check_readable(support, examples)
    features, directions = examples.features(), embedder.backbone.class_directions
    compared = examples.compared_with(features)
    paths = [image.path for image in examples.images]
    grouping = Grouping.of(group_numbers(paths, groups, features, examples.labels))
    fitted = fit_head(
        features,
        examples.labels,
        support.ways,
        examples.sizes,
        directions,
        side,
        progress,
        token,
        compared_with=compared,
        groups=grouping,
        each=lambda: (image.features for image in examples.images),
        attended=examples.attended(support.attend, features, compared),
    )
    report = _report(support, examples, grouping, duplicates, fitted, time.monotonic() - started)
    report = replace(report, in_two_bins=in_two_bins, remarks=tuple(_remarks(support, examples, embedder)))
    return ImageClassifier(FewShotClassifier(support.class_names, fitted.state, directions), embedder), report


def _check(support: SupportSet) -> None:
    if not support.ways or (support.ways == 1 and len(support.images[0]) < FEWEST_OF_ONE_BIN):
        if support.ways:
            raise SupportSetError(
                message(
                    "Training needs at least two bins with images, or one with three images or more, from which "
                    "everything unlike it is told; there is one. Add images, or a bin of another kind."
                )
            )
        raise SupportSetError(
            message(
                "Training needs at least two bins with images, or one with three images or more, from which everything "
                "unlike it is told; there is none. Add images, or a bin of another kind."
            )
        )
    for name, group in zip(support.class_names, support.images, strict=True):
        if not group:
            raise SupportSetError(
                message("The bin ‘{name}’ has no images. Add at least one, or remove the bin.", name=name)
            )


def _ordered_files(
    support: SupportSet, embedder: Embedder, progress: ProgressCallback, token: CancelToken
) -> tuple[list[list[Path]], list[tuple[Path, str]], tuple[tuple[Path, Path], ...]]:
    """Order each class's files by content, so that names and order do not matter; leave duplicates out.

    Returns the files, the duplicates with the reason, and the pairs of equal files in different classes.
    """
    step = counted(message("Reading the examples"), sum(support.shots), progress)
    files, duplicates, classes = [], [], []
    for group in support.images:
        # Of copies the one with boxes stays.
        ordered = sorted(group, key=lambda path: (not support.attend.get(path), path))
        by_hash, copies = by_content(ordered, embedder, token, step)
        files.append([by_hash[digest] for digest in sorted(by_hash)])
        duplicates += copies
        classes.append(by_hash)
    return files, duplicates, _in_two_bins(classes)


def _in_two_bins(classes: Sequence[Mapping[str, Path]]) -> tuple[tuple[Path, Path], ...]:
    """Return the pairs of files with the same content in different classes; each class maps contents to files."""
    pairs = []
    for first, second in combinations(classes, 2):
        pairs += [(path, second[digest]) for digest, path in first.items() if digest in second]
    return tuple(pairs)


def _check_readable(support: SupportSet, examples: LabelledImages) -> None:
    for label, name in enumerate(support.class_names):
        if label not in examples.labels:
            path, reason = examples.unreadable[0]
            raise SupportSetError(
                message(
                    "No image of the bin ‘{name}’ can be read. The first problem: {path}: {reason}",
                    name=name,
                    path=path,
                    reason=reason,
                )
            )


def _remarks(support: SupportSet, examples: LabelledImages, embedder: Embedder) -> Iterator[tuple[Path, str]]:
    """Yield what should be known of the examples with boxes."""
    boxed = [image for image in examples.images if support.attend.get(image.path)]
    if support.ways == 1:
        alone = message("Boxes do not count with a single bin. Add a second one, or remove the boxes.")
        yield from ((image.path, alone) for image in boxed)
        return
    contents = embedder.content_hashes([image.path for image in boxed])
    for image, content in zip(boxed, contents, strict=True):
        for remark in remarks_on_boxes(image, support.attend[image.path]):
            yield image.path, remark
        if isinstance(content, str) and support.drawn_on.get(image.path, content) != content:
            yield (
                image.path,
                message(
                    "The file changed after boxes were drawn on it; they stay where they were. Look whether they fit, "
                    "and draw one of them anew."
                ),
            )


def _report(
    support: SupportSet,
    examples: LabelledImages,
    grouping: Grouping,
    duplicates: list[tuple[Path, str]],
    fitted: Fit,
    seconds: float,
) -> TrainingReport:
    labels = examples.labels
    confidence, predicted = fitted.leave_one_out.max(dim=1)
    accuracy, interval = left_out_accuracy(predicted, labels, support.ways, grouping)
    several = support.ways > 1
    curve = learning_curve(fitted.state.examples.double(), labels, support.ways, groups=grouping) if several else None
    groups = group_of_each(grouping)
    boxes = [support.attend.get(image.path, Attend()) for image in examples.images]
    columns = (labels.tolist(), fitted.weights.tolist(), predicted.tolist(), confidence.tolist(), groups, boxes)
    return TrainingReport(
        class_names=support.class_names,
        examples=tuple(
            ExampleReport(image.path, *values) for image, *values in zip(examples.images, *columns, strict=True)
        ),
        unreadable=examples.unreadable,
        duplicates=tuple(duplicates),
        leave_one_out_accuracy=accuracy,
        accuracy_interval=interval,
        steps=fitted.rounds,
        converged=fitted.converged,
        seconds=seconds,
        gain_of_doubling=curve.gain if curve is not None else None,
        learning_curve=tuple(zip(curve.shots, curve.accuracies, strict=True)) if curve is not None else (),
    )
