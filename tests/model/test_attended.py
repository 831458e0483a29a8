"""Boxes on examples: which regions count, what they change in the head, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model.checkpoint.files import from_files, to_files
from model.embedding.embedder import Embedder
from model.embedding.image import EmbeddedImage
from model.embedding.labelled_images import boxes_of, embed_labelled, remarks_on_boxes
from model.estimates.report_json import report_from_json, report_to_json
from model.features.attended import coverage, ignoring, joined_globals
from model.features.sizes import Looks
from model.head import local_feature
from model.head.description import local_similarity
from model.head.grouping import Grouping
from model.head.ignored import without_ignored
from model.images.content_hash import content_hash
from model.images.roi import Roi
from model.progress import CancelToken, ignore_progress
from model.training.train import train
from model.types import Attend, Region, SupportSet
from tests.model.conftest import paint, support_of


def test_a_cell_counts_by_the_share_of_it_that_lies_in_a_box() -> None:
    left_half_and_more = [(0.0, 0.0, 0.75, 1.0)]
    assert coverage(left_half_and_more, [], (2, 2)).tolist() == [[1.0, 0.5], [1.0, 0.5]]
    assert coverage([], [(0.5, 0.5, 1.0, 1.0)], (2, 2)).tolist() == [[1.0, 1.0], [1.0, 0.0]]
    assert coverage(left_half_and_more, [(0.0, 0.0, 1.0, 0.5)], (2, 2)).tolist() == [[0.0, 0.0], [1.0, 0.5]]
    overlapping = [(0.0, 0.0, 0.5, 1.0), (0.25, 0.0, 0.5, 1.0)]
    assert coverage(overlapping, [], (1, 2)).tolist() == [[1.0, 0.0]]  # no cell counts twice


def test_a_tiny_box_still_counts_and_where_nothing_is_left_all_does() -> None:
    tiny = coverage([(0.999, 0.999, 1.0, 1.0)], [], (2, 2))
    assert tiny.tolist() == [[0.0, 0.0], [0.0, pytest.approx(1 / 256)]]
    everything = [(0.0, 0.0, 1.0, 1.0)]
    assert coverage(everything, everything, (1, 2)).tolist() == [[1.0, 1.0]]


def test_boxes_are_shares_of_what_is_looked_at() -> None:
    image = _Seen((200, 100), Roi(0.5, 0.0, 0.5, 1.0))  # looked at: x from 100
    inside, outside = boxes_of(image, Attend((Region(90, 0, 60, 50),), (Region(0, 0, 80, 10), Region(150, 50, 90, 90))))
    assert inside == [(0.0, 0.0, 0.5, 0.5)]
    assert outside == [(0.5, 0.5, 1.0, 1.0)]  # the other one lies beside it
    assert boxes_of(image, None) == ([], [])


class _Seen(EmbeddedImage):
    def __init__(self, size: tuple[int, int], roi: Roi) -> None:
        super().__init__(Path("seen.png"), b"", roi=roi)
        object.__setattr__(self, "known", size)

    @property
    def whole_size(self) -> tuple[int, int]:
        return self.__dict__["known"]


def test_boxes_that_do_not_count_are_remarked_on_with_the_way_out() -> None:
    image = _Seen((200, 100), Roi(0.5, 0.0, 0.5, 1.0))  # looked at: x from 100
    said = {
        Attend((Region(90, 0, 60, 50),)): [],
        Attend((), (Region(0, 0, 80, 10),)): ["region of interest"],
        Attend((Region(300, 0, 10, 10),)): ["beside the picture"],
        Attend((), (Region(0, 0, 200, 100),)): ["leave nothing"],
        Attend((Region(120, 20, 30, 30),), (Region(110, 10, 60, 60),)): ["leave nothing"],
        Attend((Region(0, 200, 9, 9), Region(0, 0, 9, 9)), (Region(100, 0, 50, 50),)): [
            "beside the picture",
            "region of",
        ],
    }
    for boxes, parts in said.items():
        remarks = remarks_on_boxes(image, boxes)
        assert len(remarks) == len(parts), boxes
        assert all(part in remark for part, remark in zip(parts, remarks, strict=True))


def test_training_names_the_examples_whose_boxes_do_not_do_what_was_meant(
    tmp_path: Path, shapes_support: SupportSet, embedder: Embedder
) -> None:
    disc, stripes = shapes_support.images[0], shapes_support.images[1]
    changed = tmp_path / "changed.png"
    paint("disc", 99).save(changed)
    before = content_hash(changed)
    paint("disc", 98).save(changed)
    box = Attend((Region(10, 10, 60, 60),))
    support = replace(
        shapes_support,
        images=((*disc, changed), *shapes_support.images[1:]),
        attend={changed: box, disc[0]: box, stripes[0]: Attend((), (Region(0, 0, 160, 120),))},
        drawn_on={changed: before, disc[0]: content_hash(disc[0])},
    )
    _, report = train(support, embedder=embedder)
    assert {path: remark[:20] for path, remark in report.remarks} == {
        changed: "The file changed aft",
        stripes[0]: "Its boxes leave noth",
    }
    assert report_from_json(report_to_json(report)) == report


def test_boxes_of_a_single_bin_are_remarked_on(shapes_support: SupportSet, embedder: Embedder) -> None:
    first = shapes_support.images[0][0]
    support = SupportSet(("disc",), shapes_support.images[:1], {first: Attend((Region(0, 0, 9, 9),))})
    _, report = train(support, embedder=embedder)
    ((path, remark),) = report.remarks
    assert path == first
    assert "do not count with a single bin" in remark


def test_attention_is_multiplied_by_what_counts() -> None:
    contrasts = torch.tensor([[[1.0, 1.0, 5.0]]])
    found = local_feature.attention(contrasts, 1.0, torch.tensor([[1.0, 0.5, 0.0]]))
    assert found.flatten().tolist() == pytest.approx([2 / 3, 1 / 3, 0.0])


def test_a_box_restricts_an_example_and_never_what_is_left_out() -> None:
    """Left out, an image is a query, for which nobody drew a box."""
    regions = torch.tensor(
        [[[1.0, 0.0], [0.0, 1.0]], [[0.6, 0.8], [1.0, 0.0]], [[0.0, 1.0], [0.8, 0.6]], [[0.0, 1.0], [0.6, 0.8]]]
    )
    labels, globals_ = torch.tensor([0, 0, 1, 1]), regions.mean(dim=1)
    boxed = torch.ones(4, 2)
    boxed[0] = torch.tensor([0.0, 1.0])
    args = (regions, (1, 2), globals_, labels, 2, Grouping.alone(4))
    before, _, _, _ = local_similarity(*args)
    after, own, _, _ = local_similarity(*args, boxed)
    assert own[0].tolist() == [0.0, 1.0]  # its local feature is its second region
    assert torch.equal(after[:, 1:], before[:, 1:])  # as a query it is what it was
    assert not torch.allclose(after[1:, 0], before[1:, 0])  # as an example it is another


def test_what_a_marked_part_adds_is_no_direction_any_more() -> None:
    vectors = torch.tensor([[2.0, 1.0, 0.0], [4.0, 0.0, 1.0], [0.0, 3.0, 0.0]], dtype=torch.float64)
    ignoring_it = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [9.0, 9.0, 9.0]], dtype=torch.float64)
    marked, labels = torch.tensor([True, True, False]), torch.tensor([0, 0, 1])
    (found,) = without_ignored([vectors], [ignoring_it], marked, labels)
    assert torch.allclose(found, torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 3.0, 0.0]]).double())
    (same,) = without_ignored([vectors], [vectors], marked, labels)  # the part adds nothing
    assert torch.equal(same, vectors)
    assert without_ignored([vectors], [ignoring_it], torch.zeros(3, dtype=torch.bool), labels) == (vectors,)


@pytest.fixture
def support(shapes_folder: Path) -> SupportSet:
    return support_of(shapes_folder, 4)


def test_global_features_are_of_what_counts(embedder: Embedder, tmp_path: Path) -> None:
    """A disc and a cross side by side: with a box on the disc the picture is like a disc alone."""
    both = paint("disc", 1, at=(40, 60))
    both.paste(paint("cross", 2, at=(120, 60)).crop((80, 0, 160, 120)), (80, 0))
    for name, picture in {"both": both, "disc": paint("disc", 3), "cross": paint("cross", 4)}.items():
        picture.save(tmp_path / f"{name}.png")
    seen = {
        name: embedder.embed_one(tmp_path / f"{name}.png", Looks(224)).features for name in ("both", "disc", "cross")
    }
    left, right, nothing = [(0.0, 0.0, 0.5, 1.0)], [(0.5, 0.0, 1.0, 1.0)], []
    disc, cross = (joined_globals(seen[name], nothing, nothing)[0] for name in ("disc", "cross"))
    here, there = (joined_globals(seen["both"], box, nothing)[0] for box in (left, right))
    assert here @ disc - here @ cross > there @ disc - there @ cross
    without = ignoring(seen["both"], right)
    assert torch.allclose(
        without.coarse, joined_globals(seen["both"], left, nothing)[:, : without.coarse.shape[1]] / 0.75**0.5
    )


def test_what_was_rounded_away_is_not_taken_for_what_a_box_leaves_out(embedder: Embedder, tmp_path: Path) -> None:
    paint("disc", 1).save(tmp_path / "disc.png")
    seen = embedder.embed_one(tmp_path / "disc.png", Looks(224)).features
    same = ignoring(seen, [])
    for part, expected in ((same.coarse, seen.coarse), (same.fine, seen.fine), (same.layout, seen.layout)):
        assert torch.allclose(part, expected, atol=1e-4)  # the layout is kept in half precision


def test_nothing_is_embedded_again_for_a_box(embedder: Embedder, support: SupportSet) -> None:
    train(support, embedder=embedder)
    before = embedder.work.forwarded
    boxed = replace(support, attend={support.images[0][0]: Attend((Region(0, 0, 50, 50),))})
    _, report = train(boxed, embedder=embedder)
    assert embedder.work.forwarded == before
    assert [one.attend for one in report.examples if one.path == support.images[0][0]] == [*boxed.attend.values()]
    assert report_from_json(report_to_json(report)) == report


def test_without_boxes_nothing_is_another(embedder: Embedder, support: SupportSet) -> None:
    seen = embed_labelled(support.images, embedder, 224, "", ignore_progress, CancelToken())
    features = seen.features()
    compared = seen.compared_with(features)
    assert seen.attended({}, features, compared) is None
    path = support.images[1][0]
    attended = seen.attended({path: Attend((Region(0, 0, 80, 120),))}, features, compared)
    assert attended is not None
    at = [image.path for image in seen.images].index(path)
    others = [k for k in range(len(seen.images)) if k != at]
    assert torch.equal(attended.compared[others], compared[others])
    assert torch.equal(attended.coarse[others], features.coarse[others])
    assert not torch.allclose(attended.coarse[at], features.coarse[at])
    assert not attended.ignores.any()


def test_a_shortcut_that_is_not_to_count_decides_less(embedder: Embedder, support: SupportSet, tmp_path: Path) -> None:
    """The examples of one class have a white bar that the others lack."""
    bar = Region(100, 100, 60, 20)

    def barred(path: Path, name: str) -> Path:
        from PIL import Image

        picture = Image.open(path).convert("RGB")
        picture.paste((255, 255, 255), (bar.x, bar.y, bar.x + bar.width, bar.y + bar.height))
        picture.save(tmp_path / name)
        return tmp_path / name

    first = tuple(barred(path, f"{number}.png") for number, path in enumerate(support.images[0]))
    shortcut = SupportSet(support.class_names, (first, *support.images[1:]))
    told = replace(shortcut, attend={path: Attend((), (bar,)) for path in first})
    query = barred(support.images[1][0].with_name("11.png"), "query.png")
    sure = [train(one, embedder=embedder)[0].explain(query).scores[0] for one in (shortcut, told)]
    assert sure[1] < sure[0]


def test_the_like_region_of_an_example_lies_in_its_box(embedder: Embedder, support: SupportSet) -> None:
    path = support.images[0][0]
    box = Region(0, 0, 160, 40)
    classifier, _ = train(replace(support, attend={path: Attend((box,))}), embedder=embedder)
    found = classifier.explain(support.images[0][1], [[path], *support.images[1:]], {path: Attend((box,))})
    (like,) = next(one.like for one in found.by_example if one.class_index == 0)
    assert like.region.y + like.region.height / 2 <= box.height


def test_a_saved_classifier_is_the_same(embedder: Embedder, support: SupportSet) -> None:
    boxed = replace(support, attend={path: Attend((Region(20, 20, 90, 90),)) for path in support.images[2]})
    classifier, _ = train(boxed, embedder=embedder)
    again = from_files(to_files(classifier), "cpu", embedder)
    path = support.images[2][3]
    assert again.explain(path).scores == pytest.approx(classifier.explain(path).scores, abs=1e-6)


def test_a_single_bin_takes_no_notice(embedder: Embedder, support: SupportSet) -> None:
    one = SupportSet(support.class_names[:1], support.images[:1])
    boxed = replace(one, attend={one.images[0][0]: Attend((Region(0, 0, 40, 40),))})
    found = [train(each, embedder=embedder)[0].classifier.state.unknown_threshold for each in (one, boxed)]
    assert found[0] == found[1]


def test_of_two_copies_the_one_with_boxes_stays(embedder: Embedder, support: SupportSet, tmp_path: Path) -> None:
    copy = tmp_path / "zz.png"
    copy.write_bytes(support.images[0][0].read_bytes())
    twice = SupportSet(
        support.class_names, ((*support.images[0], copy), *support.images[1:]), {copy: Attend((Region(0, 0, 9, 9),))}
    )
    _, report = train(twice, embedder=embedder)
    assert [path for path, _ in report.duplicates] == [support.images[0][0]]


def test_boxes_of_strangers_are_refused(support: SupportSet) -> None:
    with pytest.raises(ValueError, match="Boxes of images that are no examples: nowhere"):
        replace(support, attend={Path("nowhere.png"): Attend((Region(0, 0, 9, 9),))})
