"""A run over image files: classify, join with similar images if that is asked for, and count.

The command and the window both use it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from model.progress import CancelToken, ProgressCallback, ignore_progress
from model.runs.classify import Asked, Classified, classified
from model.runs.image_classifier import ImageClassifier
from model.types import Prediction, Status


@dataclass
class Counts:
    """Counts of a run, by the latest prediction of each image.

    statuses: images by status
    classes: readable images by class number
    changed: images whose class changed by joining
    """

    statuses: Counter[Status]
    classes: Counter[int]
    changed: int = 0

    @property
    def images(self) -> int:
        """Number of images classified, unreadable ones included."""
        return sum(self.statuses.values())

    def add(self, prediction: Prediction, times: int = 1) -> None:
        """Count a prediction; `times` of -1 takes it back."""
        self.statuses[prediction.status] += times
        if prediction.status.has_class:
            self.classes[prediction.predicted] += times


class Run:
    """One run over `paths`: iterate over `classified`, then over `joined`, which is empty unless `transductive`.

    finish: last step of each image, for instance writing its overlay; its result is counted and yielded
    predictions: the latest of each image, kept only for joining and with `keep`, then without maps

    Both methods raise `Cancelled`.
    """

    def __init__(
        self,
        classifier: ImageClassifier,
        paths: Sequence[Path],
        asked: Asked,
        *,
        transductive: bool = False,
        keep: bool = False,
        finish: Callable[[Classified], Prediction] = attrgetter("prediction"),
        progress: ProgressCallback = ignore_progress,
        token: CancelToken | None = None,
    ) -> None:
        self._classifier, self._paths, self._asked, self._transductive = classifier, paths, asked, transductive
        self._keep = keep
        self._finish, self._progress, self._token = finish, progress, token or CancelToken()
        self.counts = Counts(Counter(), Counter())
        self.predictions: dict[Path, Prediction] = {}

    def classified(self) -> Generator[list[Prediction], None, None]:
        """Yield the predictions of each image by itself, a batch at a time."""
        for batch in classified(self._classifier, self._paths, self._asked, self._progress, self._token):
            predictions = self._finished(batch)
            for one in predictions:
                self.counts.add(one)
                if self._transductive:
                    self.predictions[one.path] = one
                elif self._keep:
                    self.predictions[one.path] = replace(one, evidence_map=None)
            yield predictions

    def joined(self) -> Iterator[list[Prediction]]:
        """Yield new predictions of the images that take part in joining, with their joined probabilities."""
        if not self._transductive:
            return
        from model.runs.transduction import joined  # SciPy's sparse matrices are slow to import

        before = list(self.predictions.values())
        for batch in joined(self._classifier, before, self._asked, self._progress, self._token):
            predictions = self._finished(batch)
            for one in predictions:
                old = self.predictions[one.path]
                self.counts.add(old, -1)
                self.counts.add(one)
                self.counts.changed += one.predicted != old.predicted
                self.predictions[one.path] = one
            yield predictions

    def _finished(self, batch: Sequence[Classified]) -> list[Prediction]:
        return [replace(self._finish(one), evidence_map=None) for one in batch]
