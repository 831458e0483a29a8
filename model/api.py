"""Functions of the package's public face (`from model import ...`), for scripts and notebooks.

Paths may be strings. Everything stays on this machine. Each function raises a `FewShotError` whose message says what is
wrong and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from model.backbones.names import DEFAULT_BACKBONE
from model.images.scan import class_folders, iter_images
from model.messages import message
from model.progress import CancelToken, ProgressCallback, ignore_progress
from model.types import Explanation, FetchKind, Prediction, SupportSet, TrainingReport, Wanted

if TYPE_CHECKING:
    from PIL import Image

    from model.evaluation.episodes import ShotFigures
    from model.runs.image_classifier import ImageClassifier

AnyPath = str | Path


def support_set(folder: AnyPath) -> SupportSet:
    """Return the support set of a folder with one sub-folder of examples a class. Raises `SupportSetError`.

    >>> support_set("resources/example/examples").shots
    (5, 5, 5)
    """
    groups = class_folders(Path(folder))
    return SupportSet(tuple(name for name, _ in groups), tuple(tuple(files) for _, files in groups))


def train(
    support: SupportSet | AnyPath,
    *,
    backbone: str = DEFAULT_BACKBONE,
    seed: int = 0,
    device: str = "auto",
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> tuple[ImageClassifier, TrainingReport]:
    """Train a classifier on a support set, or on a folder as for `support_set`; return it with a report.

    The same files and seed give the same classifier. Images that cannot be read are left out and named in the report.
    Raises `SupportSetError`, `BackboneError`, `DeviceError` and, where `token` is cancelled, `Cancelled`.

    >>> classifier, report = train("resources/example/examples")
    >>> classifier.class_names
    ('emission_nebula', 'galaxy', 'star_cluster')
    >>> [round(example.weight) for example in report.examples[:3]]
    [1, 1, 1]
    """
    from model.training.train import train as train_on

    chosen = support if isinstance(support, SupportSet) else support_set(support)
    return train_on(chosen, backbone=backbone, seed=seed, device=device, progress=progress, token=token)


def save(classifier: ImageClassifier, folder: AnyPath) -> None:
    """Write a classifier to a folder, which can be moved to another machine. Raises `CheckpointError`."""
    from model.checkpoint.files import save as save_to

    save_to(classifier, Path(folder))


def load(folder: AnyPath, *, device: str = "auto") -> ImageClassifier:
    """Read a classifier that `save` or `fewshot train` wrote.

    Raises `CheckpointError`, `BackboneError` and `DeviceError`.

    >>> import tempfile
    >>> classifier, _ = train("resources/example/examples")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(classifier, f"{folder}/sky")
    ...     load(f"{folder}/sky").class_names == classifier.class_names
    True
    """
    from model.checkpoint.files import load as load_from

    return load_from(Path(folder), device)


def classify(
    classifier: ImageClassifier,
    paths: AnyPath | Iterable[AnyPath],
    *,
    explain_class: str | None = None,
    closely: bool = False,
    maps: bool = False,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Iterator[Prediction]:
    """Yield a prediction for every image of files and folders, in order; memory does not grow with their number.

    Regions are those for the predicted class, or for `explain_class`; with `closely` every image gets the closer look,
    which finds regions better and takes about four times as long. `maps` adds evidence maps.
    An image that cannot be read has `Status.ERROR` and a message. Raises `Cancelled`, and `ValueError` for a class
    that the classifier does not have.

    >>> classifier, _ = train("resources/example/examples")
    >>> for one in classify(classifier, "resources/example/to_classify/sky_03.jpg"):
    ...     print(one.path.name, classifier.class_names[one.predicted], one.status)
    sky_03.jpg emission_nebula ok
    """
    from model.runs.classify import Asked, classified

    shown = None
    if explain_class is not None:
        if explain_class not in classifier.class_names:
            raise ValueError(f"{explain_class!r} is not a class. The classes are {', '.join(classifier.class_names)}.")
        shown = classifier.class_names.index(explain_class)
    asked = Asked(shown, closely, maps)
    for batch in classified(classifier, find_images(paths), asked, progress, token):
        yield from (one.prediction for one in batch)


def explain(classifier: ImageClassifier, path: AnyPath, examples: SupportSet | AnyPath | None = None) -> Explanation:
    """Return evidence maps, regions and scores of one image for every class.

    With `examples`, a support set of the classifier's classes or a folder as for `support_set`, also the examples'
    regions most like the image's. Raises `ImageReadError`, and `ValueError` where the classes are others.
    `classifier.without_region(path, region)` predicts the image with a region covered.

    >>> classifier, _ = train("resources/example/examples")
    >>> found = explain(classifier, "resources/example/to_classify/sky_03.jpg")
    >>> found.evidence_maps.shape[0], len(found.regions), found.image_size
    (3, 3, (400, 300))
    >>> why = explain(classifier, "resources/example/to_classify/sky_03.jpg", "resources/example/examples").by_example
    >>> [(classifier.class_names[one.class_index], len(one.like)) for one in why][0]
    ('emission_nebula', 3)
    """
    if examples is None:
        return classifier.explain(Path(path))
    chosen = examples if isinstance(examples, SupportSet) else support_set(examples)
    by_name = dict(zip(chosen.class_names, chosen.images, strict=True))
    if by_name.keys() != set(classifier.class_names):
        raise ValueError(f"The examples have other classes than the classifier: {', '.join(chosen.class_names)}.")
    return classifier.explain(Path(path), [by_name[name] for name in classifier.class_names], chosen.attend)


def evaluate(
    folder: AnyPath,
    *,
    shots: Sequence[int] = (1, 5, 10),
    episodes: int = 100,
    backbone: str = DEFAULT_BACKBONE,
    seed: int = 0,
    device: str = "auto",
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> list[ShotFigures]:
    """Measure accuracy by episodes drawn from a folder of classes, and that of plain heads on the same features.

    Returns the figures for each of `shots`, 0..1. Copies of pictures take no part. Raises `SupportSetError`,
    `BackboneError`, `DeviceError` and `Cancelled`.

    >>> (figures,) = evaluate("resources/example/examples", shots=(2,), episodes=2)
    >>> sorted(figures.methods)
    ['fewshot', 'logistic regression', 'nearest class mean', 'ridge']
    """
    from model.embedding.embedder import Embedder
    from model.evaluation.episodes import evaluate as evaluate_on

    support, embedder = support_set(folder), Embedder.create(backbone, device)
    return evaluate_on(
        support.class_names,
        support.images,
        embedder,
        shots=shots,
        episodes=episodes,
        seed=seed,
        progress=progress,
        token=token,
    ).figures


def suggest(
    paths: AnyPath | Iterable[AnyPath],
    labelled: Sequence[AnyPath] = (),
    *,
    count: int = 10,
    kind: str = "teach",
    like: AnyPath | None = None,
    classifier: ImageClassifier | None = None,
    of: str | None = None,
    seed: int = 0,
    backbone: str = DEFAULT_BACKBONE,
    device: str = "auto",
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> list[Path]:
    """Return a few images of files and folders, best first; as a rule those that are best labelled next.

    `labelled` are images that have a label already; they are not returned. `kind`: "teach", those that would teach the
    most; "doubtful", the first two classes are closest; "typical" of the class `of`; "unlike", least like the labelled
    ones or, without any, like the others; "random", the same for the same `seed`; "like", like the image `like` or, for
    "img.png#xywh=left,top,width,height", like that region of it. "doubtful" and "typical" need a `classifier`; where
    there is one, its backbone is used. Raises `NoImagesError`, `ImageReadError` for `like`, `UsageError` where options
    do not fit, `BackboneError`, `DeviceError` and `Cancelled`.

    >>> like = "resources/example/to_classify/sky_03.jpg"
    >>> len(suggest("resources/example/to_classify", kind="like", like=like, count=5))
    5
    """
    from model.embedding.embedder import Embedder
    from model.errors import UsageError
    from model.runs.fetch import fetch
    from model.runs.fetch_data import Search, whole_and_region

    if kind not in tuple(FetchKind):
        raise UsageError(message("{kind!r} is no kind. The kinds are {kinds}.", kind=kind, kinds=", ".join(FetchKind)))
    number = None
    if of is not None:
        if classifier is None or of not in classifier.class_names:
            raise UsageError(message("{value!r} is no class of the classifier.", value=of))
        number = classifier.class_names.index(of)
    found, known = find_images(paths), [Path(path) for path in labelled]
    image, region = (None, None) if like is None else whole_and_region(Path(like), found)
    embedder = Embedder.create(backbone, device) if classifier is None else classifier.embedder
    have_label = set(known)
    search = Search(
        Wanted(FetchKind(kind), count, number, image, region, seed),
        [path for path in found if path not in have_label],
        known,
        embedder,
        None if classifier is None else classifier.side,
        classifier,
        progress=progress,
        token=token or CancelToken(),
    )
    return list(fetch(search).images)


def find_images(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    """Return the images of files and folders (searched with their sub-folders): files, or their pages and frames.

    >>> len(find_images("resources/example/to_classify"))
    35
    """
    given = [paths] if isinstance(paths, str | Path) else paths
    return list(iter_images([Path(path) for path in given]))


def image_items(path: AnyPath) -> list[Path]:
    """Return the images in one file: itself, or its pages or frames, which are named such as `scan.tif#3`.

    >>> [item.name for item in image_items("resources/example/to_classify/sky_03.jpg")]
    ['sky_03.jpg']
    """
    from model.images.reading import parts

    return parts(Path(path))


def read_image(path: AnyPath) -> Image.Image:
    """Read an image in the form that classifiers use: RGB, upright, in sRGB, 8 bits. Raises `ImageReadError`.

    >>> picture = read_image("resources/example/to_classify/sky_03.jpg")
    >>> picture.mode, picture.size
    ('RGB', (400, 300))
    """
    from model.images.reading import read_image as read

    return read(Path(path))
