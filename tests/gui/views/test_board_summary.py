"""The line above the bins: its tool tip tells whether more examples would help, and it opens the estimates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fewshot_gui.controllers.job_words import describe_training
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.board_summary import explain, summarize
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.widgets.elided_label import ElidedLabel
from fewshot_gui.widgets.pane_header import PaneHeader
from model.types import ExampleReport, TrainingReport

from .helpers import child

OUTCOMES = [(0, 0)] * 5 + [(1, 1)] * 4 + [(1, 0)]


def _report() -> TrainingReport:
    examples = tuple(ExampleReport(Path(f"/{k}.png"), c, 1.0, p, 0.8) for k, (c, p) in enumerate(OUTCOMES))
    return TrainingReport(("Cat", "Dog"), examples, (), (), 0.9, (0.6, 0.98), 3, True, 0.1, 0.04)


def _explained(document: Document, results: Results, report: TrainingReport) -> str:
    results.set_training(document.revision, [bin_.id for bin_ in document.bins], report, {})
    return explain(document, results)


def test_the_outlook_is_told_in_a_line(document: Document, results: Results) -> None:
    assert explain(document, results) == ""
    document.add_bin("Cat"), document.add_bin("Hound")
    text = _explained(document, results, _report())
    assert "from about 90 % to about 94 %" in text
    assert "‘Hound’ needs them most" in text  # as the bin is called now
    assert "\n" not in text


def test_little_to_gain_and_nothing_known_are_said_as_they_are(document: Document, results: Results) -> None:
    document.add_bin("Cat"), document.add_bin("Dog")
    assert "hardly help" in _explained(document, results, replace(_report(), gain_of_doubling=0.0))
    assert "Too few" in _explained(document, results, replace(_report(), gain_of_doubling=None))


def test_with_one_example_in_each_bin_confidence_is_said_not_to_be_measured(
    document: Document, results: Results
) -> None:
    document.add_bin("Cat"), document.add_bin("Dog")
    report = replace(_report(), leave_one_out_accuracy=None, accuracy_interval=None)
    assert "two examples in a bin" in _explained(document, results, report)
    assert "confidence not measured" in summarize(document, results)
    assert "confidence not measured" in describe_training(report)
    assert "not measured" not in describe_training(_report())
    results.set_training(document.revision, [bin_.id for bin_ in document.bins], _report(), {})
    assert "not measured" not in summarize(document, results)


def test_the_header_s_tool_tip_goes_on_with_the_details(qtbot: QtBot) -> None:
    header = PaneHeader("Bins")
    qtbot.addWidget(header)
    header.set_note("Examples: 10", "Cat: 5 of 5")
    assert header.note() == "Examples: 10"
    tips = [child.toolTip() for child in header.children() if hasattr(child, "toolTip")]
    assert "Examples: 10\n\nCat: 5 of 5" in tips


def test_a_click_on_the_line_opens_the_estimates(window: MainWindow, document: Document) -> None:
    document.add_bin("Cat")
    line = child(window.bins.header, ElidedLabel)
    QTest.mouseClick(line, Qt.MouseButton.RightButton)
    assert not window.estimates.isVisible()
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert window.estimates.isVisible()
