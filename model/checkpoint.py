"""Save and load a classifier: a folder with tensors (safetensors) and facts (JSON). Nothing in it can run code."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from model.backbones.registry import create_backbone
from model.classifier import ClassifierState, FewShotClassifier
from model.embedding import Embedder, backbone_fingerprint
from model.errors import CheckpointError
from model.fusion import VIEWS
from model.texture import SUMMARY

FORMAT = "fewshot-classifier"
VERSION = 3
FACTS_FILE = "classifier.json"
TENSORS_FILE = "classifier.safetensors"
_BACKBONE_PREFIX = "backbone."


def save(classifier: FewShotClassifier, folder: Path) -> None:
    """Write `classifier` to `folder`, which is made, or replaced when it holds a classifier.

    The folder appears whole or not at all. Raises `CheckpointError` when something else is in its
    place or it cannot be written.
    """
    folder = folder.absolute()
    if folder.exists() and not is_classifier(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise CheckpointError(f"{folder} exists and is not a classifier. Give another place for it.")
    backbone = classifier.embedder.backbone
    tensors = {name: getattr(classifier.state, name).contiguous() for name in ClassifierState.names()}
    if not backbone.pretrained:
        tensors |= {
            _BACKBONE_PREFIX + key: value.detach().cpu().contiguous() for key, value in backbone.state_dict().items()
        }
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "class_names": classifier.class_names,
        "backbone": backbone.name,
        "backbone_fingerprint": backbone_fingerprint(backbone),
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
    facts = _facts(folder)
    try:
        if facts.get("tensors_sha256") != _sha256(folder / TENSORS_FILE):
            raise CheckpointError(f"{folder / TENSORS_FILE} is damaged. Train again or use a copy.")
        tensors = load_file(str(folder / TENSORS_FILE))
        # Copied, since sums come out the same to the last digit only where the numbers lie as torch lays them.
        state = ClassifierState(**{name: tensors[name].clone() for name in ClassifierState.names()})
    except (SafetensorError, OSError, KeyError) as error:
        raise CheckpointError(f"{folder / TENSORS_FILE} is damaged ({error}). Train again or use a copy.") from error
    names = tuple(facts["class_names"])
    if embedder is None or backbone_fingerprint(embedder.backbone) != facts["backbone_fingerprint"]:
        embedder = _embedder(folder, facts, tensors, device)
    _check_shapes(folder, names, state, embedder)
    return FewShotClassifier(names, embedder, state)


def _facts(folder: Path) -> dict[str, Any]:
    path = folder / FACTS_FILE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} cannot be read ({error}). Train again or use a copy.") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or not isinstance(facts.get("version"), int):
        raise CheckpointError(f"{path} does not describe a Fewshot classifier.")
    if facts["version"] > VERSION:
        raise CheckpointError(f"{folder} was saved by a newer Fewshot. Update Fewshot to use it.")
    if facts["version"] < VERSION:
        raise CheckpointError(f"{folder} was saved by an older Fewshot, which saw no texture. Train again.")
    names = facts.get("class_names")
    texts = [facts.get("backbone"), facts.get("backbone_fingerprint"), *(names if isinstance(names, list) else [None])]
    if not names or not all(isinstance(text, str) for text in texts):
        raise CheckpointError(f"{path} lacks the classes or the backbone. Train again or use a copy.")
    return facts


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _embedder(folder: Path, facts: dict[str, Any], tensors: dict[str, torch.Tensor], device: str) -> Embedder:
    backbone = create_backbone(facts["backbone"])
    own = {key.removeprefix(_BACKBONE_PREFIX): v for key, v in tensors.items() if key.startswith(_BACKBONE_PREFIX)}
    if own:
        try:
            backbone.load_state_dict(own)
        except RuntimeError as error:
            raise CheckpointError(f"{folder} holds weights that do not fit {backbone.name}.") from error
    if backbone_fingerprint(backbone) != facts["backbone_fingerprint"]:
        raise CheckpointError(
            f"{folder} was trained with other weights of {backbone.name} than are installed here. Train again, "
            "or install the version it was trained with."
        )
    return Embedder(backbone, device)


def _check_shapes(folder: Path, names: tuple[str, ...], state: ClassifierState, embedder: Embedder) -> None:
    ways, (fine, coarse) = len(names), embedder.backbone.channels
    joined = fine + coarse
    joint = joined + SUMMARY
    expected = {
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
        "examples": (len(state.labels), joint),
        "labels": (*state.labels.shape[:1],),
        "leave_one_out": (len(state.labels), ways),
        "scalars": (8,),
    }
    for name, shape in expected.items():
        value = getattr(state, name)
        # inf is the honest threshold where too few examples exist to call anything unknown.
        if tuple(value.shape) != shape or bool(value.isnan().any()):
            raise CheckpointError(f"{folder} is damaged: {name} is not {shape} numbers. Train again or use a copy.")
