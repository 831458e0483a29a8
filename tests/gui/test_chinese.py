"""The window in another language: its catalogs are whole and compiled, and a person reads Chinese."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from tests.programs import docs_program

ROOT = Path(__file__).resolve().parents[2]
_PLACES = re.compile(r"\{[^{}]*\}|%n")
_SHOW = """
import sys
from PySide6.QtWidgets import QApplication
from fewshot_gui.actions import SPECS
from fewshot_gui.items.naming import display_text
from fewshot_gui.translation import tr, use_language
from model.messages import message
app = QApplication([])
print(use_language(app, sys.argv[1]))
print(tr(SPECS[0].text))
print(display_text(message("“{name}” exists already.", name="Training")))
print(tr("%n example(s) look much like another class, in ‘{name}’ first: are they in the right bin?", "", 1))
"""


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    return docs_program("translations")


def test_every_text_of_the_window_is_translated_with_the_same_places_and_keys(maker: ModuleType) -> None:
    assert {path.name for path in maker.window_catalogs()} == {"fewshot_en.ts", "fewshot_zh_CN.ts"}
    for path in maker.window_catalogs():
        assert maker.unfinished(path) == []
        for one in ElementTree.parse(path).getroot().iter("message"):
            source, said = one.findtext("source") or "", one.find("translation")
            assert said is not None
            for text in [form.text or "" for form in said.iter("numerusform")] or [said.text or ""]:
                assert sorted(_PLACES.findall(text)) == sorted(_PLACES.findall(source)), source
                assert ("&" in text.replace("&&", "")) == ("&" in source.replace("&&", "")), source


def test_catalogs_of_the_window_are_those_of_the_code_and_compiled(maker: ModuleType, tmp_path: Path) -> None:
    for path in maker.window_catalogs():
        fresh = tmp_path / path.name
        fresh.write_bytes(path.read_bytes())
        maker.update_window(path, fresh)
        assert fresh.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), "run `make translations`"
        maker.compile_window(path, fresh.with_suffix(".qm"))
        assert fresh.with_suffix(".qm").read_bytes() == path.with_suffix(".qm").read_bytes(), "run `make translations`"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("zh_CN", ["zh_CN", "新建项目(&N)", "“Training”已存在。"]),
        ("en", ["en", "&New project", "“Training” exists already."]),
    ],
)
def test_texts_and_errors_are_shown_in_the_language_chosen(choice: str, said: list[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    shown = subprocess.run(
        [sys.executable, "-c", _SHOW, choice], capture_output=True, encoding="utf-8", env=environment, check=True
    ).stdout.splitlines()
    assert shown[:3] == said
    assert ("looks much like" in shown[3]) == (choice == "en")
