"""The package's face: exactly the names that are promised, lazily imported, with examples that run."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import model
from model import api

ROOT = Path(__file__).resolve().parents[2]
NAMES = {
    "Attend", "BackboneError", "CancelToken", "Cancelled", "CheckpointError", "DeviceError", "Explanation",
    "FewShotError",
    "ImageClassifier", "ImageReadError", "NoImagesError", "Prediction", "Progress", "Region", "Status", "SupportSet",
    "SupportSetError", "TrainingReport", "classify", "evaluate", "explain", "find_images", "image_items", "load",
    "read_image", "save", "suggest", "support_set", "train",
}  # fmt: skip


def test_the_face_has_exactly_these_names() -> None:
    assert set(model.__all__) == NAMES
    assert list(model.__all__) == sorted(model.__all__)
    for name in NAMES:
        assert inspect.getdoc(getattr(model, name)), f"{name} is not documented"
        assert name in dir(model)


def test_other_names_are_refused_by_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        model.nonesuch  # noqa: B018


def test_importing_the_face_imports_nothing_that_takes_time() -> None:
    code = (
        "import sys, model; from model import SupportSet, train; print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("module", [model, api], ids=lambda module: module.__name__)
def test_the_examples_of_the_docstrings_run(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    outcome = doctest.testmod(module, optionflags=doctest.ELLIPSIS)  # type: ignore[arg-type]
    assert outcome.failed == 0
    assert outcome.attempted >= 3


def test_the_examples_of_the_page_run_and_every_name_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    outcome = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert outcome.failed == 0
    assert outcome.attempted >= 5
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert {name for name in NAMES if not re.search(rf"\b{name}\b", text)} == set()


def test_paths_may_be_strings_and_classes_are_named(tmp_path: Path) -> None:
    classifier, _ = model.train(str(ROOT / "resources" / "example" / "examples"))
    picture = str(ROOT / "resources" / "example" / "to_classify" / "sky_03.jpg")
    (plain,) = model.classify(classifier, [picture])
    (asked,) = model.classify(classifier, picture, explain_class="galaxy", maps=True)
    assert (plain.predicted, plain.evidence_map) == (asked.predicted, None)
    assert asked.evidence_map is not None
    assert asked.evidence_map.max() == 1
    with pytest.raises(ValueError, match="'nonesuch'"):
        next(model.classify(classifier, picture, explain_class="nonesuch"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(model.SupportSetError, match="no sub-folders"):
        model.train(tmp_path / "empty")
