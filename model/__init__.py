"""Few-shot image classification: train on a few images a class, classify others, and see which region decided.

    >>> from model import classify, train
    >>> classifier, report = train("resources/example/examples")
    >>> for one in classify(classifier, "resources/example/to_classify/sky_03.jpg"):
    ...     print(classifier.class_names[one.predicted], one.region is not None)
    emission_nebula True

The names in `__all__` are the public interface and stay; everything else may move. They are imported when first used,
so that importing this package takes no time. Needs neither Qt nor a network. docs/api.md has more examples.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.api import (
        classify as classify,
    )
    from model.api import (
        evaluate as evaluate,
    )
    from model.api import (
        explain as explain,
    )
    from model.api import (
        find_images as find_images,
    )
    from model.api import (
        image_items as image_items,
    )
    from model.api import (
        load as load,
    )
    from model.api import (
        read_image as read_image,
    )
    from model.api import (
        save as save,
    )
    from model.api import (
        suggest as suggest,
    )
    from model.api import (
        support_set as support_set,
    )
    from model.api import (
        train as train,
    )
    from model.errors import (
        BackboneError as BackboneError,
    )
    from model.errors import (
        CheckpointError as CheckpointError,
    )
    from model.errors import (
        DeviceError as DeviceError,
    )
    from model.errors import (
        FewShotError as FewShotError,
    )
    from model.errors import (
        ImageReadError as ImageReadError,
    )
    from model.errors import (
        NoImagesError as NoImagesError,
    )
    from model.errors import (
        SupportSetError as SupportSetError,
    )
    from model.progress import (
        Cancelled as Cancelled,
    )
    from model.progress import (
        CancelToken as CancelToken,
    )
    from model.progress import (
        Progress as Progress,
    )
    from model.runs.image_classifier import (
        ImageClassifier as ImageClassifier,
    )
    from model.types import (
        Attend as Attend,
    )
    from model.types import (
        Explanation as Explanation,
    )
    from model.types import (
        Prediction as Prediction,
    )
    from model.types import (
        Region as Region,
    )
    from model.types import (
        Status as Status,
    )
    from model.types import (
        SupportSet as SupportSet,
    )
    from model.types import (
        TrainingReport as TrainingReport,
    )

_MODULES = {
    "Attend": "model.types",
    "BackboneError": "model.errors",
    "CancelToken": "model.progress",
    "Cancelled": "model.progress",
    "CheckpointError": "model.errors",
    "DeviceError": "model.errors",
    "Explanation": "model.types",
    "FewShotError": "model.errors",
    "ImageClassifier": "model.runs.image_classifier",
    "ImageReadError": "model.errors",
    "NoImagesError": "model.errors",
    "Prediction": "model.types",
    "Progress": "model.progress",
    "Region": "model.types",
    "Status": "model.types",
    "SupportSet": "model.types",
    "SupportSetError": "model.errors",
    "TrainingReport": "model.types",
    "classify": "model.api",
    "evaluate": "model.api",
    "explain": "model.api",
    "find_images": "model.api",
    "image_items": "model.api",
    "load": "model.api",
    "read_image": "model.api",
    "save": "model.api",
    "suggest": "model.api",
    "support_set": "model.api",
    "train": "model.api",
}

__all__ = [
    "Attend",
    "BackboneError",
    "CancelToken",
    "Cancelled",
    "CheckpointError",
    "DeviceError",
    "Explanation",
    "FewShotError",
    "ImageClassifier",
    "ImageReadError",
    "NoImagesError",
    "Prediction",
    "Progress",
    "Region",
    "Status",
    "SupportSet",
    "SupportSetError",
    "TrainingReport",
    "classify",
    "evaluate",
    "explain",
    "find_images",
    "image_items",
    "load",
    "read_image",
    "save",
    "suggest",
    "support_set",
    "train",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - one of many kinds
    if name not in _MODULES:
        raise AttributeError(f"module 'model' has no attribute {name!r}")
    found = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
