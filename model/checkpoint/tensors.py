"""The tensors of a saved classifier: conversion from and to `ClassifierState`, and checks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import torch
from torch import Tensor

from model.backbones.base import Backbone
from model.checkpoint.facts import Facts
from model.errors import CheckpointError
from model.features.sizes import LARGEST_SIDE, SMALLEST_SIDE
from model.features.view import views_named
from model.head.nearest import Memory
from model.head.state import ClassifierState
from model.messages import message

BACKBONE_PREFIX = "backbone."
MOST_EXAMPLES = 1_000_000

_NAMES = {
    "texture_mean": "standard_mean",
    "texture_deviation": "standard_deviation",
    "centre": "centre",
    "scales": "scales",
    "shares": "shares",
    "descriptors": "descriptors",
    "offsets": "offsets",
    "class_means": "class_means",
    "local_descriptors": "local_descriptors",
    "response_directions": "response_directions",
    "examples": "examples",
    "labels": "labels",
    "leave_one_out": "leave_one_out",
    "partial_means": "partial_means",
    "partial_responses": "partial_responses",
}
"""Names of the tensors in the file, with the fields of `ClassifierState`."""

_PARTIAL = ("partial_means", "partial_responses")
"""Tensors that a classifier saved by an earlier version lacks."""

_LEFT_OUT = ("left_out_unlikeness", "groups")
"""The same; fields of `ClassifierState`."""

_MEMORY = "memory_"
"""Begins the names of the tensors of `Memory`, which a classifier of several classes lacks."""

MOST_PARTS = 100
MOST_REGIONS = 10_000

_SCALARS = "scalars"
_SCALAR_FIELDS = (
    "local_scale",
    "local_share",
    "scale",
    "attention_temperature",
    "unknown_threshold",
    "example_side",
    "side",
    "evidence_deviation",
    "familiar_from",
)
"""Fields of `ClassifierState` that are one float64 each in the file's tensor `scalars`, in this order."""

_LARGEST = 1e6  # of all numbers but the threshold of unknown images; keeps sums of products far from overflow
_LEAST_DIVISOR = 1e-9
_SIDES = range(SMALLEST_SIDE, LARGEST_SIDE + 1)
_MOST_PIXELS = 1e6  # of an example's sqrt(width * height)


def state_tensors(state: ClassifierState) -> dict[str, Tensor]:
    """Return the tensors of a state, by their names in the file."""
    tensors = {name: getattr(state, field).contiguous() for name, field in _NAMES.items()}
    for name in _LEFT_OUT:
        if (kept := getattr(state, name)) is not None:
            tensors[name] = kept.contiguous()
    if state.memory is not None:
        tensors |= {_MEMORY + name: part.contiguous() for name, part in state.memory._asdict().items()}
    scalars = [float(getattr(state, field)) for field in _SCALAR_FIELDS]
    return tensors | {_SCALARS: torch.tensor(scalars, dtype=torch.float64)}


def state_of(tensors: Mapping[str, Tensor], view_names: tuple[str, ...]) -> ClassifierState:
    """Return the state of tensors that passed `check_tensors`."""
    scalars = dict(zip(_SCALAR_FIELDS, tensors[_SCALARS].tolist(), strict=True))
    side = scalars["side"]
    # Copied, since sums are the same to the last digit only with torch's own alignment.
    fields: dict[str, Any] = {field: tensors[name].clone() for name, field in _NAMES.items() if name in tensors}
    fields = _without_partial(fields) | fields
    fields |= {name: tensors[name].clone() for name in _LEFT_OUT if name in tensors}
    if _MEMORY + "regions" in tensors:
        fields["memory"] = Memory(*(tensors[_MEMORY + name].clone() for name in Memory._fields))
    fields |= scalars | {"side": int(side) if side in _SIDES else 0}  # 0 is refused by `check_values`
    return ClassifierState(view_names=view_names, **fields)


def _without_partial(fields: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the partial vectors of a classifier that has none."""
    means, responses = fields["class_means"], fields["response_directions"]
    return {
        "partial_means": means.new_zeros(0, *means.shape),
        "partial_responses": means.new_zeros(0, *responses.shape),
    }


def check_tensors(where: str, tensors: Mapping[str, Tensor], facts: Facts, backbone: Backbone) -> None:
    """Raise `CheckpointError` unless these are the tensors of a classifier with these facts over `backbone`."""
    expected = _expected(len(facts.class_names), facts.view_names, backbone, tensors)
    for name, (kind, shape) in expected.items():
        found = tensors.get(name)
        if found is None or found.dtype != kind or tuple(found.shape) != shape:
            raise _damaged(
                where,
                message(
                    "{name} does not have shape {shape} and type {kind}",
                    name=name,
                    shape=shape,
                    kind=str(kind).removeprefix("torch."),
                ),
            )
    strange = tensors.keys() - expected.keys()
    if strange:
        raise _damaged(where, message("{count} of its tensors are unknown", count=len(strange)))


def check_values(where: str, state: ClassifierState, backbone: Backbone) -> None:
    """Raise `CheckpointError` for numbers with which predicting would fail or need unbounded memory."""

    def refuse(name: str) -> NoReturn:
        raise _damaged(where, message("{name} holds impossible numbers", name=name))

    for name, field in _NAMES.items():
        if not bool((getattr(state, field).abs() <= _LARGEST).all()):  # not true of NaN
            refuse(name)
    if state.left_out_unlikeness is not None and bool(state.left_out_unlikeness.isnan().any()):
        refuse("left_out_unlikeness")
    if state.memory is not None:
        _check_memory(state.memory, refuse)
    bounded = [getattr(state, field) for field in _SCALAR_FIELDS if field != "unknown_threshold"]
    if not all(abs(value) <= _LARGEST for value in bounded):
        refuse(_SCALARS)
    divisors = [state.attention_temperature, state.evidence_deviation]
    if state.standard_deviation.numel():
        divisors.append(float(state.standard_deviation.min()))
    # The threshold is infinite where there are too few examples to call an image unknown.
    if math.isnan(state.unknown_threshold) or min(divisors) < _LEAST_DIVISOR:
        refuse(_SCALARS)
    if state.side not in _SIDES or state.side % backbone.multiple or not 0 < state.example_side <= _MOST_PIXELS:
        refuse(_SCALARS)
    if bool((state.shares < 0).any()):
        refuse("shares")
    if state.labels.numel() and not 0 <= int(state.labels.min()) <= int(state.labels.max()) < state.ways:
        refuse("labels")


def _check_memory(memory: Memory, refuse: Callable[[str], NoReturn]) -> None:
    for name, part in memory._asdict().items():
        if not bool((part.abs() <= _LARGEST).all()):
            refuse(_MEMORY + name)
    for name in ("regions", "windows"):
        if not len(getattr(memory, name)):
            refuse(_MEMORY + name)
    for name in ("units", "deviations"):
        if float(getattr(memory, name).min()) < _LEAST_DIVISOR:
            refuse(_MEMORY + name)


def _expected(
    ways: int, view_names: tuple[str, ...], backbone: Backbone, tensors: Mapping[str, Tensor]
) -> dict[str, tuple[torch.dtype, tuple[int, ...]]]:
    """Types and shapes of a classifier's tensors; the number of examples is that of its labels."""
    labels = tensors.get("labels")
    examples = len(labels) if labels is not None and labels.dim() == 1 else 0
    examples = min(examples, MOST_EXAMPLES)
    fine, coarse = backbone.channels[:2]
    views = views_named(view_names)
    sizes = {view.name: view.size(backbone.channels, len(backbone.class_directions)) for view in views}
    joint, joined = sum(sizes.values()), fine + coarse
    standardised = sum(sizes[view.name] for view in views if view.standardised)
    shapes = {
        "texture_mean": (standardised,),
        "texture_deviation": (standardised,),
        "centre": (joint,),
        "scales": (len(views),),
        "shares": (len(views),),
        "descriptors": (joint, ways),
        "offsets": (ways,),
        "class_means": (ways, joined),
        "local_descriptors": (ways, joined),
        "response_directions": (ways, coarse),
        "examples": (examples, joint),
        "labels": (examples,),
        "leave_one_out": (examples, ways),
        _SCALARS: (len(_SCALAR_FIELDS),),
    }
    if any(name in tensors for name in _PARTIAL):
        means = tensors.get("partial_means")
        parts = min(len(means), MOST_PARTS) if means is not None and means.dim() else 0
        shapes |= {"partial_means": (parts, ways, joined), "partial_responses": (parts, ways, coarse)}
    kinds = {
        "labels": torch.int64,
        _SCALARS: torch.float64,
        "groups": torch.int64,
        "left_out_unlikeness": torch.float64,
    }
    shapes |= {name: (examples,) for name in _LEFT_OUT if any(other in tensors for other in _LEFT_OUT)}
    if any(name.startswith(_MEMORY) for name in tensors) and ways == 1:
        memory = _memory_shapes(tensors, fine)
        shapes |= {name: shape for name, (_, shape) in memory.items()}
        kinds |= {name: kind for name, (kind, _) in memory.items()}
    expected = {name: (kinds.get(name, torch.float32), shape) for name, shape in shapes.items()}
    if any(name.startswith(BACKBONE_PREFIX) for name in tensors):
        for key, value in backbone.state_dict().items():
            expected[BACKBONE_PREFIX + key] = (value.dtype, tuple(value.shape))
    return expected


def _memory_shapes(tensors: Mapping[str, Tensor], fine: int) -> dict[str, tuple[torch.dtype, tuple[int, ...]]]:
    """Types and shapes of the tensors of `Memory`; the numbers of regions are as they are found."""

    def kept(name: str) -> int:
        regions = tensors.get(_MEMORY + name)
        return min(len(regions), MOST_REGIONS) if regions is not None and regions.dim() else 0

    shapes = {
        "regions": (torch.float16, (kept("regions"), fine)),
        "windows": (torch.float16, (kept("windows"), fine)),
        "weight": (torch.float64, (1,)),
        "units": (torch.float64, (2,)),
        "usual": (torch.float64, (2,)),
        "deviations": (torch.float64, (2,)),
    }
    return {_MEMORY + name: each for name, each in shapes.items()}


def _damaged(where: str, reason: str) -> CheckpointError:
    return CheckpointError(
        message("{where} is damaged: {reason}. Train again or use a copy.", where=where, reason=reason)
    )
