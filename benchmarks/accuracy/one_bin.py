"""One bin: a single class is known, and images of the set's other classes are to be found.

Rivals are the detectors that are usual: the largest distance of a region from the nearest region of the examples, at
stride 16 and at stride 32.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple
from unittest import mock

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from benchmarks.accuracy.episodes import QUERIES, Samples
from benchmarks.accuracy.marked_region import Marks, marks_of
from benchmarks.accuracy.painting import centre_of, overlap, within
from benchmarks.accuracy.views import PreparedSet
from model.classifier import FewShotClassifier
from model.embedding.image import EmbeddedImage
from model.features.maps import ImageFeatures
from model.features.packing import unpacked
from model.features.sizes import Looks, closer_side
from model.head import nearest
from model.head.fitting import fit_head
from model.head.grouping import Grouping
from model.runs.image_classifier import ImageClassifier

SHOTS = 10
NORMAL = {"tile": "free", "solar": "functional", "fundus": "no_dr", "textile": "nominal", "fire": "no_fire"}
"""The class that one would have a bin of; in other sets it is each class in turn."""

LEFT_OUT = {"solar": 0.15}
"""`nearest.ALIKE` where it would be another one had the set not taken part in choosing it."""

FALSE_ALARMS = (0.01, 0.05, 0.1)
OURS, SHIPPED = "ours", "ours, all sets in"
GLOBAL, FINE, COARSE = "global feature alone", "nearest, stride 16", "nearest, stride 32"


class Case(NamedTuple):
    """One episode: indices into the set, int64; `odd` by the class that is to be found."""

    support: Tensor
    normal: Tensor
    odd: dict[str, Tensor]


def measure_one_bin(data: PreparedSet, episodes: int) -> dict[str, Samples]:
    """Return of each kind of odd images the areas under the curve, and of the set false alarms and images found.

    In sets where each class is the normal one in turn, all other classes are one kind.
    """
    rows: dict[str, Samples] = {}
    marks = marks_of(data)
    closer = _seen_closely(data, marks) if marks else {}
    for case in _cases(data, episodes):
        with mock.patch.object(nearest, "ALIKE", LEFT_OUT.get(data.name, nearest.ALIKE)):
            classifier = _taught(data, case)
        shipped = _taught(data, case) if data.name in LEFT_OUT else classifier
        sets = {name: _features(data, rows_) for name, rows_ in {"": case.normal, **case.odd}.items()}
        both = classifier.classifier, shipped.classifier
        scores = {name: _scores(data, case, *both, images) for name, images in sets.items()}
        for kind in case.odd:
            row = rows.setdefault(f"{data.name}, {kind}", {})
            for name, known in scores[""].items():
                row.setdefault(name, []).append(_auroc(known, scores[kind][name]))
        flags = rows.setdefault(f"{data.name}, flagged", {})
        for share in FALSE_ALARMS:
            threshold = classifier.classifier.with_false_alarms(share).state.unknown_threshold
            odd = torch.cat([scores[kind][OURS] for kind in case.odd])
            for name, values in {"false alarms": scores[""][OURS], "odd images flagged": odd}.items():
                flags.setdefault(f"{name} at {share:.0%}", []).append(float((values > threshold).double().mean()))
        if marks:
            for look, figures in _regions(data, case, classifier, marks, closer):
                for name, value in figures.items():
                    rows.setdefault(f"{data.name}, {look}", {}).setdefault(name, []).append(value)
    for row in rows.values():
        if OURS in row:
            best = max((FINE, COARSE), key=lambda name: fmean(row[name]))
            for name in (OURS, SHIPPED):
                row[f"{name} − the better nearest"] = [a - b for a, b in zip(row[name], row[best], strict=True)]
    return rows


def _cases(data: PreparedSet, episodes: int) -> Iterator[Case]:
    generator = torch.Generator().manual_seed(len(data.labels))
    names = data.class_names
    normals = [NORMAL[data.name]] if data.name in NORMAL else list(names)
    for number in range(episodes):
        normal = normals[number % len(normals)]
        drawn = [_shuffled(torch.nonzero(data.labels == c).flatten(), generator) for c in range(len(names))]
        members = drawn[names.index(normal)]
        support, rest = members[:SHOTS], members[SHOTS:]
        rest = rest[~torch.isin(data.sources[rest], data.sources[support])][: 2 * QUERIES]
        odd = {name: rows[: 2 * QUERIES] for name, rows in zip(names, drawn, strict=True) if name != normal}
        if data.name not in NORMAL:
            each = max(2, 2 * QUERIES // len(odd))
            odd = {"other classes": torch.cat([rows[:each] for rows in odd.values()])}
        if len(rest):
            yield Case(support, rest, odd)


def _shuffled(rows: Tensor, generator: torch.Generator) -> Tensor:
    return rows[torch.randperm(len(rows), generator=generator)]


def _taught(data: PreparedSet, case: Case) -> ImageClassifier:
    directions, rows = data.embedder.backbone.class_directions, case.support
    fit = fit_head(
        data.features.pick(rows),
        torch.zeros(len(rows), dtype=torch.int64),
        1,
        [data.sizes[i] for i in rows.tolist()],
        directions,
        data.side,
        compared_with=data.compared_with[rows],
        groups=Grouping.of(data.sources[rows]),
        each=lambda: (data.images[i].features for i in rows.tolist()),
    )
    return ImageClassifier(FewShotClassifier(("normal",), fit.state, directions), data.embedder)


def _features(data: PreparedSet, rows: Tensor) -> ImageFeatures:
    return unpacked([data.images[i].data for i in rows.tolist()])


def _scores(
    data: PreparedSet, case: Case, classifier: FewShotClassifier, shipped: FewShotClassifier, images: ImageFeatures
) -> dict[str, Tensor]:
    head, support = classifier.head, _features(data, case.support)
    return {
        OURS: classifier.unlikeness(images),
        SHIPPED: shipped.unlikeness(images),
        GLOBAL: head.global_unlikeness(head.joint(images)),
        FINE: _farthest(images.fine_map, images.fine_scale, support.fine_map, support.fine_scale),
        COARSE: _farthest(images.coarse_map, images.coarse_scale, support.coarse_map, support.coarse_scale),
    }


def _farthest(maps: Tensor, scale: Tensor, known: Tensor, known_scale: Tensor) -> Tensor:
    """Largest distance of a region of each image (n, D, h, w) from the nearest of all known regions: (n,)."""
    regions = (known * known_scale[:, None]).flatten(2).transpose(1, 2).flatten(0, 1)
    return torch.stack(
        [1 - (regions @ (one * by).flatten(1)).amax(dim=0).amin() for one, by in zip(maps, scale, strict=True)]
    )


def _auroc(known: Tensor, odd: Tensor) -> float:
    truth = [0] * len(known) + [1] * len(odd)
    return float(roc_auc_score(truth, torch.cat((known, odd)).numpy()))


def _seen_closely(data: PreparedSet, marks: Marks) -> Mapping[int, EmbeddedImage]:
    looks, numbers = Looks(data.side, closer_side(data.embedder.backbone, data.side), 0.0), sorted(marks)
    batches = data.embedder.embed([data.paths[index] for index in numbers], looks)
    images = [image for batch in batches for image in batch if isinstance(image, EmbeddedImage)]
    return dict(zip(numbers, images, strict=True))


def _regions(
    data: PreparedSet, case: Case, classifier: ImageClassifier, marks: Marks, closer: Mapping[int, EmbeddedImage]
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield for each look how often the region most unlike the bin has its centre in a mark."""
    asked = [i for rows in case.odd.values() for i in rows.tolist() if i in marks]
    looks: dict[str, Sequence[EmbeddedImage]] = {
        "first look": [EmbeddedImage(closer[i].path, closer[i].data) for i in asked],
        "closer look": [closer[i] for i in asked],
    }
    for look, images in looks.items():
        hits, overlaps, centres, areas = [], [], [], []
        for index, found in zip(asked, classifier.predict(images), strict=True):
            assert found.region is not None
            width, height = data.sizes[index]
            hits.append(within(marks[index], *centre_of(found.region)))
            overlaps.append(overlap(marks[index], found.region))
            centres.append(within(marks[index], width / 2, height / 2))
            areas.append(found.region.width * found.region.height / (width * height))
        figures = {"region": hits, "overlap": overlaps, "share of the image": areas, "centre of the image": centres}
        yield look, {name: fmean(values) for name, values in figures.items()}
