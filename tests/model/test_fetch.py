"""Each kind of fetching chooses what it says, with known answers; what does not fit is said."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import model
from model.checkpoint.files import load
from model.embedding.embedder import Embedder
from model.errors import ImageReadError, NoImagesError, UsageError
from model.progress import Cancelled, CancelToken, Progress
from model.runs import fetch_kinds
from model.runs.fetch import fetch
from model.runs.fetch_data import Fetched, Search, whole_and_region
from model.runs.image_classifier import ImageClassifier
from model.types import FetchKind, Prediction, Region, Status, Wanted

Run = Callable[..., object]


@pytest.fixture
def pool(shapes_folder: Path) -> list[Path]:
    """Twelve images of each of three shapes."""
    return [path for folder in sorted(shapes_folder.iterdir()) for path in sorted(folder.iterdir())]


@pytest.fixture(scope="module")
def classifier(trained: Path) -> ImageClassifier:
    return load(trained, "cpu")


def of(folder: Path, name: str) -> list[Path]:
    return sorted((folder / name).iterdir())


def test_images_like_one_are_of_its_shape_and_without_itself(
    pool: list[Path], shapes_folder: Path, embedder: Embedder
) -> None:
    like = of(shapes_folder, "cross")[3]
    found = fetch(Search(Wanted(FetchKind.LIKE, 5, like=like), pool, [], embedder))
    assert {path.parent.name for path in found.images} == {"cross"}
    assert like not in found.images
    assert (found.considered, found.pool) == (35, 35)
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_a_copy_of_the_image_comes_first(pool: list[Path], embedder: Embedder, tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    Image.open(pool[7]).convert("RGB").point(lambda value: value * 0.95).save(copy)
    found = fetch(Search(Wanted(FetchKind.LIKE, 3, like=pool[7]), [*pool, copy], [], embedder))
    assert found.images[0] == copy


def test_images_like_a_region_show_it_there(shapes_folder: Path, embedder: Embedder, tmp_path: Path) -> None:
    """Scenes with a disc at the left or a cross at the right; asked for the disc, those with a disc come, and where."""
    disc, cross = (Image.open(of(shapes_folder, name)[0]).convert("RGB") for name in ("disc", "cross"))
    scenes = []
    for number in range(6):
        scene = Image.new("RGB", (400, 200), (90 + number, 90, 90))
        shown, left = (disc, 10 + number) if number < 3 else (cross, 220 - number)
        scene.paste(shown.resize((160, 160)), (left, 20))
        scenes.append(tmp_path / f"scene {number}.png")
        scene.save(scenes[-1])
    region = Region(10, 20, 160, 160)
    found = fetch(Search(Wanted(FetchKind.LIKE, 2, like=scenes[0], region=region), scenes, [], embedder))
    assert set(found.images) == {scenes[1], scenes[2]}
    assert all(one.x < 200 for one in found.regions)
    with pytest.raises(UsageError, match="400 x 200"):
        fetch(Search(Wanted(FetchKind.LIKE, 2, like=scenes[0], region=Region(500, 0, 9, 9)), scenes, [], embedder))


def test_what_is_unlike_all_labelled_images_comes_first(
    pool: list[Path], shapes_folder: Path, embedder: Embedder
) -> None:
    labelled = of(shapes_folder, "disc")[:4] + of(shapes_folder, "stripes")[:4]
    rest = [path for path in pool if path not in labelled]
    found = fetch(Search(Wanted(FetchKind.UNLIKE, 6), rest, labelled, embedder))
    assert {path.parent.name for path in found.images} == {"cross"}


def test_without_labels_the_odd_one_is_unlike_the_others(
    shapes_folder: Path, embedder: Embedder, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.png"
    Image.effect_noise((120, 120), 90).save(odd)
    found = fetch(Search(Wanted(FetchKind.UNLIKE, 1), [*of(shapes_folder, "disc"), odd], [], embedder))
    assert found.images == (odd,)


def test_random_is_the_same_for_a_seed_and_reads_no_image(tmp_path: Path, embedder: Embedder) -> None:
    pool = [tmp_path / f"not there {number}.png" for number in range(50)]
    drawn = [fetch(Search(Wanted(FetchKind.RANDOM, 10, seed=seed), pool, [], embedder)).images for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 10


def test_doubtful_and_typical_go_by_the_probabilities(classifier: ImageClassifier, embedder: Embedder) -> None:
    names = [Path(f"{number}.png") for number in range(5)]
    scores = ((0.5, 0.45, 0.05), (0.9, 0.05, 0.05), (0.6, 0.3, 0.1), (0.1, 0.8, 0.1), (0.97, 0.02, 0.01))
    known = {
        path: Prediction(path, Status.UNKNOWN if row is scores[4] else Status.OK, row.index(max(row)), row)
        for path, row in zip(names, scores, strict=True)
    }

    def fetched(wanted: Wanted) -> Fetched:
        return fetch(Search(wanted, names, [], embedder, classifier=classifier, known=known))

    assert fetched(Wanted(FetchKind.DOUBTFUL, 2)).images == (names[0], names[2])
    assert fetched(Wanted(FetchKind.DOUBTFUL, 1)).scores == (pytest.approx(0.05),)
    # Of class 0; the one that is unlike every bin is least typical.
    assert fetched(Wanted(FetchKind.TYPICAL, 9, of=0)).images == (names[1], names[2], names[0], names[4])


def test_what_has_no_prediction_is_classified(
    pool: list[Path], shapes_folder: Path, classifier: ImageClassifier, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    index = next(at for at, name in enumerate(classifier.class_names) if "disc" not in name and "stripes" in name)
    reports: list[Progress] = []
    found = fetch(
        Search(
            Wanted(FetchKind.TYPICAL, 4, of=index),
            [*pool, broken],
            [],
            classifier.embedder,
            classifier.side,
            classifier,
            progress=reports.append,
        )
    )
    assert {path.parent.name for path in found.images} == {"stripes"}
    assert [error.path for error in found.unreadable] == [broken]
    assert reports[-1] == Progress("Classifying", 37, 37)


def test_an_image_that_changed_is_looked_at_again(
    pool: list[Path], shapes_folder: Path, embedder: Embedder, tmp_path: Path
) -> None:
    like, changing = of(shapes_folder, "cross")[0], tmp_path / "changing.png"
    shutil.copy(of(shapes_folder, "cross")[1], changing)
    others = of(shapes_folder, "disc")
    wanted = Wanted(FetchKind.LIKE, 1, like=like)
    assert fetch(Search(wanted, [*others, changing], [], embedder)).images == (changing,)
    shutil.copy(others[0], changing)
    os.utime(changing, ns=(1, 1))
    again = fetch(Search(Wanted(FetchKind.LIKE, 13, like=like), [*others, changing], [], embedder))
    assert again.scores[again.images.index(changing)] == pytest.approx(again.scores[again.images.index(others[0])])


def test_a_fetch_can_be_stopped_between_batches(shapes_folder: Path, tmp_path: Path, embedder: Embedder) -> None:
    pool = of(tmp_path, shutil.copytree(shapes_folder / "disc", tmp_path / "new").name)
    token = CancelToken()

    def stop_at_the_first_batch(progress: Progress) -> None:
        if progress.phase == "Embedding" and progress.done:
            token.cancel()

    before = embedder.work.decoded
    with pytest.raises(Cancelled):
        fetch(Search(Wanted(FetchKind.TEACH), pool, [], embedder, progress=stop_at_the_first_batch, token=token))
    assert embedder.work.decoded - before <= len(pool)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(FetchKind.DOUBTFUL), "trained classifier"),
        (Wanted(FetchKind.LIKE), "is not said"),
        (Wanted(count=0), "ask for 1 to"),
    ],
)
def test_what_is_missing_is_said(wanted: Wanted, said: str, pool: list[Path], embedder: Embedder) -> None:
    with pytest.raises(UsageError, match=said):
        fetch(Search(wanted, pool, [], embedder))


def test_an_image_to_be_like_that_cannot_be_read_is_named(pool: list[Path], embedder: Embedder, tmp_path: Path) -> None:
    with pytest.raises(ImageReadError, match=r"gone\.png"):
        fetch(Search(Wanted(FetchKind.LIKE, like=tmp_path / "gone.png"), pool, [], embedder))
    with pytest.raises(NoImagesError, match="no other image"):
        fetch(Search(Wanted(FetchKind.LIKE, like=pool[0]), pool[:1], [], embedder))


def test_a_region_is_told_from_a_tile_that_is_an_image() -> None:
    tile = Path("slide.tif#xywh=0,0,64,64")
    assert whole_and_region(tile, []) == (Path("slide.tif"), Region(0, 0, 64, 64))
    assert whole_and_region(tile, [tile]) == (tile, None)
    assert whole_and_region(Path("a.tif#3&xywh=1,2,3,4"), []) == (Path("a.tif#3"), Region(1, 2, 3, 4))


def test_there_is_a_function_for_every_kind() -> None:
    assert set(fetch_kinds.KINDS) == set(FetchKind)


def test_the_command_finds_images_like_a_region(shapes_folder: Path, run: Run) -> None:
    like = f"{of(shapes_folder, 'cross')[0]}#xywh=10,10,80,80"
    done = run("suggest", shapes_folder, "--like", like, "--count", 3, "--json")
    result = json.loads(done.out.splitlines()[-1])
    assert done.status == 0
    assert {Path(path).parent.name for path in result["suggestions"]} == {"cross"}
    assert result["kind"] == "like"
    assert len(result["regions"]) == len(result["scores"]) == 3


def test_the_command_finds_what_the_classifier_doubts(photos: Path, trained: Path, run: Run) -> None:
    done = run("suggest", photos, "--kind", "doubtful", "--classifier", trained, "--count", 2, "--json")
    result = json.loads(done.out.splitlines()[-1])
    assert done.status == 0
    assert len(result["suggestions"]) == 2
    assert result["scores"] == sorted(result["scores"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "doubtful"), "--classifier"),
        (("--kind", "like"), "belong together"),
        (("--of", "a"), "belong together"),
        (("--kind", "odd"), "odd"),
    ],
)
def test_the_command_says_what_does_not_fit(arguments: tuple[str, ...], said: str, photos: Path, run: Run) -> None:
    done = run("suggest", photos, *arguments)
    assert done.status == 2
    assert said in done.err


def test_a_class_that_is_none_is_answered_with_those_there_are(photos: Path, trained: Path, run: Run) -> None:
    done = run("suggest", photos, "--kind", "typical", "--of", "dog", "--classifier", trained)
    assert done.status == 2
    assert "stripes" in done.err


def test_the_face_has_the_kinds(photos: Path) -> None:
    assert len(model.suggest(photos, kind="random", count=2, seed=3)) == 2
    with pytest.raises(UsageError, match="teach"):
        model.suggest(photos, kind="best")
