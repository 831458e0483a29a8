"""What the line above the bins says: always the step that the state of the project asks for."""

from __future__ import annotations

from pathlib import Path

from fewshot_gui.items.next_step import NextStep, next_step
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from model.types import ExampleReport, Prediction, Region, Status, TrainingReport


def _step(document: Document, results: Results) -> NextStep:
    step = next_step(document, results)
    assert step is not None
    return step


def _train(
    document: Document,
    results: Results,
    *,
    doubtful: int = 0,
    confidence: float = 0.9,
    interval: tuple[float, float] | None = (0.9, 0.99),
    gain: float = 0.0,
) -> None:
    """A training after which the first `doubtful` examples of the first bin look like the second one."""
    examples = [
        ExampleReport(example.path, at, 1.0, 1 if at == 0 and k < doubtful else at, confidence)
        for at, bin_ in enumerate(document.bins)
        for k, example in enumerate(bin_.examples)
    ]
    names = tuple(bin_.name for bin_ in document.bins)
    accuracy = None if interval is None else 0.9
    report = TrainingReport(names, tuple(examples), (), (), accuracy, interval, 3, True, 0.1, gain)
    results.set_training(document.revision, [bin_.id for bin_ in document.bins], report, {})


def _classify(document: Document, results: Results) -> None:
    made = Prediction(Path("/q.png"), Status.OK, 0, (0.9, 0.1), Region(0, 0, 5, 5), "")
    results.add_predictions(document.revision, [bin_.id for bin_ in document.bins], [made])


def _fill(document: Document, *counts: int) -> list[str]:
    ids = []
    for at, count in enumerate(counts):
        ids.append(document.add_bin("ABCDE"[at]))
        document.add_examples(ids[-1], [Path(f"/{at}/{k}.png") for k in range(count)])
    return ids


def test_nothing_is_said_without_bins_where_the_board_itself_says_what_to_do(
    document: Document, results: Results
) -> None:
    assert next_step(document, results) is None


def test_before_training_it_says_what_is_missing(document: Document, results: Results) -> None:
    (first,) = _fill(document, 0)
    assert "a few images of each class" in _step(document, results).text
    document.add_examples(first, [Path("/0/a.png")])
    assert _step(document, results).action == "newBin"
    second = document.add_bin("B")
    assert "‘B’" in _step(document, results).text
    document.add_examples(second, [Path("/1/a.png")])
    step = _step(document, results)
    assert step.action == "train"
    assert "‘A’ has 1" in step.text
    document.add_examples(first, [Path(f"/0/{k}.png") for k in range(3)])
    document.add_examples(second, [Path(f"/1/{k}.png") for k in range(3)])
    assert _step(document, results) == NextStep("Ready to train.", "train")


def test_after_an_edit_it_asks_for_training(document: Document, results: Results) -> None:
    first, _ = _fill(document, 5, 5)
    _train(document, results)
    _classify(document, results)
    document.add_examples(first, [Path("/more.png")])
    assert _step(document, results).action == "train"


def test_a_few_examples_that_look_like_another_class_come_first(document: Document, results: Results) -> None:
    first, _ = _fill(document, 8, 8)
    _train(document, results, doubtful=2)
    step = _step(document, results)
    assert step.bin_id == first
    assert "2 example" in step.text
    assert "‘A’" in step.text
    _train(document, results, doubtful=2, confidence=0.6)
    assert _step(document, results).action == "classify"  # they are in doubt, not much like another class
    _train(document, results, doubtful=8)
    assert _step(document, results).action == "classify"  # half of all: the classes cannot be told apart


def test_then_a_folder_then_what_would_help_then_the_review(document: Document, results: Results) -> None:
    _fill(document, 8, 8)
    _train(document, results)
    assert _step(document, results).action == "classify"
    _classify(document, results)
    assert _step(document, results).action == "review"
    _train(document, results, interval=(0.5, 0.9))
    step = _step(document, results)
    assert step.action == "suggest"
    assert "between 50 % and 90 %" in step.text
    _train(document, results, gain=0.05)
    assert _step(document, results).action == "suggest"
    _train(document, results, interval=None)
    assert "two examples in each bin" in _step(document, results).text


def test_the_class_that_needs_examples_most_is_named_as_its_bin_is_now(document: Document, results: Results) -> None:
    first, _ = _fill(document, 8, 8)
    _train(document, results, doubtful=1, confidence=0.5, interval=(0.5, 0.95))
    _classify(document, results)
    document.rename_bin(first, "Cat")
    assert "‘Cat’ would help most" in _step(document, results).text


def test_one_bin_whose_images_belong_together_is_told_to_find_nothing(document: Document, results: Results) -> None:
    (bin_id,) = _fill(document, 5)
    for group, is_told in ((1, True), (None, False)):
        paths = [example.path for example in document.bin(bin_id).examples]
        examples = tuple(ExampleReport(path, 0, 1.0, 0, 1.0, group) for path in paths)
        report = TrainingReport(("A",), examples, (), (), None, None, 3, True, 0.1)
        results.set_training(document.revision, [bin_id], report, {})
        assert ("nothing is called unlike it" in _step(document, results).text) is is_told
