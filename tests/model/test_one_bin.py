"""One bin: what is unlike it is found by the regions too, and the region shown is the one most unlike the bin."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import load, save
from torch import Tensor
from torch.nn import functional

from model.checkpoint import facts as facts_file
from model.checkpoint.files import FACTS_FILE, TENSORS_FILE, from_files, to_files
from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedder
from model.embedding.groups import By, GroupRule
from model.errors import CheckpointError
from model.features.maps import ImageFeatures, ImageMaps, compact
from model.features.texture_energies import CELLS, CHANNELS
from model.head.grouping import Grouping
from model.head.nearest import MOST_REGIONS, NearestRegions, fit_nearest, joined
from model.runs.classify import classify
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import Prediction, Status, SupportSet
from tests.model.cli_support import Run, rows_of

SIDE, SPOT = 224, 24
COUNT = 8


def weave(seed: int) -> Image.Image:
    """A cloth of crossing threads, each time another part of it."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    threads = 40 * np.sin((rows + rng.uniform(0, 9)) * 0.7) + 40 * np.sin((columns + rng.uniform(0, 9)) * 0.7)
    grey = (130 + threads + rng.normal(0, 8, threads.shape)).clip(0, 255)
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")


def stained(seed: int, left: int, top: int) -> Image.Image:
    """A cloth with a small stain."""
    image = weave(seed)
    ImageDraw.Draw(image).ellipse((left, top, left + SPOT, top + SPOT), fill=(15, 15, 15))
    return image


STAINS = {"a.png": (30, 150), "b.png": (170, 40), "c.png": (100, 100)}


@pytest.fixture(scope="module")
def cloths(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """good: the bin; new: more like it; odd: stained ones."""
    folder = tmp_path_factory.mktemp("cloths")
    for name, seeds in {"good": range(COUNT), "new": range(50, 56)}.items():
        (folder / name).mkdir()
        for seed in seeds:
            weave(seed).save(folder / name / f"{seed}.png")
    (folder / "odd").mkdir()
    for number, (name, at) in enumerate(STAINS.items()):
        stained(100 + number, *at).save(folder / "odd" / name)
    return folder


@pytest.fixture(scope="module")
def one_bin(cloths: Path, embedder: Embedder) -> ImageClassifier:
    return train(support_of_one(cloths), embedder=embedder)[0]


def support_of_one(cloths: Path) -> SupportSet:
    return SupportSet(("good",), (tuple(sorted((cloths / "good").iterdir())),))


def predictions(classifier: ImageClassifier, folder: Path, *, closely: bool = False) -> dict[str, Prediction]:
    found = classify(classifier, sorted(folder.iterdir()), closely=closely)
    return {one.path.name: one for batch in found for one in batch}


@pytest.mark.parametrize("closely", [False, True])
def test_a_small_stain_makes_an_image_unknown_and_the_region_lies_on_it(
    one_bin: ImageClassifier, cloths: Path, closely: bool
) -> None:
    assert {one.status for one in predictions(one_bin, cloths / "new", closely=closely).values()} == {Status.OK}
    for name, one in predictions(one_bin, cloths / "odd", closely=closely).items():
        assert one.status is Status.UNKNOWN
        lies_on_the_stain(one, *STAINS[name])
        assert one.steadiness is None


def lies_on_the_stain(one: Prediction, left: int, top: int) -> None:
    region = one.region
    assert region is not None
    assert left <= region.x + region.width / 2 <= left + SPOT
    assert top <= region.y + region.height / 2 <= top + SPOT
    assert region.width * region.height < SIDE**2 / 6


def test_the_inspector_s_map_peaks_on_the_stain(one_bin: ImageClassifier, cloths: Path) -> None:
    for name, (left, top) in STAINS.items():
        (evidence,) = one_bin.explain(cloths / "odd" / name).evidence_maps
        row, column = np.unravel_index(evidence.argmax(), evidence.shape)
        cells = evidence.shape[0] / SIDE
        assert left - SPOT / 2 <= column / cells <= left + 1.5 * SPOT
        assert top - SPOT / 2 <= row / cells <= top + 1.5 * SPOT


def test_the_table_and_the_overlay_have_the_region_that_is_most_unlike(run: Run, cloths: Path, tmp_path: Path) -> None:
    shutil.copytree(cloths / "good", tmp_path / "bins" / "good")
    assert run("train", tmp_path / "bins", "--out", tmp_path / "c").status == 0
    out = tmp_path / "r.csv"
    words = ("classify", tmp_path / "c", cloths / "odd", "--out", out, "--overlays", tmp_path / "o")
    assert run(*words, "--false-alarms", "0.05").status == 0
    for row in rows_of(out):
        left, top = STAINS[Path(row["path"]).name]
        assert row["status"] == "unknown"
        middle = int(row["region_x"]) + int(row["region_w"]) / 2, int(row["region_y"]) + int(row["region_h"]) / 2
        assert left <= middle[0] <= left + SPOT
        assert top <= middle[1] <= top + SPOT
    assert len(list((tmp_path / "o").rglob("*.png"))) == len(STAINS)


def test_training_embeds_nothing_that_it_has_embedded_before(
    cloths: Path, embedder: Embedder, one_bin: ImageClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a forward pass")

    monkeypatch.setattr(type(embedder), "forward", never)
    monkeypatch.setattr(type(embedder.runtime), "__call__", never, raising=False)
    again, _ = train(support_of_one(cloths), embedder=embedder)
    assert again.classifier.state.unknown_threshold == one_bin.classifier.state.unknown_threshold


def test_it_is_saved_and_loaded_with_its_regions_and_groups(one_bin: ImageClassifier, cloths: Path) -> None:
    loaded = from_files(to_files(one_bin), embedder=one_bin.embedder)
    for folder in ("new", "odd"):
        assert predictions(loaded, cloths / folder) == predictions(one_bin, cloths / folder)
    strict, expected = (one.with_false_alarms(0.2).classifier.state for one in (loaded, one_bin))
    assert strict.unknown_threshold == expected.unknown_threshold < one_bin.classifier.state.unknown_threshold


def test_one_that_was_saved_before_there_were_regions_still_classifies(one_bin: ImageClassifier, cloths: Path) -> None:
    classifier = one_bin.classifier
    state = replace(classifier.state, memory=None, left_out_unlikeness=None, groups=None, unknown_threshold=1e9)
    old = FewShotClassifier(("good",), state, classifier.head.space.directions)
    files = to_files(ImageClassifier(old, one_bin.embedder))
    assert not {"left_out_unlikeness", "groups"} & load(files[TENSORS_FILE]).keys()
    loaded = from_files(files, embedder=one_bin.embedder)
    assert {one.status for one in predictions(loaded, cloths / "odd").values()} == {Status.OK}
    assert loaded.with_false_alarms(0.01).classifier.state.unknown_threshold < 1e9


def _swapped(one_bin: ImageClassifier, name: str, value: Tensor | None) -> dict[str, bytes]:
    files = to_files(one_bin)
    tensors = load(files[TENSORS_FILE])
    if value is None:
        del tensors[name]
    else:
        tensors[name] = value
    content = save(tensors)
    facts = facts_file.from_bytes(files[FACTS_FILE], "here", FACTS_FILE)
    facts = facts._replace(tensors_sha256=sha256(content).hexdigest())
    return {FACTS_FILE: facts_file.to_bytes(facts), TENSORS_FILE: content}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_regions", None), ("memory_windows", torch.zeros(3, 5)), ("memory_windows", torch.zeros(0, 112).half()),
        ("memory_regions", torch.full((9, 112), torch.nan).half()), ("memory_weight", torch.ones(2).double()),
        ("memory_units", torch.zeros(2).double()), ("memory_deviations", torch.full((2,), torch.nan).double()),
        ("groups", None), ("groups", torch.zeros(3, dtype=torch.int64)),
        ("left_out_unlikeness", torch.full((COUNT,), torch.nan).double()),
    ],
)  # fmt: skip
def test_damaged_regions_are_refused(one_bin: ImageClassifier, name: str, value: Tensor | None) -> None:
    with pytest.raises(CheckpointError, match="is damaged"):
        from_files(_swapped(one_bin, name, value), embedder=one_bin.embedder)


def features(count: int, seed: int = 0) -> ImageFeatures:
    generator = torch.Generator().manual_seed(seed)
    fine = torch.randn(count, 6, 14, 14, generator=generator)
    coarse = torch.randn(count, 10, 7, 7, generator=generator)
    return compact(ImageMaps.of(fine, coarse, torch.zeros(count, CHANNELS, CELLS, CELLS)))


def each(images: ImageFeatures) -> Callable[[], list[ImageFeatures]]:
    return lambda: [images.pick(slice(index, index + 1)) for index in range(len(images.coarse))]


def test_distances_are_those_from_the_nearest_kept_region() -> None:
    examples, query = features(4), features(9, seed=1)
    memory = fit_nearest(each(examples), Grouping.alone(4)).memory
    assert len(memory.regions) == len(memory.windows) == MOST_REGIONS < 4 * 196
    found = NearestRegions(memory).distances(query)
    regions = query.fine_map * query.fine_scale[:, None]
    cosines = torch.einsum("md,ndhw->nmhw", memory.regions.float(), regions)
    torch.testing.assert_close(found.regions, 1 - cosines.amax(dim=1))
    averaged = functional.avg_pool2d(functional.pad(regions, (1, 1, 1, 1), mode="replicate"), 3, 1)
    cosines = torch.einsum("md,ndhw->nmhw", memory.windows.float(), functional.normalize(averaged, dim=1))
    torch.testing.assert_close(found.windows, 1 - cosines.amax(dim=1))


def test_an_example_is_measured_without_its_group() -> None:
    examples = features(3)
    doubled = ImageFeatures(*(torch.cat((part, part)) for part in examples))  # each example and its twin
    alone = fit_nearest(each(doubled), Grouping.alone(6))
    grouped = fit_nearest(each(doubled), Grouping.of(torch.tensor([0, 1, 2, 0, 1, 2])))
    assert float(alone.memory.units[1]) < float(grouped.memory.units[1])
    torch.testing.assert_close(grouped.left_out[:3], grouped.left_out[3:])


def test_of_alike_images_or_of_one_group_nothing_is_infinite() -> None:
    examples = features(1)
    same = ImageFeatures(*(part.expand(3, *part.shape[1:]) for part in examples))
    for images, groups in ((same, Grouping.alone(3)), (features(3), Grouping.of(torch.zeros(3)))):
        memory, unlikeness = fit_nearest(each(images), groups).with_globals(torch.zeros(3).double())
        assert torch.isfinite(unlikeness).all()
        query = NearestRegions(memory).distances(features(2, seed=5)).unlikeness(memory.units)
        assert torch.isfinite(joined(memory, torch.ones(2), query.amax(dim=1))).all()


def test_false_alarms_are_asked_of_examples_without_their_groups(
    cloths: Path, embedder: Embedder, tmp_path: Path
) -> None:
    """Of each piece of cloth there are two pictures that hardly differ."""
    for seed in range(5):
        image = weave(seed)
        for number in range(2):
            (tmp_path / f"piece{seed}").mkdir(exist_ok=True)
            image.crop((number, 0, SIDE, SIDE)).save(tmp_path / f"piece{seed}" / f"{number}.png")
    files = tuple(sorted(tmp_path.rglob("*.png")))
    (tmp_path / "new").mkdir()
    for seed in range(60, 75):
        weave(seed).save(tmp_path / "new" / f"{seed}.png")
    flagged = []
    for rule in (GroupRule(By.FOLDER, roots=(tmp_path,)), GroupRule(By.NONE)):
        classifier, _ = train(SupportSet(("good",), (files,)), embedder=embedder, groups=rule)
        strict = classifier.with_false_alarms(0.05)
        found = predictions(strict, tmp_path / "new").values()
        flagged.append(sum(one.status is Status.UNKNOWN for one in found))
        state = classifier.classifier.state
        assert classifier.with_false_alarms(0.01).classifier.state.unknown_threshold == state.unknown_threshold
        assert state.groups is not None
    assert flagged[0] <= 1
    assert flagged[1] >= flagged[0] + 3  # twins are alike, so another piece of cloth looks unlike them


def test_of_several_bins_false_alarms_leave_groups_out_too(shapes_folder: Path, embedder: Embedder) -> None:
    groups = tuple(tuple(sorted((shapes_folder / name).iterdir())[:6]) for name in ("disc", "cross"))
    rule = GroupRule.parse(r"(\d)\.png")
    classifier, _ = train(SupportSet(("disc", "cross"), groups), embedder=embedder, groups=rule)
    state = classifier.classifier.state
    assert state.memory is None
    assert classifier.with_false_alarms(0.01).classifier.state.unknown_threshold == state.unknown_threshold
