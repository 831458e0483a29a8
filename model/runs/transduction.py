"""Transduction: images that are classified together take part in one another's results, as an option.

In the joint space each image is linked with those most like it, examples and others, and the classes'
probabilities spread along the links (Zhou et al., Learning with local and global consistency, 2004):

    F = (1 - alpha) (I - alpha D^(-1/2) W D^(-1/2))^(-1) Y

Y is 1 at an example's own class and `BELIEF` times the classifier's probabilities for any other image;
the rows of F to the power of `SHARPENING`, normalised to add up to 1, are the new probabilities. W, the
shares and the power are ours, measured (docs/adr/0017-transduction.md). The classes need not be equally
frequent. An image's result then depends on the images it is classified with; unknown images take no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from scipy import sparse
from torch import Tensor
from torch.nn import functional

from model.embedding.embedder import BATCHES
from model.embedding.image import EmbeddedImage
from model.errors import ImageReadError
from model.features.sizes import Looks
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress
from model.runs.classify import Asked, Classified
from model.runs.image_classifier import ImageClassifier
from model.types import Prediction, Status

NEIGHBOURS = 8
SPREADING = 0.5
"""alpha, the share of its neighbours in an image's result."""

BELIEF = 0.5
"""Weight of the classifier's probabilities; an example's label has weight 1."""

SHARPNESS = 3
"""The weight of a link is the cosine to this power."""

SHARPENING = 1.25
"""Power that restores calibration: spreading makes probabilities too even."""

GROUP = 10_000
"""Images that are compared with each other: their vectors take 100 MB, comparing all pairs some seconds."""

_ROWS = 500  # of the matrix of similarities, computed at a time
_ROUNDS = 20  # alpha to this power is a millionth
NOTE = message("Joined with what similar images show.")


def joined(
    classifier: ImageClassifier,
    predictions: Sequence[Prediction],
    asked: Asked | None = None,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
    *,
    group_size: int = GROUP,
) -> Iterator[list[Classified]]:
    """Yield new predictions, with joined probabilities, of those predictions of one run that have `Status.OK`.

    Where the predicted class changes, the region changes too, and the map and picture if `asked` for; not where regions
    are asked for one class. Images are embedded again, which is fast where embeddings are cached; a file that is gone
    keeps its prediction. Images are compared with each other in groups of `group_size`. Raises `Cancelled`.
    """
    asked = asked or Asked()
    token = token or CancelToken()
    known = [prediction for prediction in predictions if prediction.status is Status.OK]
    for start in range(0, len(known), group_size):
        group, vectors = [], []
        for prediction, image in _embedded(
            classifier, known[start : start + group_size], Looks(classifier.side), token
        ):
            group.append(prediction)
            with torch.inference_mode():
                vectors.append(classifier.classifier.head.joint(image.features).float())
            progress(Progress(message("Comparing similar images"), start + len(group), len(known)))
        if not group:
            continue
        scores = torch.tensor([prediction.scores for prediction in group], dtype=torch.float64)
        state = classifier.classifier.state
        spread = spread_probabilities(torch.cat((state.examples, *vectors)), state.labels, scores, token)
        revised = [
            replace(prediction, predicted=predicted, scores=tuple(row), message=NOTE)
            for prediction, predicted, row in zip(group, spread.argmax(dim=1).tolist(), spread.tolist(), strict=True)
        ]
        for first in range(0, len(group), BATCHES.chunk):
            before, after = group[first : first + BATCHES.chunk], revised[first : first + BATCHES.chunk]
            if asked.explain_class is None:
                yield _with_regions(classifier, before, after, asked, token)
            else:
                yield [Classified(one) for one in after]


def spread_probabilities(
    vectors: Tensor, labels: Tensor, probabilities: Tensor, token: CancelToken | None = None, *, rows: int = _ROWS
) -> Tensor:
    """Spread probabilities along the links between similar images.

    vectors: float32 (m + n, D) of m examples and n images, in the joint space
    labels: int64 (m,)
    probabilities: float64 (n, N) of the images
    rows: of the similarities that are computed at a time

    Returns float64 (n, N), rows adding up to 1. Raises `Cancelled`.
    """
    links = _links(functional.normalize(vectors, dim=1), token or CancelToken(), rows)
    own = torch.cat((functional.one_hot(labels, probabilities.shape[1]).double(), BELIEF * probabilities)).numpy()
    spread = own
    for _ in range(_ROUNDS):
        spread = SPREADING * (links @ spread) + (1 - SPREADING) * own
    revised = torch.from_numpy(spread[len(labels) :]) ** SHARPENING
    return revised / revised.sum(dim=1, keepdim=True)


def _links(unit: Tensor, token: CancelToken, rows_at_once: int) -> sparse.csr_array:
    """Return D^(-1/2) W D^(-1/2) of n unit vectors (n, D): a sparse matrix (n, n)."""
    count = len(unit)
    neighbours = min(NEIGHBOURS, count - 1)
    values, columns = [], []
    for start in range(0, count, rows_at_once):
        token.raise_if_cancelled()
        cosines = unit[start : start + rows_at_once] @ unit.T
        rows = torch.arange(len(cosines))
        cosines[rows, start + rows] = -torch.inf  # no image is its own neighbour
        nearest = cosines.topk(neighbours, dim=1)
        values.append(nearest.values.clamp_min(0) ** SHARPNESS)
        columns.append(nearest.indices)
    ends = torch.arange(count + 1) * neighbours
    parts = (torch.cat(values).double().flatten(), torch.cat(columns).flatten(), ends)
    directed = sparse.csr_array(tuple(part.numpy() for part in parts), shape=(count, count))
    mutual = (directed + directed.T).tocsr()
    degrees = torch.from_numpy(mutual.sum(axis=1))
    scale = sparse.diags_array(torch.where(degrees > 0, degrees, 1).rsqrt().numpy())
    return (scale @ mutual @ scale).tocsr()


def _with_regions(
    classifier: ImageClassifier,
    before: Sequence[Prediction],
    after: Sequence[Prediction],
    asked: Asked,
    token: CancelToken,
) -> list[Classified]:
    """Return the new predictions, with new regions where the class has changed."""
    changed = [new for old, new in zip(before, after, strict=True) if old.predicted != new.predicted]
    images: dict[int, list[EmbeddedImage]] = {}
    looks = classifier.looks(closely=asked.closely)
    for prediction, image in _embedded(classifier, changed, looks, token, pictures=asked.pictures):
        images.setdefault(prediction.predicted, []).append(image)
    pictures = {image.path: image.picture for some in images.values() for image in some}
    found = {
        one.path: one
        for class_, some in images.items()
        for one in classifier.predict(some, class_, with_maps=asked.maps)
    }
    made = []
    for new in after:
        one = found.get(new.path)
        revised = new
        if one is not None:
            revised = replace(new, region=one.region, steadiness=one.steadiness, evidence_map=one.evidence_map)
        made.append(Classified(revised, pictures.get(new.path)))
    return made


def _embedded(
    classifier: ImageClassifier,
    predictions: Sequence[Prediction],
    looks: Looks,
    token: CancelToken,
    *,
    pictures: bool = False,
) -> Iterator[tuple[Prediction, EmbeddedImage]]:
    """Yield the predictions whose images can be read again, with the images."""
    waiting = iter(predictions)
    for batch in classifier.embedder.embed([one.path for one in predictions], looks, pictures=pictures):
        token.raise_if_cancelled()
        for item, prediction in zip(batch, waiting, strict=False):  # `waiting` second: `zip` would take one too many
            if not isinstance(item, ImageReadError):
                yield prediction, item
