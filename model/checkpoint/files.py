"""Save and load a classifier: a folder with tensors (safetensors) and facts (JSON).

A classifier may come from anyone: nothing in it can run code, no path or address in it is followed,
and what it holds is judged by `checkpoint_layout` before memory is taken for it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from model.backbones.base import Backbone
from model.backbones.registry import create_backbone
from model.checkpoint.header import MOST_EXAMPLES, Declared, check_class_names, check_declared, declared_tensors
from model.classifier import ClassifierState, FewShotClassifier
from model.embedding.embedder import Embedder, backbone_fingerprint
from model.embedding.sizes import LARGEST_SIDE, STRIDE
from model.errors import CheckpointError
from model.features import layout
from model.features.texture import SUMMARY
from model.head.joint_space import VIEWS
from model.images.colour import WHITE, Colour

FORMAT = "fewshot-classifier"
VERSION = 6
FACTS_FILE = "classifier.json"
TENSORS_FILE = "classifier.safetensors"
_BACKBONE_PREFIX = "backbone."
_TIMM_PREFIX = "timm:"
_MOST_FACTS_BYTES = 32 * 2**20
_LARGEST = 1e6  # of all numbers but the threshold of the unknown: sums of products stay far from overflow
_LEAST_DIVISOR = 1e-9
_SIDES = range(STRIDE, LARGEST_SIDE + 1)
_MOST_PIXELS = 1e6  # of an example's sqrt(width * height)
_DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64", torch.float16: "F16", torch.uint8: "U8"}


def save(classifier: FewShotClassifier, folder: Path) -> None:
    """Write `classifier` to `folder`, which is made, or replaced when it holds a classifier.

    The folder appears whole or not at all. Raises `CheckpointError` when something else is in its
    place or it cannot be written.
    """
    folder = folder.absolute()
    if folder.exists() and not is_classifier(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise CheckpointError(f"{folder} exists and is not a classifier. Give another place for it.")
    try:
        check_class_names(classifier.class_names)
    except ValueError as error:
        raise CheckpointError(f"{folder} cannot be written: {error}. Rename the class and train again.") from error
    backbone = classifier.embedder.backbone
    tensors = {name: getattr(classifier.state, name).contiguous() for name in ClassifierState.names()}
    if not backbone.pretrained or backbone.name.startswith(_TIMM_PREFIX):  # what no installation is sure to have
        tensors |= {
            _BACKBONE_PREFIX + key: value.detach().cpu().contiguous() for key, value in backbone.state_dict().items()
        }
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "class_names": classifier.class_names,
        "backbone": backbone.name,
        "backbone_fingerprint": classifier.embedder.fingerprint,
        "ground": classifier.embedder.ground,
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            fresh, old = Path(temporary) / "new", Path(temporary) / "old"
            fresh.mkdir()
            save_file(tensors, str(fresh / TENSORS_FILE))
            facts["tensors_sha256"] = _sha256(fresh / TENSORS_FILE)
            (fresh / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False, indent=2), encoding="utf-8")
            if folder.exists():
                os.replace(folder, old)
                for other in old.iterdir():  # results or notes that somebody put beside the classifier
                    if other.name not in {FACTS_FILE, TENSORS_FILE}:
                        os.replace(other, fresh / other.name)
            os.replace(fresh, folder)
    except OSError as error:
        raise CheckpointError(f"{folder} cannot be written: {error.strerror or error}.") from error


def is_classifier(folder: Path) -> bool:
    """Whether `folder` looks like a saved classifier."""
    return os.path.isfile(folder / FACTS_FILE) and os.path.isfile(folder / TENSORS_FILE)


def load(folder: Path, device: str = "auto", embedder: Embedder | None = None) -> FewShotClassifier:
    """Read a classifier; `embedder` is reused where it holds the same backbone weights.

    Raises `CheckpointError` for what is missing, damaged, foreign or from a newer version,
    `BackboneError` where the backbone's weights are not installed, and `DeviceError`.
    """
    if not is_classifier(folder):
        raise CheckpointError(f"{folder} is not a classifier saved by Fewshot (no {FACTS_FILE} and {TENSORS_FILE}).")
    facts, path = _facts(folder), folder / TENSORS_FILE
    names = tuple(facts["class_names"])
    try:
        declared = declared_tensors(path)
        own = embedder is None or embedder.fingerprint != facts["backbone_fingerprint"]
        backbone = _outline(folder, facts, declared) if own or embedder is None else embedder.backbone
        check_declared(path, declared, _expected(len(names), backbone, declared))
        if facts.get("tensors_sha256") != _sha256(path):
            raise CheckpointError(f"{path} is damaged. Train again or use a copy.")
        tensors = load_file(str(path))
        # Copied, since sums come out the same to the last digit only where the numbers lie as torch lays them.
        state = ClassifierState(**{name: tensors[name].clone() for name in ClassifierState.names()})
    except (SafetensorError, OSError, KeyError) as error:
        raise CheckpointError(f"{path} is damaged ({error}). Train again or use a copy.") from error
    _check_values(path, state, len(names))
    if own or embedder is None:
        embedder = _embedder(folder, facts, backbone, tensors, device)
    try:
        return FewShotClassifier(names, embedder.over(_ground(facts, path)), state)
    except (RuntimeError, ValueError, IndexError) as error:
        raise CheckpointError(
            f"{path} is damaged: no classifier has these numbers. Train again or use a copy."
        ) from error


def _facts(folder: Path) -> dict[str, Any]:
    path = folder / FACTS_FILE
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_FACTS_BYTES + 1)
        facts = json.loads(raw.decode("utf-8")) if len(raw) <= _MOST_FACTS_BYTES else None
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} cannot be read ({error}). Train again or use a copy.") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or not isinstance(facts.get("version"), int):
        raise CheckpointError(f"{path} does not describe a Fewshot classifier.")
    if facts["version"] > VERSION:
        raise CheckpointError(f"{folder} was saved by a newer Fewshot. Update Fewshot to use it.")
    if facts["version"] < VERSION:
        raise CheckpointError(f"{folder} was saved by an older Fewshot, which saw less of an image. Train again.")
    try:
        check_class_names(facts.get("class_names"))
    except ValueError as error:
        raise CheckpointError(f"{path} is damaged: {error}. Train again or use a copy.") from error
    if not isinstance(facts.get("backbone"), str) or not isinstance(facts.get("backbone_fingerprint"), str):
        raise CheckpointError(f"{path} lacks the backbone. Train again or use a copy.")
    return facts


def _ground(facts: dict[str, Any], path: Path) -> Colour:
    match facts.get("ground", list(WHITE)):  # older classifiers know only white
        case [int(red), int(green), int(blue)] if all(0 <= part <= 255 for part in (red, green, blue)):
            return red, green, blue
    raise CheckpointError(f"{path} is damaged: its ground is no colour. Train again or use a copy.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _outline(folder: Path, facts: dict[str, Any], declared: dict[str, Declared]) -> Backbone:
    """Make the backbone, to see what belongs to it; one of timm's takes no memory yet."""
    name: str = facts["backbone"]
    if not name.startswith(_TIMM_PREFIX):
        return create_backbone(name)
    if "@" in name or not any(key.startswith(_BACKBONE_PREFIX) for key in declared):
        raise CheckpointError(f"{folder} lacks the weights of its backbone. Train again.")
    with torch.device("meta"):
        return create_backbone(name, empty=True)


def _embedder(
    folder: Path, facts: dict[str, Any], backbone: Backbone, tensors: dict[str, torch.Tensor], device: str
) -> Embedder:
    own = {key.removeprefix(_BACKBONE_PREFIX): v for key, v in tensors.items() if key.startswith(_BACKBONE_PREFIX)}
    if backbone.name.startswith(_TIMM_PREFIX):  # its weights came along: no file or hub is asked
        backbone = create_backbone(backbone.name, empty=True)
    if own:
        backbone.load_state_dict(own)
    if backbone_fingerprint(backbone) != facts["backbone_fingerprint"]:
        raise CheckpointError(
            f"{folder} was trained with other weights of {backbone.name} than are installed here. Train again, "
            "or install the version it was trained with."
        )
    return Embedder(backbone, device)


def _expected(ways: int, backbone: Backbone, declared: dict[str, Declared]) -> dict[str, Declared]:
    """What a classifier of `ways` classes over `backbone` holds; how many examples, it may say itself."""
    labels = declared.get("labels")
    examples = labels.shape[0] if labels is not None and len(labels.shape) == 1 else 0
    examples = min(examples, MOST_EXAMPLES)
    fine, coarse = backbone.channels
    joined = fine + coarse
    joint = joined + len(backbone.class_directions) + fine * layout.CELLS**2 + SUMMARY
    shapes = {
        "texture_mean": (SUMMARY,),
        "texture_deviation": (SUMMARY,),
        "centre": (joint,),
        "scales": (len(VIEWS),),
        "shares": (len(VIEWS),),
        "descriptors": (joint, ways),
        "offsets": (ways,),
        "class_means": (ways, joined),
        "local_descriptors": (ways, joined),
        "response_directions": (ways, coarse),
        "examples": (examples, joint),
        "labels": (examples,),
        "leave_one_out": (examples, ways),
        "scalars": (9,),
    }
    types = {"labels": "I64", "scalars": "F64"}
    expected = {name: Declared(types.get(name, "F32"), shape) for name, shape in shapes.items()}
    if any(name.startswith(_BACKBONE_PREFIX) for name in declared):
        for key, value in backbone.state_dict().items():
            expected[_BACKBONE_PREFIX + key] = Declared(_DTYPES.get(value.dtype, "?"), tuple(value.shape))
    return expected


def _check_values(path: Path, state: ClassifierState, ways: int) -> None:
    """Raise `CheckpointError` for numbers with which predicting would fail, or take memory without bound."""

    def refuse(name: str) -> NoReturn:
        raise CheckpointError(f"{path} is damaged: {name} holds impossible numbers. Train again or use a copy.")

    for name in ClassifierState.names():
        value = getattr(state, name)
        bounded = torch.cat([value[:4], value[5:]]) if name == "scalars" else value
        if not bool((bounded.abs() <= _LARGEST).all()):  # not true of what is no number
            refuse(name)
    _, _, _, temperature, unknown, example_size, side, texture_deviation, _ = state.scalars.tolist()
    # inf is the honest threshold where too few examples exist to call anything unknown.
    if (
        math.isnan(unknown)
        or min(temperature, texture_deviation, float(state.texture_deviation.min())) < _LEAST_DIVISOR
    ):
        refuse("scalars")
    if side not in _SIDES or not 0 < example_size <= _MOST_PIXELS:
        refuse("scalars")
    if bool((state.shares < 0).any()):
        refuse("shares")
    if state.labels.numel() and not 0 <= int(state.labels.min()) <= int(state.labels.max()) < ways:
        refuse("labels")
