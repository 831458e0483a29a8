"""Where an image lies on the canvas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from fewshot_gui.widgets.viewport_transform import MAX_SCALE, MIN_SCALE, ViewportTransform

COORDINATE = st.floats(-500, 1500)


@pytest.fixture
def view() -> ViewportTransform:
    view = ViewportTransform()
    view.set_widget_size(QSizeF(400, 300))
    view.set_image_size(QSizeF(100, 50))
    return view


def test_it_begins_fitted_and_centred(view: ViewportTransform) -> None:
    assert view.scale == 4
    rect = view.image_rect()
    assert (rect.x(), rect.y(), rect.width(), rect.height()) == (0, 50, 400, 200)


def test_a_fitted_image_follows_the_widget(view: ViewportTransform) -> None:
    view.set_widget_size(QSizeF(200, 300))
    assert (view.scale, view.is_fitted) == (2, True)
    view.set_scale(1)
    view.set_widget_size(QSizeF(100, 300))
    assert (view.scale, view.is_fitted) == (1, False)


@given(anchor_x=st.floats(0, 400), anchor_y=st.floats(50, 250), factors=st.lists(st.floats(0.5, 2), max_size=8))
def test_the_point_under_the_cursor_stays(anchor_x: float, anchor_y: float, factors: list[float]) -> None:
    view = ViewportTransform()
    view.set_widget_size(QSizeF(400, 300))
    view.set_image_size(QSizeF(100, 50))
    view.set_scale(12)  # so large that the picture need not be kept in view
    anchor = QPointF(anchor_x, anchor_y)
    before = view.to_image(anchor)
    for factor in factors:
        if 8 < view.scale * factor < MAX_SCALE:
            view.zoom_about(anchor, factor)
    after = view.to_image(anchor)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1e-6)


@given(COORDINATE, COORDINATE, st.floats(0.05, 60))
def test_there_and_back(x: float, y: float, scale: float) -> None:
    view = ViewportTransform()
    view.set_widget_size(QSizeF(401, 299))
    view.set_image_size(QSizeF(640, 480))
    view.set_scale(scale, QPointF(x, y))
    view.pan(QPointF(13, -7))
    back = view.to_widget(view.to_image(QPointF(x, y)))
    assert (back.x(), back.y()) == pytest.approx((x, y), abs=1e-6)


def test_zoom_has_limits_and_the_image_stays_in_view(view: ViewportTransform) -> None:
    view.zoom_about(QPointF(0, 0), 1e9)
    assert view.scale == MAX_SCALE
    view.pan(QPointF(1e9, 1e9))
    middle = view.to_image(QPointF(200, 150))
    assert (middle.x(), middle.y()) == (0, 0)
    view.zoom_about(QPointF(0, 0), 1e-9)
    assert view.scale == MIN_SCALE


def test_no_image_and_no_room_do_no_harm() -> None:
    view = ViewportTransform()
    view.set_widget_size(QSizeF(0, 0))
    view.set_image_size(QSizeF(10, 10))
    assert view.scale == 1


@given(st.lists(st.sampled_from(["right", "left", "mirror"]), max_size=6), st.floats(0, 100), st.floats(0, 50))
def test_turns_and_mirrors_go_there_and_back(steps: list[str], x: float, y: float) -> None:
    view = ViewportTransform()
    view.set_widget_size(QSizeF(400, 300))
    view.set_image_size(QSizeF(100, 50))
    for step in steps:
        view.mirror() if step == "mirror" else view.turn(1 if step == "right" else -1)
    back = view.to_image(view.to_widget(QPointF(x, y)))
    assert (back.x(), back.y()) == pytest.approx((x, y), abs=1e-6)
    painted = view.transform().map(QPointF(x, y))
    meant = view.to_widget(QPointF(x, y))
    assert (painted.x(), painted.y()) == pytest.approx((meant.x(), meant.y()), abs=1e-6)
    rect = view.image_rect()
    assert rect.width() == pytest.approx(view.turned_size().width() * view.scale)


def test_a_turn_is_clockwise_and_a_mirror_is_of_what_is_seen(view: ViewportTransform) -> None:
    view.turn(1)
    assert view.scale == 3  # 50 x 100 in 400 x 300
    corner = view.to_widget(QPointF(0, 0))
    assert (corner.x(), corner.y()) == (275, 0)  # top left is top right now
    view.mirror()
    corner = view.to_widget(QPointF(0, 0))
    assert (corner.x(), corner.y()) == (125, 0)
    view.set_scale(10)
    middle = view.to_image(QPointF(200, 150))
    view.turn(-1)
    again = view.to_image(QPointF(200, 150))
    assert (again.x(), again.y()) == pytest.approx((middle.x(), middle.y()))
