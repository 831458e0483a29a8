"""What follows on each classified image of `fewshot classify`: its overlay, remarks on trouble, and the last words."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from model.cli.remarks import Remarks
from model.cli.text import say
from model.errors import ImageReadError
from model.messages import joined, message, message_n, os_reason
from model.types import Prediction, Status

if TYPE_CHECKING:
    from model.exports.overlays import OverlayFolder
    from model.runs.classify import Classified
    from model.runs.run import Counts


class Overlays:
    """The last step of each image: writing its overlay, where there are any.

    failed: the images whose overlay could not be written, with what their rows say of it
    """

    def __init__(self, folder: OverlayFolder | None) -> None:
        self._folder = folder
        self.failed: dict[Path, str] = {}

    def finish(self, one: Classified) -> Prediction:
        """Return the prediction as it goes into the table; trouble with one overlay costs that overlay alone."""
        prediction = one.prediction
        if self._folder is None:
            return prediction
        try:
            self._folder.write(prediction, one.picture)
        except ImageReadError as error:  # it went away since it was classified
            return Prediction(prediction.path, Status.ERROR, message=error.reason)
        except OSError as error:
            self.failed[prediction.path] = message("Its overlay could not be written: {error}.", error=os_reason(error))
        said = self.failed.get(prediction.path)
        return prediction if said is None else replace(prediction, message=joined(said, prediction.message))


def warn_of_trouble(predictions: Iterable[Prediction], overlays: Overlays, remarks: Remarks) -> None:
    """Remark on the images that could not be read, and on overlays that could not be written."""
    for prediction in predictions:
        if prediction.status is Status.ERROR:
            remarks.add(prediction.path, prediction.message)
        elif prediction.path in overlays.failed:
            remarks.add(prediction.path, overlays.failed[prediction.path])


def say_counts(options: argparse.Namespace, counts: Counts, classes: Mapping[str, int], not_drawn: int) -> None:
    """Say how many images were classified as what, and what became of the others."""
    found = ", ".join(f"{name} {count}" for name, count in Counter(classes).most_common())
    found = found or (message("none can be read") if counts.images else message("nothing new"))
    say(
        message_n(
            "Classified {count} image: {found}.",
            "Classified {count} images: {found}.",
            count=counts.images,
            found=found,
        )
    )
    if options.transductive:
        say(message("Joined with similar images: {changed} changed class.", changed=counts.changed))
    unknown, failed = counts.statuses[Status.UNKNOWN], counts.statuses[Status.ERROR]
    say(
        message(
            "Unlike every bin: {unknown}. Unreadable: {failed}. Results in {out}",
            unknown=unknown,
            failed=failed,
            out=options.out,
        )
    )
    if counts.statuses[Status.LEFT_OUT]:
        say(message("Left out because of their content: {left_out}.", left_out=counts.statuses[Status.LEFT_OUT]))
    if not_drawn:
        say(message("Overlays that could not be written: {not_drawn}.", not_drawn=not_drawn))
