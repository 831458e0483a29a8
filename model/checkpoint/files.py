"""Saving and loading of a classifier: a folder, or the bytes of its two files, tensors (safetensors) and facts (JSON).

A classifier may come from anyone: loading runs no code from it and follows no path or address in it, and its tensors
are checked against the shapes for its classes and backbone before they are used.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as tensors_of
from safetensors.torch import save as bytes_of

from model.backbones.base import Backbone
from model.backbones.registry import create_backbone
from model.checkpoint import facts as facts_file
from model.checkpoint.facts import Facts
from model.checkpoint.tensors import BACKBONE_PREFIX, check_tensors, check_values, state_of, state_tensors
from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedder, backbone_fingerprint
from model.errors import CheckpointError
from model.messages import message, os_reason
from model.project_file import classifier_in, is_project
from model.project_file.identity import identity_of
from model.runs.image_classifier import ImageClassifier

FACTS_FILE = "classifier.json"
TENSORS_FILE = "classifier.safetensors"
MOST_BYTES = 2 * 2**30
"""Of a classifier's file of tensors: the largest backbones that are saved in one take less."""

_TIMM_PREFIX = "timm:"
_IN_A_PROJECT = message("The classifier in this project")


def check_place(folder: Path) -> None:
    """Raise `CheckpointError` where `save` would find something else in the place of `folder`, or may not write.

    Makes no folder.
    """
    folder = folder.absolute()
    try:
        if folder.exists() and not is_classifier(folder) and not (folder.is_dir() and not any(folder.iterdir())):
            raise CheckpointError(
                message("{folder} exists and is not a classifier. Give another place for it.", folder=folder)
            )
        above = next(one for one in folder.parents if one.exists())
        with tempfile.TemporaryDirectory(dir=above, prefix=f".{folder.name}-"):
            pass
    except OSError as error:
        raise CheckpointError(
            message("{folder} cannot be written: {error}.", folder=folder, error=os_reason(error))
        ) from error


def save(classifier: ImageClassifier, folder: Path) -> None:
    """Write `classifier` to `folder`, which is created, or replaced if it holds a classifier.

    The folder is written completely or not at all. Raises `CheckpointError` if something else is in its place or it
    cannot be written.
    """
    save_files(to_files(classifier), folder)


def save_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write a classifier's files as `save`."""
    check_place(folder)
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            fresh, old = Path(temporary) / "new", Path(temporary) / "old"
            fresh.mkdir()
            for name, content in files.items():
                (fresh / name).write_bytes(content)
            if folder.exists():
                os.replace(folder, old)
                for other in old.iterdir():  # other files in the folder, such as results
                    if other.name not in files:
                        os.replace(other, fresh / other.name)
            os.replace(fresh, folder)
    except OSError as error:
        raise CheckpointError(
            message("{folder} cannot be written: {error}.", folder=folder, error=os_reason(error))
        ) from error


def to_files(classifier: ImageClassifier) -> dict[str, bytes]:
    """Return a classifier's files, content by name; raises `CheckpointError` for class names that cannot be saved."""
    backbone = classifier.embedder.backbone
    tensors = state_tensors(classifier.classifier.state)
    if not backbone.pretrained or backbone.name.startswith(_TIMM_PREFIX):  # weights that an installation may lack
        tensors |= {
            BACKBONE_PREFIX + key: value.detach().cpu().contiguous() for key, value in backbone.state_dict().items()
        }
    content = bytes_of(tensors)
    facts = Facts(
        classifier.class_names,
        backbone.name,
        classifier.embedder.fingerprint,
        classifier.embedder.rendering,
        classifier.classifier.state.view_names,
        sha256(content).hexdigest(),
    )
    try:
        return {FACTS_FILE: facts_file.to_bytes(facts), TENSORS_FILE: content}
    except ValueError as error:
        raise CheckpointError(
            message("The classifier cannot be saved: {error}. Rename the class and train again.", error=error)
        ) from error


def is_classifier(folder: Path) -> bool:
    """Whether `folder` has the files of a saved classifier."""
    return os.path.isfile(folder / FACTS_FILE) and os.path.isfile(folder / TENSORS_FILE)


def identity(folder: Path) -> str:
    """Return a short name that no other classifier has, wherever the `folder` or project is.

    Raises `CheckpointError`.
    """
    facts = contents(folder)[FACTS_FILE] if is_project(folder) else _read(folder / FACTS_FILE, facts_file.MOST_BYTES)
    return identity_of(facts)


def load(folder: Path, device: str = "auto", embedder: Embedder | None = None) -> ImageClassifier:
    """Read a classifier, from its folder or a project of the window.

    `embedder` is reused if it has the same backbone weights.

    Raises `CheckpointError` for files that are missing, damaged, foreign or from another version, `BackboneError` where
    the backbone's weights are not installed, and `DeviceError`.
    """
    return from_files(contents(folder), device, embedder, place=str(folder))


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a saved classifier by name, as `from_files` takes them. Raises `CheckpointError`."""
    bounds = {FACTS_FILE: facts_file.MOST_BYTES, TENSORS_FILE: MOST_BYTES}
    if is_project(folder):
        return classifier_in(folder, bounds)
    if not os.path.exists(folder):  # unlike `Path.exists` also for names that are too long
        raise CheckpointError(message("{path}: there is no such file or folder.", path=folder))
    if not is_classifier(folder):
        raise CheckpointError(
            message(
                "{folder} is not a classifier saved by Fewshot (no {facts} and {tensors}), and no project.",
                folder=folder,
                facts=FACTS_FILE,
                tensors=TENSORS_FILE,
            )
        )
    return {name: _read(folder / name, most) for name, most in bounds.items()}


def from_files(
    files: Mapping[str, bytes], device: str = "auto", embedder: Embedder | None = None, place: str = _IN_A_PROJECT
) -> ImageClassifier:
    """Make a classifier from the contents of its files by name; `place` names it in errors. Raises as `load`."""
    if files.keys() != {FACTS_FILE, TENSORS_FILE}:
        raise CheckpointError(message("{place} is damaged. Train again.", place=place))
    where = place if place == _IN_A_PROJECT else os.path.join(place, TENSORS_FILE)
    facts = facts_file.from_bytes(
        files[FACTS_FILE], place, place if place == _IN_A_PROJECT else os.path.join(place, FACTS_FILE)
    )
    try:
        tensors = tensors_of(files[TENSORS_FILE])
    except SafetensorError as error:
        raise CheckpointError(
            message("{where} is damaged ({error}). Train again or use a copy.", where=where, error=_short(error))
        ) from error
    same = embedder is not None and embedder.fingerprint == facts.backbone_fingerprint
    backbone = embedder.backbone if embedder is not None and same else _outline(place, facts, tensors)
    check_tensors(where, tensors, facts, backbone)
    if facts.tensors_sha256 != sha256(files[TENSORS_FILE]).hexdigest():
        raise CheckpointError(message("{where} is damaged. Train again or use a copy.", where=where))
    state = state_of(tensors, facts.view_names)
    check_values(where, state, backbone)
    if embedder is None or not same:
        embedder = _embedder(place, facts, backbone, tensors, device)
    try:
        head = FewShotClassifier(facts.class_names, state, embedder.backbone.class_directions)
    except (RuntimeError, ValueError, IndexError) as error:
        raise CheckpointError(
            message("{where} is damaged: its tensors do not fit. Train again or use a copy.", where=where)
        ) from error
    return ImageClassifier(head, embedder.rendered(facts.rendering))


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > most:
                raise CheckpointError(
                    message("{path} is damaged: it is far too large. Train again or use a copy.", path=path)
                )
            return file.read()
    except OSError as error:
        raise CheckpointError(
            message("{path} cannot be read ({error}). Train again or use a copy.", path=path, error=os_reason(error))
        ) from error


def _outline(place: str, facts: Facts, tensors: Mapping[str, torch.Tensor]) -> Backbone:
    """Return the backbone for its shapes; a timm model without its weights, which takes no memory yet."""
    if not facts.backbone.startswith(_TIMM_PREFIX):
        return create_backbone(facts.backbone)
    if "@" in facts.backbone or not any(key.startswith(BACKBONE_PREFIX) for key in tensors):
        raise CheckpointError(message("{place} lacks the weights of its backbone. Train again.", place=place))
    with torch.device("meta"):
        return create_backbone(facts.backbone, empty=True)


def _embedder(
    place: str, facts: Facts, backbone: Backbone, tensors: Mapping[str, torch.Tensor], device: str
) -> Embedder:
    own = {key.removeprefix(BACKBONE_PREFIX): v for key, v in tensors.items() if key.startswith(BACKBONE_PREFIX)}
    if backbone.name.startswith(_TIMM_PREFIX):  # its weights are in the file: none are read from elsewhere or fetched
        backbone = create_backbone(backbone.name, empty=True)
    if own:
        backbone.load_state_dict(own)
    if backbone_fingerprint(backbone) != facts.backbone_fingerprint:
        raise CheckpointError(
            message(
                "{place} was trained with other weights of {backbone} than are installed here. Train again, "
                "or install the version it was trained with.",
                place=place,
                backbone=backbone.name,
            )
        )
    return Embedder(backbone, device)


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120]
