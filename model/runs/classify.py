"""Classification of many images as a stream: each batch is yielded when it is done, so memory does not grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from model.embedding.image import Embedded, EmbeddedImage
from model.errors import ImageReadError
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress
from model.runs.image_classifier import ImageClassifier
from model.types import Prediction, Status


@dataclass(frozen=True)
class Asked:
    """The options of a run.

    explain_class: number of the class whose regions and maps are shown, instead of the predicted one
    closely: take the closer look at every image, which finds regions better and takes about four times as long; large
        images get it in any case
    maps: predictions hold the evidence map
    pictures: results hold the image as read, see `Classified`
    """

    explain_class: int | None = None
    closely: bool = False
    maps: bool = False
    pictures: bool = False


@dataclass(frozen=True, eq=False)
class Classified:
    """A prediction; with the image, if `Asked.pictures` is set and it was read in its own size, else None."""

    prediction: Prediction
    picture: Image.Image | None = field(default=None, repr=False)


def classify(
    classifier: ImageClassifier,
    paths: Sequence[Path],
    *,
    explain_class: int | None = None,
    closely: bool = False,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Iterator[list[Prediction]]:
    """Yield the predictions of `paths` in order, a batch at a time; `explain_class` and `closely` as in `Asked`.

    An image that cannot be read gives a prediction with `Status.ERROR`, and the run goes on. Raises `Cancelled` between
    batches.
    """
    for batch in classified(classifier, paths, Asked(explain_class, closely), progress, token):
        yield [one.prediction for one in batch]


def classified(
    classifier: ImageClassifier,
    paths: Sequence[Path],
    asked: Asked,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Iterator[list[Classified]]:
    """As `classify`, with all options of `Asked`."""
    token = token or CancelToken()

    def decided(batch: list[Embedded]) -> list[Classified]:
        readable = [item for item in batch if isinstance(item, EmbeddedImage)]
        predictions = iter(classifier.predict(readable, asked.explain_class, with_maps=asked.maps))
        return [
            Classified(Prediction(item.path, Status.ERROR, message=item.reason))
            if isinstance(item, ImageReadError)
            else Classified(next(predictions), item.picture)
            for item in batch
        ]

    done, looks = 0, classifier.looks(closely=asked.closely)
    for batch in classifier.embedder.apply(decided, paths, looks, pictures=asked.pictures):
        token.raise_if_cancelled()
        done += len(batch)
        progress(Progress(message("Classifying"), done, len(paths)))
        yield batch
