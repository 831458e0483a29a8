"""Classify many images as a stream: memory stays flat and every finished batch is handed on at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedded, EmbeddedImage
from model.errors import ImageReadError
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress
from model.types import Prediction, Status


def classify(
    classifier: FewShotClassifier,
    paths: Sequence[Path],
    *,
    explain_class: int | None = None,
    closely: bool = False,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Iterator[list[Prediction]]:
    """Yield the predictions of `paths` in order, a batch at a time.

    An image that cannot be read becomes a prediction with `Status.ERROR`, and the rest goes on.
    With `explain_class` the regions are those for that class; `closely`: see `FewShotClassifier.predict`.
    Raises `Cancelled` between batches.
    """
    token = token or CancelToken()

    def predicted(batch: list[Embedded]) -> list[Prediction]:
        readable = [item for item in batch if isinstance(item, EmbeddedImage)]
        found = iter(classifier.predict(readable, explain_class, closely=closely))
        return [
            Prediction(item.path, Status.ERROR, message=item.reason)
            if isinstance(item, ImageReadError)
            else next(found)
            for item in batch
        ]

    done = 0
    for predictions in classifier.embedder.apply(predicted, paths, classifier.side):
        token.raise_if_cancelled()
        done += len(predictions)
        progress(Progress("Classifying", done, len(paths)))
        yield predictions
