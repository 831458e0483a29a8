"""Sentences that are made away from the window reach a person in the window's language, names and all."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from fewshot_gui.controllers.folder_exporting import _describe, _describe_undone
from fewshot_gui.jobs.engine import _nothing_found
from fewshot_gui.jobs.messages import JobFailure, TrainRequest
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.project import errors as project_errors
from fewshot_gui.project.errors import LockedError
from fewshot_gui.project.folder_export import Exported, Transfer
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.moves import Undone
from fewshot_gui.texts import packed, unpacked
from fewshot_gui.translation import following, use_language
from model.cli.command import build_parser
from model.cli.commands import doctor
from model.messages import Message, message, translated
from tests.gui.jobs.fakes import FakeEngine

_ROOT = Path(__file__).resolve().parents[2] / "fewshot_gui"
_ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")  # two words of a sentence


def _is_chinese(text: str, *but: str) -> bool:
    said = translated(text, "zh_CN")
    for name in but:
        assert name in said
        said = said.replace(name, "")
    return bool(re.search("[\u4e00-\u9fff]", said)) and not _ENGLISH.search(said)


@pytest.mark.parametrize("transfer", list(Transfer))
def test_what_became_of_images_that_were_sorted_into_folders(transfer: Transfer) -> None:
    done = Exported(5, 1, 2, failed=[(Path("/a"), "full")], is_cancelled=True)
    text = _describe(done, Path("/home/me/sorted"), transfer)
    assert text.startswith("5 images ")
    assert text.endswith("; 1 were there already; 2 got another name, as theirs was taken; "
                         f"1 could not be {text.split()[2]}; stopped")  # fmt: skip
    assert _is_chinese(text, "sorted")
    undone = _describe_undone(Undone({Path("/b"): Path("/a")}, [(Path("/c"), "gone")]))
    assert undone == "1 images are back where they were; 1 could not be moved back"
    assert _is_chinese(undone)


def test_who_has_a_project_that_is_locked(tmp_path: Path) -> None:
    lock = ProjectLock(tmp_path / "mine.fewshot")
    try:
        with pytest.raises(LockedError, match="is open already") as caught:
            ProjectLock(tmp_path / "mine.fewshot")
    finally:
        lock.release()
    assert _is_chinese(str(caught.value), "mine.fewshot")


def test_where_nothing_was_found() -> None:
    assert _is_chinese(_nothing_found([Path("/data/empty")]), "empty")
    assert _is_chinese(_nothing_found([Path("/data/empty"), Path("/data/too")]))


@pytest.mark.expected_log("failed unexpectedly")
def test_an_error_inside_the_program(qapp: object) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    runner, failures, loop = Runner(FakeEngine(fail)), list[JobFailure](), QEventLoop()
    runner.failed.connect(failures.append)
    runner.finished.connect(loop.quit)
    runner.start()
    runner.submit(lambda job_id: TrainRequest(job_id, 0, (), (), (), "", "cpu", 0))
    loop.exec()
    assert runner.shutdown() == []
    assert failures[0].message == "Something went wrong inside the program (ZeroDivisionError: by zero)."
    assert _is_chinese(failures[0].message, "ZeroDivisionError", "by zero")


def test_a_remark_on_a_picture_keeps_its_values() -> None:
    text = message("“{file}” is not in its folder any more: moved, deleted, or its drive is gone. Put it back, or save "
                   "the project elsewhere.", file="a.tif")  # fmt: skip
    kept = unpacked(packed(text))
    assert isinstance(kept, Message)
    assert kept == text
    assert _is_chinese(kept, "a.tif")
    assert unpacked(packed("")) == ""
    assert unpacked(packed("plain")) == "plain"
    with pytest.raises(ValueError, match="a message that is none"):
        unpacked('{"template": 1}')


def test_the_doctor_speaks_the_language_and_writes_english() -> None:
    found = [*doctor._program(), *doctor._cache(), *doctor._window()]
    assert {"fewshot", "system", "cache", "window"} <= {str(one.what) for one in found}
    for one in found:
        if one.what in {"system", "cache", "fonts"}:
            assert translated(one.what, "zh_CN") != one.what
            assert re.search("[\u4e00-\u9fff]", translated(one.found, "zh_CN")), one.what


def _helps(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, str | None]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield f"{path} {choice.dest}", choice.help
            for name, below in action.choices.items():
                yield from _helps(below, f"{path} {name}")
        elif not isinstance(action, argparse._HelpAction):
            yield f"{path} {action.option_strings or action.dest}", action.help


def test_the_help_of_every_command_and_step_is_there_and_in_chinese() -> None:
    helps = dict(_helps(build_parser()))
    assert len(helps) > 100
    for place, text in helps.items():
        assert text, place
        assert re.search("[\u4e00-\u9fff]", translated(text, "zh_CN")) or text == argparse.SUPPRESS, place


def test_nothing_that_is_said_is_made_of_text_that_is_no_message() -> None:
    """Neither errors nor what the status bar and dialogs are given: it could not be translated."""
    kinds = {name for name, kind in vars(project_errors).items() if isinstance(kind, type)} | {"JobFailure", "Rescue"}
    said = {"show_message", "show_error"}
    found = []
    for path in sorted(_ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in kinds | said:
                found += [f"{path.name}:{node.lineno}" for one in node.args if _is_text(one)]
    assert found == []


def _is_text(node: ast.expr) -> bool:
    """Whether it is a literal with words, alone or within an f-string."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(re.search("[A-Za-z]{2}", text) for text in texts)


def test_sentences_follow_one_another_as_the_language_has_them(qapp: QApplication) -> None:
    assert following("One.", "", "Two.") == "One. Two."
    use_language(qapp, "zh_CN")
    try:
        assert following("一。", "", "二。") == "一。二。"
        assert following("‘{bin}’", "二。") == "‘{bin}’二。"  # people's names are left as they are
    finally:
        use_language(qapp, "en")
