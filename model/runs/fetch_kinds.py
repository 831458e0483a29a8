"""The kinds of `model.runs.fetch`, one function each; `KINDS` names them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from model.backbones.devices import one_thread
from model.embedding.embedder import readable_sizes
from model.embedding.global_vectors import vector_table
from model.embedding.image import EmbeddedImage
from model.embedding.table import Floats, Found, VectorTable
from model.errors import ImageReadError, NoImagesError, UsageError
from model.features.packing import unpacked
from model.features.sizes import Looks
from model.messages import message
from model.progress import Progress, reported
from model.regions.geometry import box_region
from model.regions.likeness import cells_of, mean_region, most_like_beyond, region_vector
from model.runs.classify import classify
from model.runs.fetch_data import Fetched, Search
from model.runs.suggestion import MOST_IMAGES, even_sample, suggest
from model.types import FetchKind, Prediction, Region, Status

SIZES_READ = 256
"""Images by whose sizes the working side is chosen: an even sample."""

SHORTLIST = 100
"""Images whose regions are compared, at least; twice as many as are asked for, if that is more."""

NEIGHBOURS = 5
"""Without labels, an image is as unlike the others as it is like this many of them, on average."""

_MEAN_OF = 4096  # images by which a mean is taken
_REGIONS_OF = 32  # images by whose regions a mean is taken
_COLUMNS = 64  # vectors that a table is multiplied with at once
_TRIES = 3  # after which files that change all the time are taken as they were


def _teach(search: Search) -> Fetched:
    """Facility location, see `model.runs.suggestion`."""
    table, found, labelled = _tabled(search, [search.pool[at] for at in even_sample(len(search.pool), MOST_IMAGES)])
    known = torch.from_numpy(table.vectors(labelled.rows))
    order = suggest(torch.from_numpy(table.vectors(found.rows)), search.wanted.count, known)
    return _fetched(search, [found.paths[at] for at in order], found, labelled)


def _random(search: Search) -> Fetched:
    """Drawn without looking at any image."""
    count = min(search.wanted.count, len(search.pool))
    drawn = random.Random(search.wanted.seed).sample(range(len(search.pool)), count)
    return Fetched(tuple(search.pool[at] for at in drawn), len(search.pool), len(search.pool))


def _doubtful(search: Search) -> Fetched:
    """Least margin between the probabilities of the first two classes; of a single class the least probability."""
    predicted = _predicted(search)
    return _ranked(search, predicted, [(_margin(one), one) for one in predicted])


def _typical(search: Search) -> Fetched:
    """Of the images that are predicted as the class, those with the largest ratio of its probability to the next."""
    of = search.wanted.of
    assert of is not None
    ranked, predicted = [], _predicted(search)
    for one in predicted:
        if one.predicted == of:
            others = [score for at, score in enumerate(one.scores) if at != of]
            lead = max(others, default=0.0) / max(one.scores[of], 1e-300)
            ranked.append((lead + (one.status is Status.UNKNOWN), one))
    return _ranked(search, predicted, ranked)


def _unlike(search: Search) -> Fetched:
    """Least cosine with the nearest labelled image; without labels, with the nearest few of the pool."""
    if search.labelled:
        table, found, labelled = _tabled(search, search.pool)
    else:
        table, found, labelled = _tabled(search, [search.pool[at] for at in even_sample(len(search.pool), MOST_IMAGES)])
    centre = _mean(table, found)
    if len(labelled.rows):
        nearest = np.full(len(found.rows), -np.inf, np.float32)
        others = _centred(table.vectors(labelled.rows), centre)
        for start in range(0, len(others), _COLUMNS):
            search.token.raise_if_cancelled()
            cosines = _cosines(table, found, others[start : start + _COLUMNS], centre)
            np.maximum(nearest, cosines.max(axis=1), out=nearest)
    else:
        own = torch.from_numpy(_centred(table.vectors(found.rows), centre))
        alike = (own @ own.T).fill_diagonal_(-2.0)
        few = min(NEIGHBOURS, max(len(own) - 1, 1))
        nearest = alike.topk(few, dim=1).values.mean(dim=1).numpy()
    order = np.argsort(nearest, kind="stable")[: search.wanted.count].tolist()
    return _fetched(search, [found.paths[at] for at in order], found, labelled, [float(nearest[at]) for at in order])


def _like(search: Search) -> Fetched:
    """Largest cosine with an image, or with a region of one; the image itself is left out.

    Without the mean of the pool, so that what all images have in common counts for nothing.
    """
    like, region = search.wanted.like, search.wanted.region
    assert like is not None
    pool = [path for path in search.pool if path != like]
    if not pool:
        raise NoImagesError(message("There is no other image to choose from."))
    search = replace(search, pool=pool, labelled=())
    table, found, _ = _tabled(search, pool)
    looks = Looks(_side(search))
    image = search.embedder.embed_one(like, looks)
    vector = image.features.joined_globals()[0]
    if region is not None:
        _check(region, image)
        vector = region_vector(image.features, _cells(region, image))
    for _ in range(_TRIES):
        centre = _mean(table, found)
        (wanted,) = _centred(vector.numpy()[None], centre)
        cosines = _cosines(table, found, wanted[None], centre)[:, 0]
        most = search.wanted.count if region is None else max(SHORTLIST, 2 * search.wanted.count)
        first = np.argsort(-cosines, kind="stable")[:most].tolist()
        if not table.changed([found.paths[at] for at in first]):
            break
        found = table.find(pool, "Embedding", search.progress, search.token)
    nearest = [found.paths[at] for at in first]
    if region is None:
        return _fetched(search, nearest, found, None, [float(cosines[at]) for at in first])
    return _like_region(search, vector, nearest, found, looks)


def _like_region(
    search: Search, vector: torch.Tensor, shortlist: Sequence[Path], found: Found, looks: Looks
) -> Fetched:
    """The second step: of the images on the shortlist, the largest cosine of any of their regions."""
    images = [
        one
        for one in search.embedder.embed_all(shortlist, looks, "Comparing regions", search.progress, search.token)
        if isinstance(one, EmbeddedImage)
    ]
    with torch.inference_mode(), one_thread():
        seen = unpacked([one.data for one in images])
        similarities, boxes = most_like_beyond(vector, mean_region(seen.pick(slice(0, _REGIONS_OF))), seen)
        order = similarities.argsort(descending=True, stable=True)[: search.wanted.count].tolist()
        regions = [box_region(boxes[at], seen.grid, images[at].size) for at in order]
    scores = [float(similarities[at]) for at in order]
    return _fetched(search, [images[at].path for at in order], found, None, scores, regions)


def _side(search: Search) -> int:
    if search.side is not None:
        return search.side
    sample = [search.pool[at] for at in even_sample(len(search.pool), SIZES_READ)]
    side = search.embedder.working_side(
        readable_sizes(reported(sample, message("Reading sizes"), search.progress, search.token))
    )
    search.token.raise_if_cancelled()
    return side


def _tabled(search: Search, pool: Sequence[Path]) -> tuple[VectorTable, Found, Found]:
    """Return the table with the rows of `pool` and of the labelled images."""
    table = vector_table(search.embedder, _side(search))
    every = table.find([*pool, *search.labelled], "Embedding", search.progress, search.token)
    failed = {error.path for error in every.unreadable}
    count = len(pool) - sum(path in failed for path in pool) if failed else len(pool)
    if not count:
        raise NoImagesError(message("There is nothing to choose from: no image can be read."))
    found = Found(every.paths[:count], every.rows[:count], every.unreadable)
    return table, found, Found(every.paths[count:], every.rows[count:], ())


def _mean(table: VectorTable, found: Found) -> Floats:
    rows = found.rows[even_sample(len(found.rows), _MEAN_OF)]
    mean: Floats = table.vectors(rows).mean(axis=0)
    return mean


def _centred(vectors: Floats, centre: Floats) -> Floats:
    """Vectors (n, D) without the mean, of length 1."""
    result: Floats = functional.normalize(torch.from_numpy(vectors - centre), dim=1).numpy()
    return result


def _cosines(table: VectorTable, found: Found, wanted: Floats, centre: Floats) -> Floats:
    """Cosines of the rows without the mean with `wanted` (k, D), which are of length 1 without it: (n, k)."""
    products = table.products(np.concatenate((wanted, centre[None])), found.rows)
    along = products[:, -1]
    # |g - c|^2 = 1 - 2 g.c + |c|^2, since global vectors have length 1
    lengths = np.sqrt(np.maximum(1 - 2 * along + centre @ centre, 1e-6))
    return np.asarray((products[:, :-1] - wanted @ centre) / lengths[:, None], np.float32)


def _predicted(search: Search) -> list[Prediction]:
    """The predictions of the pool, in its order; those that are not known are made. Errors are among them."""
    assert search.classifier is not None
    ways = len(search.classifier.class_names)
    known = {path: one for path in search.pool if (one := search.known.get(path)) and len(one.scores) in (0, ways)}
    missing = [path for path in search.pool if path not in known]
    search.progress(Progress(message("Classifying"), 0, len(missing)))
    for batch in classify(search.classifier, missing, progress=search.progress, token=search.token):
        known |= {one.path: one for one in batch}
    return [known[path] for path in search.pool]


def _margin(one: Prediction) -> float:
    first, *others = sorted(one.scores, reverse=True) or (0.0,)
    return first - others[0] if others else first


def _ranked(search: Search, predicted: Sequence[Prediction], ranked: Sequence[tuple[float, Prediction]]) -> Fetched:
    """The images with the least numbers first; without those that cannot be read."""
    errors = tuple(ImageReadError(one.path, one.message) for one in predicted if one.status is Status.ERROR)
    if len(errors) == len(predicted):
        raise NoImagesError(message("There is nothing to choose from: no image can be read."))
    readable = [pair for pair in ranked if pair[1].status is not Status.ERROR]
    chosen = sorted(readable, key=lambda pair: pair[0])[: search.wanted.count]
    scores = tuple(number if search.wanted.kind is FetchKind.DOUBTFUL else one.confidence for number, one in chosen)
    images = tuple(one.path for _, one in chosen)
    return Fetched(images, len(predicted) - len(errors), len(search.pool), errors, scores)


def _fetched(
    search: Search,
    images: Sequence[Path],
    found: Found,
    labelled: Found | None,
    scores: Sequence[float] = (),
    regions: Sequence[Region] = (),
) -> Fetched:
    unreadable = found.unreadable + (labelled.unreadable if labelled is not None else ())
    return Fetched(tuple(images), len(found.paths), len(search.pool), unreadable, tuple(scores), tuple(regions))


def _check(region: Region, image: EmbeddedImage) -> None:
    width, height = image.size
    if region.x >= width or region.y >= height:
        raise UsageError(
            message(
                "The region {x},{y},{width},{height} lies outside of {image}, which has {across} x {down} pixels.",
                x=region.x,
                y=region.y,
                width=region.width,
                height=region.height,
                image=image.path,
                across=width,
                down=height,
            )
        )


def _cells(region: Region, image: EmbeddedImage) -> tuple[int, int, int, int]:
    width, height = image.size
    edges = region.x / width, region.y / height
    ends = (region.x + region.width) / width, (region.y + region.height) / height
    return cells_of(*edges, *ends, image.features.grid)


KINDS: dict[FetchKind, Callable[[Search], Fetched]] = {
    FetchKind.TEACH: _teach,
    FetchKind.DOUBTFUL: _doubtful,
    FetchKind.TYPICAL: _typical,
    FetchKind.UNLIKE: _unlike,
    FetchKind.RANDOM: _random,
    FetchKind.LIKE: _like,
}
