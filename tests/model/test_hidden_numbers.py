"""Numbers in the place of names."""

from __future__ import annotations

import re
from pathlib import Path

from model.images.hidden_names import hidden_name, hidden_names


def test_a_number_stays_and_says_nothing_of_the_name() -> None:
    path = Path("/images/Miller, Ann.png")
    assert hidden_name(path) == hidden_name(Path("/images") / "Miller, Ann.png")
    assert re.fullmatch("[0-9A-F]{4}-[0-9A-F]{4}", hidden_name(path))


def test_two_images_of_one_number_are_told_apart() -> None:
    one, other = Path("/images/40548.png"), Path("/images/43282.png")
    assert hidden_name(one) == hidden_name(other)
    assert hidden_names([one, other, one]) == {one: hidden_name(one), other: f"{hidden_name(one)}-2"}
