"""Cyclic garbage goes, be it young, or old when another project is opened."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.garbage import GarbageCollector


class Ring:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    collector = GarbageCollector()
    yield collector
    collector.stop()
    gc.unfreeze()
    gc.disable()  # as the tests have it


def test_the_young_are_collected_when_there_are_many(collector: GarbageCollector, qtbot: QtBot) -> None:
    ring = weakref.ref(Ring())
    many = [[] for _ in range(2000)]
    qtbot.waitUntil(lambda: ring() is None)
    assert len(many) == 2000


def test_the_old_are_collected_when_another_project_is_opened(collector: GarbageCollector, qtbot: QtBot) -> None:
    ring = Ring()
    gone = weakref.ref(ring)
    many = []
    while not collector._has_frozen:
        many.append([[] for _ in range(2000)])
        qtbot.wait(1)
        collector._on_timeout()
    del ring
    gc.collect()
    assert gone() is not None
    collector.collect_all()
    qtbot.waitUntil(lambda: gone() is None)
