"""What it is worth to say where examples show their class ("here") and where not ("not here").

    python -m benchmarks.here DATA [--episodes 16] [--only tile ...]

"here": episodes of sets whose things are marked, without boxes, with those of all examples, and with that of one
example a class. Tiles and white cells have boxes; of the others a picture is pasted somewhere on a photograph, as an
example and as a query. "not here": the examples of one class get a caption that no other class has; boxes say that it
is not to count; and the same boxes where there is no caption, which should cost nothing. Queries have no caption, or
all of them have it. All differences are paired, in points.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import torch
from PIL import ImageDraw, ImageFont

from benchmarks.accuracy.episodes import Episode, draw_episodes, mean_of
from benchmarks.accuracy.heads import constants_for
from benchmarks.accuracy.marked_region import BOXES
from benchmarks.accuracy.painting import centre_of, pasted, within
from benchmarks.accuracy.sets import Folders, find_set, groups_of
from benchmarks.accuracy.tables import signed_percent, table
from model.backbones.names import DEFAULT_BACKBONE
from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedder, readable_sizes
from model.embedding.image import EmbeddedImage
from model.embedding.labelled_images import LabelledImages, embed_labelled
from model.features.sizes import Looks, closer_side, working_side
from model.head.fitting import fit_head
from model.images.reading import read_image
from model.progress import CancelToken, ignore_progress
from model.runs.image_classifier import ImageClassifier
from model.types import Attend, Region

MARKED, SOMEWHERE = ("tile", "wbc"), ("blood_cells", "stamps", "clipart", "animals")
CAPTIONED = ("tile", "wbc", "blood_cells", "cifar10_mini", "solar", "fire", "fundus")
SHOTS = (1, 3, 5)
SCENE, SHARES = 224, (1 / 4, 1 / 2)  # pixels of a photograph, and of its side what is pasted on it
CAPTION = (0.5, 0.14)  # of a picture's width and height
BINS = 10
Marks = dict[Path, tuple[Region, ...]]
Row = dict[str, float]


@dataclass(frozen=True, eq=False)
class _Set:
    """Embedded pictures with what is marked on them; `sources` as in `draw_episodes`."""

    name: str
    ways: int
    class_names: tuple[str, ...]
    seen: LabelledImages
    sources: torch.Tensor | None
    marks: Marks
    embedder: Embedder
    side: int

    def closer(self, index: int) -> EmbeddedImage:
        """One picture at both looks, from the embedder's memory or from disk."""
        looks = Looks(self.side, closer_side(self.embedder.backbone, self.side), 0.0)
        return self.embedder.embed_one(self.seen.images[index].path, looks)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.here")
    parser.add_argument("data", type=Path, help="the folder that holds the sets")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--only", nargs="*", help="sets")
    options = parser.parse_args()
    torch.set_num_threads(1)
    embedder = Embedder.create(DEFAULT_BACKBONE)
    with tempfile.TemporaryDirectory(prefix="fewshot-here-") as name:
        folders = Folders(options.data, Path(name))
        for each in (*MARKED, *SOMEWHERE):
            if not options.only or each in options.only:
                _print_here(
                    _loaded(each, folders, embedder, "marked" if each in MARKED else "somewhere"), options.episodes
                )
        for each in CAPTIONED:
            if not options.only or each in options.only:
                plain, captioned = (_loaded(each, folders, embedder, kind) for kind in ("plain", "captioned"))
                _print_not_here(plain, captioned, options.episodes)


def _loaded(name: str, folders: Folders, embedder: Embedder, kind: str) -> _Set:
    image_set = find_set(name)
    files = image_set.load(folders)
    if files is None:
        raise SystemExit(f"{name} is not there; to get it: {image_set.to_get}")
    flat = [(label, path) for label, group in enumerate(files.values()) for path in group]
    marks: Marks = {}
    paths = [path for _, path in flat]
    if kind == "marked":
        listed = json.loads((paths[0].parent.parent / BOXES).read_text(encoding="utf-8"))
        named = {path: listed.get("/".join(path.parts[-2:]), ()) for path in paths}
        marks = {path: tuple(Region(*map(int, box)) for box in boxes) for path, boxes in named.items() if boxes}
    elif kind != "plain":
        assert folders.data is not None
        photographs = sorted((folders.data / "cifar10_mini").rglob("*.png"))
        generator = torch.Generator().manual_seed(7)
        for number, path in enumerate(paths):
            paths[number] = folders.cache / f"{name}-{kind}-{number:04}.png"
            if kind == "captioned":
                marks[paths[number]] = (_captioned(path, paths[number]),)
            else:
                picture, (left, top, right, bottom) = pasted(path, photographs, SCENE, SHARES, generator)
                picture.save(paths[number])
                marks[paths[number]] = (Region(left, top, right - left, bottom - top),)
    groups = [[paths[at] for at, (label, _) in enumerate(flat) if label == c] for c in range(len(files))]
    side = working_side(embedder.backbone, readable_sizes(paths))
    seen = embed_labelled(groups, embedder, side, "", ignore_progress, CancelToken())
    known, numbers = groups_of(files), dict[str, int]()
    sources = [numbers.setdefault(known.get(path, str(path)), len(numbers)) for _, path in flat] if known else None
    return _Set(
        name,
        min(image_set.ways[0], len(files)),
        tuple(files),
        seen,
        None if sources is None else torch.tensor(sources),
        marks,
        embedder,
        side,
    )


def _captioned(path: Path, target: Path) -> Region:
    """Write a picture with a caption in its lower right corner; return where."""
    picture = read_image(path).convert("RGB").copy()
    width, height = max(8, int(CAPTION[0] * picture.width)), max(5, int(CAPTION[1] * picture.height))
    left, top = picture.width - width, picture.height - height
    draw = ImageDraw.Draw(picture)
    draw.rectangle((left, top, picture.width, picture.height), fill=(10, 10, 10))
    font = ImageFont.load_default(size=max(5, height - 4))
    draw.text((left + 2, top + 1), "SITE B 0417", fill=(250, 250, 250), font=font)
    picture.save(target)
    return Region(left, top, width, height)


def _fitted(data: _Set, episode: Episode, seen: LabelledImages, said: Mapping[Path, Attend]) -> ImageClassifier:
    features, directions = seen.features(), data.embedder.backbone.class_directions
    compared = seen.compared_with(features)
    fit = fit_head(
        features,
        episode.support_labels,
        len(episode.classes),
        seen.sizes,
        directions,
        data.side,
        compared_with=compared,
        constants=constants_for(data.name),
        attended=seen.attended(said, features, compared),
    )
    names = [data.class_names[c] for c in episode.classes]
    return ImageClassifier(FewShotClassifier(names, fit.state, directions), data.embedder)


def _examples(data: _Set, episode: Episode) -> LabelledImages:
    return LabelledImages([data.seen.images[i] for i in episode.support.tolist()], episode.support_labels, ())


def _decided(classifier: ImageClassifier, data: _Set, episode: Episode) -> tuple[torch.Tensor, torch.Tensor]:
    """Predicted classes and confidences of the queries."""
    found = classifier.predict([data.seen.images[i] for i in episode.queries.tolist()])
    return torch.tensor([one.predicted for one in found]), torch.tensor([one.confidence for one in found])


def _print_here(data: _Set, episodes: int) -> None:
    rows = []
    for shots in SHOTS:
        told: dict[str, list[Row]] = {"none": [], "all": [], "one a class": []}
        sure: dict[str, list[tuple[torch.Tensor, torch.Tensor]]] = {name: [] for name in told}
        for episode in draw_episodes(data.seen.labels, data.ways, shots, episodes, f"here {data.name}", data.sources):
            seen = _examples(data, episode)
            paths = [image.path for image in seen.images]
            first = [paths[episode.support_labels.tolist().index(c)] for c in range(len(episode.classes))]
            for name, boxed in (("none", []), ("all", paths), ("one a class", first)):
                said = {path: Attend(data.marks[path]) for path in boxed if path in data.marks}
                classifier = _fitted(data, episode, seen, said)
                predicted, confidence = _decided(classifier, data, episode)
                right = (predicted == episode.query_labels).double()
                told[name].append({"accuracy": float(right.mean()), **_hits(classifier, data, episode)})
                sure[name].append((confidence, right))
        for name in ("all", "one a class") if shots > 1 else ("all",):
            rows.append([f"{data.name}, {shots}", name, *_differences(told["none"], told[name])])
            rows[-1] += [f"{100 * _calibration(sure[which]):.1f}" for which in ("none", name)]
    head = ["set, shots", "boxes", "accuracy", "region, first look", "closer look", "calibration error without", "with"]
    print("\n".join(table(head, rows)), flush=True)


def _hits(classifier: ImageClassifier, data: _Set, episode: Episode) -> Row:
    """How often the centre of the region of a query's own class lies in a mark, at both looks."""
    hits: dict[str, list[float]] = {"first": [], "closer": []}
    labels = episode.query_labels.tolist()
    for c in range(len(episode.classes)):
        asked = [i for i, label in zip(episode.queries.tolist(), labels, strict=True) if label == c]
        closer = [data.closer(i) for i in asked if data.seen.images[i].path in data.marks]
        for look, images in {"first": [EmbeddedImage(one.path, one.data) for one in closer], "closer": closer}.items():
            for found in classifier.predict(images, c):
                assert found.region is not None
                boxes = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in data.marks[found.path]]
                hits[look].append(within(boxes, *centre_of(found.region)))
    return {look: fmean(values) for look, values in hits.items()}


def _print_not_here(data: _Set, captioned: _Set, episodes: int) -> None:
    rows = []
    for shots in SHOTS:
        told: dict[str, list[Row]] = {"clean": [], "clean, boxes": [], "captions": [], "captions, boxes": []}
        for episode in draw_episodes(data.seen.labels, data.ways, shots, episodes, f"here {data.name}", data.sources):
            both = (_examples(data, episode), _examples(captioned, episode))
            first = (episode.support_labels == 0).tolist()
            mixed = [b if is_first else a for is_first, a, b in zip(first, both[0].images, both[1].images, strict=True)]
            with_captions = LabelledImages(mixed, episode.support_labels, ())
            marks = [captioned.marks[one.path] for one in both[1].images]
            for name, seen in (("clean", both[0]), ("captions", with_captions)):
                boxes = {
                    one.path: Attend((), mark)
                    for is_first, one, mark in zip(first, seen.images, marks, strict=True)
                    if is_first
                }
                for said, row in (({}, told[name]), (boxes, told[f"{name}, boxes"])):
                    classifier = _fitted(data, episode, seen, said)
                    row.append({w: _right(classifier, q, episode) for w, q in (("plain", data), ("with", captioned))})
        levels = [f"{100 * fmean(one[which] for one in told[name]):.1f}" for name, which in _LEVELS]
        gains = _differences(told["captions"], told["captions, boxes"], ("plain", "with"))
        harm = _differences(told["clean"], told["clean, boxes"], ("plain",))
        rows.append([f"{data.name}, {shots}", *levels, *gains, *harm])
    head = ["set, shots", "no caption", "query has it", "examples have it", "both", "boxes, examples have it", "both"]
    print("\n".join(table([*head, "boxes, no caption"], rows)), flush=True)


_LEVELS = (("clean", "plain"), ("clean", "with"), ("captions", "plain"), ("captions", "with"))


def _right(classifier: ImageClassifier, queries: _Set, episode: Episode) -> float:
    predicted, _ = _decided(classifier, queries, episode)
    return float((predicted == episode.query_labels).double().mean())


def _differences(before: Sequence[Row], after: Sequence[Row], names: Sequence[str] = ()) -> list[str]:
    pairs = list(zip(before, after, strict=True))
    return [signed_percent(mean_of([b[name] - a[name] for a, b in pairs])) for name in names or before[0]]


def _calibration(told: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> float:
    """Expected calibration error over the queries of all episodes."""
    confidence, right = (torch.cat(parts) for parts in zip(*told, strict=True))
    numbers = (confidence * BINS).long().clamp_max(BINS - 1)
    total = 0.0
    for number in numbers.unique():
        some = numbers == number
        total += float(some.double().mean() * (confidence[some].double().mean() - right[some].mean()).abs())
    return total


if __name__ == "__main__":
    main()
