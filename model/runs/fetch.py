"""Fetching: a few images of many, chosen by a kind; for instance those that are best labelled next, or like one image.

Each kind is one function of `model.runs.fetch_kinds`. Where many images are looked through, it is by their global
vectors, which a table holds (`model.embedding.global_vectors`). Figures: docs/adr/0028-fetch.md.
"""

from __future__ import annotations

from model.errors import NoImagesError, UsageError
from model.messages import message
from model.runs.fetch_data import Fetched, Search
from model.runs.fetch_kinds import KINDS
from model.types import FetchKind

MOST_ASKED = 100_000
"""Most images that can be asked for."""


def fetch(search: Search) -> Fetched:
    """Choose images as `search.wanted` says.

    Raises `NoImagesError` where no image of the pool can be read, `ImageReadError` where the image that others are to
    be like cannot be read, `UsageError` where something that the kind needs is missing or does not fit, and
    `Cancelled`.
    """
    wanted = search.wanted
    if not 0 < wanted.count <= MOST_ASKED:
        raise UsageError(
            message(
                "{count} images cannot be asked for: ask for 1 to {most_asked:,}.",
                count=wanted.count,
                most_asked=MOST_ASKED,
            )
        )
    if wanted.kind is FetchKind.LIKE and wanted.like is None:
        raise UsageError(message("Which image others are to be like is not said."))
    if wanted.kind.needs_classifier and search.classifier is None:
        raise UsageError(message("Choosing the most {kind} images needs a trained classifier.", kind=wanted.kind))
    if wanted.kind is FetchKind.TYPICAL:
        ways = 0 if search.classifier is None else len(search.classifier.class_names)
        if wanted.of is None or not 0 <= wanted.of < ways:
            raise UsageError(
                message("Of which class images are to be typical is not said, or the classifier lacks it.")
            )
    if not search.pool:
        raise NoImagesError(message("There is no image to choose from."))
    search.token.raise_if_cancelled()
    return KINDS[wanted.kind](search)
