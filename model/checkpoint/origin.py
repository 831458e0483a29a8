"""With what a classifier was made: versions, backbone, runtime and code, so that it can be made again."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from model.checkpoint.facts import VERSION
from model.runs.image_classifier import ImageClassifier

_PACKAGES = ("fewshot", "torch", "openvino", "numpy", "scipy", "pillow")


def origin_of(classifier: ImageClassifier) -> dict[str, Any]:
    """Return what a record says of a training besides its examples, as values of JSON.

    versions: of this program and of the packages whose numbers take part; "" where one is not installed
    code: SHA-256 of this package's own files, which hold every constant and all of the preprocessing
    features: backbone's weights, precision and the views, by which embeddings are kept
    """
    embedder = classifier.embedder
    greys, ground = embedder.rendering.greys, embedder.rendering.ground
    return {
        "versions": {name: _version(name) for name in _PACKAGES},
        "code": _code(),
        "format": VERSION,
        "backbone": embedder.backbone.name,
        "backbone_fingerprint": embedder.fingerprint,
        "runtime": embedder.device_note,
        "precision": embedder.runtime.precision,
        "features": embedder.kind,
        "views": list(classifier.classifier.state.view_names),
        "rendering": {
            "ground": list(ground),
            "greys": {"range": greys.range.value, "low": greys.low, "high": greys.high},
        },
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@cache
def _code() -> str:
    """Return the SHA-256 of the package's Python files, each with its path, in the order of their paths."""
    package = Path(__file__).resolve().parents[1]
    digest = sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + sha256(file.read_bytes()).digest())
    return digest.hexdigest()
