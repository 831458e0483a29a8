from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewshot_gui.project.palette import OKABE_ITO, next_color
from fewshot_gui.project.values import BinPrediction, clean_name, name_key
from model.types import Prediction, Status

from .helpers import images, prediction


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Cat ", "Cat"),
        ("two\n lines\tof it", "two lines of it"),
        ("\x00bell\x07", "bell"),
        ("猫", "猫"),
        ("گربه\u200cها", "گربه\u200cها"),  # a joiner that this script needs
        ("👩\u200d🔬", "👩\u200d🔬"),
        (" \u3000 ", ""),
        (os.fsdecode(b"caf\xe9"), "caf?"),
    ],
)
def test_names_are_one_trimmed_storable_line_in_any_script(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize(("one", "other"), [("Cat", "cAT"), ("Straße", "STRASSE"), ("é", "e\u0301")])
def test_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@given(st.text(st.characters(), max_size=30))
def test_a_clean_name_is_utf_8_and_clean_already(text: str) -> None:
    name = clean_name(text)
    name.encode("utf-8")
    assert clean_name(name) == name


def test_colors_start_with_okabe_and_ito_and_never_repeat() -> None:
    colors: list[str] = []
    for _ in range(100):
        colors.append(next_color(colors))
    assert tuple(colors[: len(OKABE_ITO)]) == OKABE_ITO
    assert len(set(colors)) == len(colors)


def test_a_color_that_became_free_is_given_again() -> None:
    assert next_color([OKABE_ITO[0].upper(), OKABE_ITO[2]]) == OKABE_ITO[1]


def test_a_prediction_in_terms_of_bins() -> None:
    (path,) = images("a")
    made = BinPrediction.of(prediction(path, predicted=1), ("cat", "dog"), revision=4)
    assert (made.bin_id, made.confidence, made.score("cat"), made.score("gone")) == ("dog", 0.25, 0.75, 0.0)


def test_an_unreadable_image_has_no_bin_and_no_confidence() -> None:
    (path,) = images("a")
    made = BinPrediction.of(Prediction(path, Status.ERROR, message="is damaged."), ("cat", "dog"), revision=4)
    assert (made.bin_id, made.confidence, made.message) == (None, 0.0, "is damaged.")
