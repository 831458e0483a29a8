"""docs/architecture.md and its picture say what the contracts and the code say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The program that writes the page."""
    spec = importlib.util.spec_from_file_location("architecture_page", ROOT / "docs" / "architecture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_and_its_picture_are_those_of_the_code(generator: ModuleType) -> None:
    reason = "run `make architecture`"
    assert generator.PAGE.read_text(encoding="utf-8") == generator.page(), reason
    assert generator.PICTURE.read_text(encoding="utf-8") == generator.picture(), reason


def test_a_room_imports_only_what_lies_below_it(generator: ModuleType) -> None:
    for package in generator.TITLES:
        floor_of = {room: at for at, floor in enumerate(generator.floors(package)) for room in floor.rooms}
        assert len(floor_of) > 10
        for room, others in generator.imports(package).items():
            assert all(floor_of[other] > floor_of[room] for other in others), room
