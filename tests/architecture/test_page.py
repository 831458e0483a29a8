"""docs/architecture.md and its picture say what the contracts and the code say."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.programs import docs_program

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The program that writes the page."""
    return docs_program("architecture")


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
