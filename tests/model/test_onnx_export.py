"""The exported classifier, run by ONNX Runtime and OpenVINO without PyTorch and without this program."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from model.checkpoint.files import identity, load
from model.cli.command import main
from model.embedding.embedder import Embedder
from model.exports import onnx_file
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import SupportSet
from tests.model.cli_support import Run, one_line

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "resources" / "example"
WITHOUT = (
    "import runpy, sys; sys.modules.update(torch=None, model=None); "
    "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)
AS_FAR = 1e-4
"""Of probabilities, and relative of unlikeness."""

OF_MAPS = 5e-3
"""Of evidence: a step of a region's direction that is rounded the other way moves it, see docs/adr/0034-onnx.md."""


class Exported(NamedTuple):
    """A file, its classifier, its folder, pictures of many kinds, and what the classifier says of each."""

    file: Path
    classifier: ImageClassifier
    folder: Path
    pictures: list[Path]
    expected: list[tuple[tuple[float, ...], float, np.ndarray]]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The classifier of the example project, trained and exported by the command."""
    pytest.importorskip("onnxruntime")
    folder = tmp_path_factory.mktemp("onnx")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEWSHOT_PRECISION", "float32")
        assert main(["train", str(EXAMPLE / "examples"), "--out", str(folder / "classifier"), "--device", "cpu"]) == 0
        file = folder / "classifier.onnx"
        assert main(["export", str(folder / "classifier"), "--onnx", str(file)]) == 0
        classifier = load(folder / "classifier", "cpu")
        pictures = [*sorted((EXAMPLE / "to_classify").iterdir())[:4], *_odd_pictures(folder)]
        expected = [_said(classifier, path) for path in pictures]
    return Exported(file, classifier, folder / "classifier", pictures, expected)


def _odd_pictures(folder: Path) -> list[Path]:
    """A large JPEG that is turned, one with transparency, and a small one."""
    whole = Image.open(sorted((EXAMPLE / "to_classify").iterdir())[5]).convert("RGB")
    large, clear, small = folder / "large.jpg", folder / "clear.png", folder / "small.png"
    turned = Image.Exif()
    turned[0x0112] = 6
    whole.resize((1800, 1300)).save(large, exif=turned)
    whole.putalpha(Image.linear_gradient("L").resize(whole.size))
    whole.save(clear)
    whole.convert("RGB").resize((60, 40)).save(small)
    return [large, clear, small]


def _said(classifier: ImageClassifier, path: Path) -> tuple[tuple[float, ...], float, np.ndarray]:
    """Probabilities, unlikeness, and the maps of the first look for every class."""
    image = classifier.embedder.embed_one(path, classifier.looks())
    (prediction,) = classifier.predict([image])
    head = classifier.classifier
    evidence = head._regions.evidence(image.features, head.head.compare(image.features)).of(0).maps().numpy()
    return prediction.scores, float(head.unlikeness(image.features)[0]), evidence


def _check(found: tuple[Any, ...], expected: tuple[tuple[float, ...], float, np.ndarray]) -> None:
    probabilities, unlikeness, evidence = found
    assert np.asarray(probabilities) == pytest.approx(expected[0], abs=AS_FAR)
    assert float(unlikeness) == pytest.approx(expected[1], rel=AS_FAR)
    assert np.asarray(evidence) == pytest.approx(expected[2], abs=OF_MAPS)
    best = int(np.argmax(expected[0]))
    assert evidence[best].argmax() == expected[2][best].argmax()


@pytest.mark.timeout(300)
def test_the_example_says_what_the_classifier_says_without_pytorch(exported: Exported) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c", WITHOUT, str(ROOT / "docs" / "onnx_example.py"), str(exported.file)),
            *map(str, exported.pictures),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=exported.file.parent,
    )
    assert "Warning" not in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    limit = exported.classifier.classifier.state.unknown_threshold
    for said, (probabilities, unlikeness, evidence) in zip(lines, exported.expected, strict=True):
        best = int(np.argmax(probabilities))
        assert said["class"] == exported.classifier.class_names[best]
        assert said["probabilities"] == pytest.approx(probabilities, abs=AS_FAR)
        assert said["unlikeness"] == pytest.approx(unlikeness, rel=AS_FAR)
        assert said["unlike_every_class"] == (unlikeness > limit)
        assert evidence[best][tuple(said["peak"])] == 1.0


def _inputs() -> np.ndarray:
    """Three pictures of one size."""
    paths = sorted((EXAMPLE / "to_classify").iterdir())[:3]
    size = (300, 200)
    return np.stack([np.array(Image.open(path).convert("RGB").resize(size)).transpose(2, 0, 1) for path in paths])


def _saved(folder: Path, pictures: np.ndarray) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        Image.fromarray(picture.transpose(1, 2, 0)).save(path)
    return paths


@pytest.mark.timeout(300)
@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_runtimes_give_the_same_for_batches_and_single_pictures(
    exported: Exported, runtime: str, tmp_path: Path
) -> None:
    if runtime == "onnxruntime":
        import onnxruntime

        session = onnxruntime.InferenceSession(str(exported.file))

        def run(pictures: np.ndarray) -> list[np.ndarray]:
            return session.run(None, {"pictures": pictures})
    else:
        from model.backbones.openvino_runtime import _import_openvino

        core = _import_openvino().Core()
        compiled = core.compile_model(str(exported.file), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

        def run(pictures: np.ndarray) -> list[np.ndarray]:
            found = compiled(pictures)
            return [np.array(found[index]) for index in range(3)]

    pictures = _inputs()
    together = run(pictures)
    for number, path in enumerate(_saved(tmp_path, pictures)):
        said = _said(exported.classifier, path)
        _check(tuple(part[number] for part in together), said)
        _check(tuple(part[0] for part in run(pictures[number : number + 1])), said)
    black = run(np.zeros((2, 3, 32, 700), np.uint8))
    assert all(np.isfinite(part).all() for part in black)


def test_the_file_says_what_it_is(exported: Exported) -> None:
    import onnxruntime

    facts = onnxruntime.InferenceSession(str(exported.file)).get_modelmeta().custom_metadata_map
    assert json.loads(facts["fewshot.classes"]) == list(exported.classifier.class_names)
    assert facts["fewshot.classifier"] == identity(exported.folder)
    assert float(facts["fewshot.unlike_limit"]) == exported.classifier.classifier.state.unknown_threshold
    assert json.loads(facts["fewshot.ground"]) == [255, 255, 255]
    assert facts["fewshot.backbone"] == "efficientnet-lite0"
    assert facts["fewshot.backbone_licence"] == "Apache-2.0"
    assert str(exported.folder.parent) not in "".join(facts.values())


def test_the_classifier_still_works_after_the_export(exported: Exported) -> None:
    # Tracing must leave nothing in the caches of constants.
    again = _said(exported.classifier, exported.pictures[0])
    assert again[0] == exported.expected[0][0]


def test_a_file_that_is_there_is_kept_and_so_is_a_wrong_ending_refused(exported: Exported, run: Run) -> None:
    before = exported.file.read_bytes()
    done = run("export", exported.folder, "--onnx", exported.file)
    assert done.status == 2
    assert "exists" in one_line(done.err)
    done = run("export", exported.folder, "--onnx", exported.file.with_suffix(".png"))
    assert done.status == 2
    assert "does not end with .onnx" in one_line(done.err)
    assert exported.file.read_bytes() == before


def test_missing_packages_are_named_with_the_way_out(
    shapes_support: SupportSet, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier, _ = train(shapes_support, embedder=embedder)
    found = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> object:
        return None if name == "onnxscript" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(onnx_file.UsageError, match=r"pip install 'fewshot\[onnx\]'"):
        onnx_file.export_onnx(classifier, tmp_path / "new.onnx", "c0")
    assert list(tmp_path.iterdir()) == []


def test_an_older_classifier_with_the_semantic_view_is_refused(tmp_path: Path) -> None:
    classifier = load(ROOT / "tests" / "data" / "version_6" / "classifier", "cpu")
    with pytest.raises(onnx_file.UsageError, match="The view semantic cannot be exported"):
        onnx_file.export_onnx(classifier, tmp_path / "new.onnx", "c0")
