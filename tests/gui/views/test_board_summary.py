"""The line above the bins: its tool tip tells how each class fares and whether more examples would help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from pytestqt.qtbot import QtBot

from fewshot_gui.views.board_summary import explain
from fewshot_gui.widgets.pane_header import PaneHeader
from model.types import ExampleReport, TrainingReport

OUTCOMES = [(0, 0)] * 5 + [(1, 1)] * 4 + [(1, 0)]


def _report() -> TrainingReport:
    examples = tuple(ExampleReport(Path(f"{k}.png"), c, 1.0, p, 0.8) for k, (c, p) in enumerate(OUTCOMES))
    return TrainingReport(("Cat", "Dog"), examples, (), (), 0.9, (0.6, 0.98), 3, True, 0.1, 0.04)


def _explained(report: TrainingReport | None) -> str:
    return explain(SimpleNamespace(report=report))  # type: ignore[arg-type]


def test_each_class_and_the_outlook_are_told() -> None:
    text = _explained(_report())
    assert "from about 90 % to about 94 %" in text
    assert "‘Dog’ needs them most" in text
    assert "Cat: 5 of 5 recognised" in text
    assert "Dog: 4 of 5 recognised" in text
    assert "83 % of what is called so is" in text


def test_little_to_gain_and_nothing_known_are_said_as_they_are() -> None:
    assert "hardly help" in _explained(replace(_report(), gain_of_doubling=0.0))
    assert "Too few" in _explained(replace(_report(), gain_of_doubling=None))
    assert _explained(replace(_report(), leave_one_out_accuracy=None)) == ""
    assert _explained(None) == ""


def test_the_header_s_tool_tip_goes_on_with_the_details(qtbot: QtBot) -> None:
    header = PaneHeader("Bins")
    qtbot.addWidget(header)
    header.set_note("Examples: 10", "Cat: 5 of 5")
    assert header.note() == "Examples: 10"
    tips = [child.toolTip() for child in header.children() if hasattr(child, "toolTip")]
    assert "Examples: 10\n\nCat: 5 of 5" in tips
