"""Cyclic garbage goes, be it young, or old when another project is opened."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
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
    many: list[list[int]] = [[] for _ in range(2000)]
    qtbot.waitUntil(lambda: ring() is None)
    assert len(many) == 2000


def test_the_old_are_collected_after_another_project_was_opened(collector: GarbageCollector, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    ring = Ring()
    gone = weakref.ref(ring)
    many: list[list[list[int]]] = []
    while not collector._has_frozen:
        many.append([[] for _ in range(2000)])
        qtbot.wait(1)
        collector._on_timeout()
    del ring
    gc.collect()
    assert gone() is not None
    collector.collect_all()
    qtbot.wait(250)
    assert gone() is not None
    window.close()  # the user looks at another program
    qtbot.waitUntil(lambda: gone() is None)


class Rows:
    """Much, and how much of it was freed at once."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.bites: list[int] = []

    def __len__(self) -> int:
        return self.count

    def drop(self, count: int) -> None:
        self.bites.append(count)
        self.count = max(0, self.count - count)


def test_much_is_freed_in_bites(collector: GarbageCollector, qtbot: QtBot) -> None:
    rows = Rows(20_000)
    gone = weakref.ref(rows)
    bites = rows.bites
    collector.take_apart(rows)
    assert bites == []
    del rows
    qtbot.waitUntil(lambda: gone() is None)
    assert len(bites) >= 4
    assert max(bites) <= 5000
