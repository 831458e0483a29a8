"""The semantic view: features along the directions of the backbone's own classes, and the prior of its share."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from model.backbones.networks.efficientnet_lite import packaged_weights
from model.backbones.registry import create_backbone
from model.features.view import all_views, joined_views
from model.features.views.semantic import semantic_view
from tests.model.test_head import COARSE

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


def test_new_classifiers_do_without_the_view() -> None:
    assert "semantic" not in [view.name for view in joined_views()]
    assert "semantic" in [view.name for view in all_views()]


@pytest.mark.parametrize("among", [2, 5, 12, 16, 21, 64])
def test_an_image_has_the_same_view_alone_and_among_others(among: int) -> None:
    generator = torch.Generator().manual_seed(3)
    coarse = functional.normalize(torch.rand(among, 1280, generator=generator), dim=1)
    directions = torch.randn(1000, 1280, generator=generator)
    together = semantic_view(coarse, directions)
    for index in range(among):
        assert torch.equal(semantic_view(coarse[index : index + 1], directions)[0], together[index])
