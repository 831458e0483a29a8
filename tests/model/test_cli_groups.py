"""`--groups` and `--by-case`: images that belong together, in training, in episodes and in verdicts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from model.checkpoint.files import load
from tests.model.cli_support import Run, one_line, rows_of
from tests.model.conftest import paint


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of six images, two of each of three patients."""
    folder = tmp_path_factory.mktemp("pairs")
    for number, shape in enumerate(("disc", "stripes")):
        (folder / shape).mkdir()
        for k in range(6):
            paint(shape, 50 * number + k).save(folder / shape / f"p{number}{k // 2}_{k}.png")
    return folder


def test_training_says_how_many_examples_are_independent(run: Run, pairs: Path, tmp_path: Path) -> None:
    done = run("train", pairs, "--out", tmp_path / "c", "--groups", "^(p[0-9]+)_", "--json")
    assert done.status == 0
    assert "They are 6 independent examples" in done.out
    assert "disc 3 of 6, stripes 3 of 6" in done.out
    assert (done.result["groups"], done.result["independent_examples"]) == (6, {"disc": 3, "stripes": 3})
    alone = run("train", pairs, "--out", tmp_path / "alone", "--groups", "none", "--json")
    assert "independent" not in alone.out.splitlines()[0]
    assert alone.result["independent_examples"] == {"disc": 6, "stripes": 6}
    assert done.result["accuracy_interval"][0] < alone.result["accuracy_interval"][0]
    content = b"".join(file.read_bytes() for file in (tmp_path / "c").iterdir())
    assert b"p00" not in content


def test_a_class_of_one_group_cannot_be_judged(run: Run, pairs: Path, tmp_path: Path) -> None:
    done = run("train", pairs, "--out", tmp_path / "c", "--groups", "^p(1|0[0-9])", "--json")
    assert done.status == 0
    assert "All images of ‘stripes’ belong together" in done.err
    assert done.result["per_class"]["stripes"]["recall"]["value"] is None
    assert sum(map(sum, done.result["confusion"])) == 6
    state = load(tmp_path / "c").classifier.state
    assert (state.leave_one_out.sum(dim=1) > 0).tolist() == (state.labels == 0).tolist()


def test_no_query_is_of_the_group_of_an_example(run: Run, pairs: Path) -> None:
    arguments = ("evaluate", pairs, "--episodes", 2, "--json", "--groups", "^(p[0-9]+)_", "--shots")
    done = run(*arguments, 2)
    assert done.status == 0
    done = run(*arguments, 5)  # five images of three pairs
    assert (done.status, "no image of another group" in one_line(done.err)) == (1, True)


def test_the_images_of_a_case_have_one_verdict(run: Run, trained: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for case, shape in (("one", "disc"), ("two", "cross")):
        (photos / case).mkdir(parents=True)
        for k in range(3):
            paint(shape, 900 + k).save(photos / case / f"{k}.png")
    (photos / "two" / "broken.png").write_bytes(b"no image")
    out = tmp_path / "results.csv"
    done = run("classify", trained, photos, "--out", out, "--by-case", "folder", "--max-error", 0.4, "--json")
    assert done.status == 3
    rows, names = rows_of(out), load(trained).class_names
    assert list(rows[0])[-4:] == ["accepted", "group", "region_steadiness", "classifier"]
    by_group = {name: [row for row in rows if row["group"] == str(photos / name)] for name in ("one", "two")}
    assert {name: len(found) for name, found in by_group.items()} == {"one": 3, "two": 3}
    with (tmp_path / "results.cases.csv").open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert list(cases[0]) == ["case", "images", "predicted", "confidence", *(f"p_{name}" for name in names), "unknown"]
    assert [case["case"] for case in cases] == [str(photos / "one"), str(photos / "two")]
    assert [case["images"] for case in cases] == ["3", "3"]
    assert [case["predicted"] for case in cases] == ["диск, red", "十字\ncross"]
    for case, found in zip(cases, by_group.values(), strict=True):
        for name in names:
            mean = sum(float(row[f"p_{name}"]) for row in found) / 3
            assert float(case[f"p_{name}"]) == pytest.approx(mean, abs=2e-6)
    assert (done.result["cases"], done.result["case_results"]) == (2, str(tmp_path / "results.cases.csv"))
    before = out.read_bytes(), (tmp_path / "results.cases.csv").read_bytes()
    again = run(
        "classify", trained, photos, "--out", out, "--by-case", "folder", "--max-error", 0.4, "--resume", "--json"
    )
    assert (again.status, again.result["resumed_after"], again.result["error"]) == (3, 7, 1)
    assert (out.read_bytes(), (tmp_path / "results.cases.csv").read_bytes()) == before


def test_cases_replace_nothing_else_and_a_wrong_rule_is_wrong_usage(run: Run, trained: Path, tmp_path: Path) -> None:
    paint("disc", 1).save(tmp_path / "a_1.png")
    (tmp_path / "r.cases.csv").write_text("mine")
    arguments = ("classify", trained, tmp_path / "a_1.png", "--out", tmp_path / "r.csv", "--by-case")
    done = run(*arguments, "^(.)_")
    assert (done.status, "something else than cases" in one_line(done.err)) == (2, True)
    done = run(*arguments, "(", "--overwrite")
    assert (done.status, "regular expression" in one_line(done.err)) == (2, True)
    assert run(*arguments, "^(.)_", "--overwrite").status == 0
    assert (tmp_path / "r.cases.csv").read_text(encoding="utf-8").splitlines()[-1].startswith("a,1,")
