"""Where names are hidden, nothing in the window tells a file's or folder's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.items.naming import display_name, hide_names

MakeImages = Callable[..., list[Path]]
_TEXTS = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.StatusTipRole,
)


@pytest.fixture(autouse=True)
def shown_again() -> Iterator[None]:
    yield
    hide_names(False)


def _texts(app: App) -> Iterator[str]:
    """All that the window and its models say of images."""
    window = app.window
    models: list[QAbstractItemModel] = [window.library.model, window.results.model]
    for view in window.findChildren(QWidget):
        model = view.model() if hasattr(view, "model") and callable(view.model) else None
        if isinstance(model, QAbstractItemModel):
            models.append(model)
        yield from (view.toolTip(), view.statusTip(), view.accessibleName())
        if isinstance(view, QLabel):
            yield view.text()
    for model in models:
        for row in range(model.rowCount()):
            for column in range(4 if model is window.results.model else 1):
                for role in _TEXTS:
                    yield str(model.data(model.index(row, column), role) or "")
    yield window.statusBar().currentMessage()
    yield window.windowTitle()


def test_hidden_names_are_nowhere_and_come_back(
    app: App, make_images: MakeImages, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = "Smith^John"
    images = make_images(folder, 6)
    broken = tmp_path / folder / "Smith-broken.png"
    broken.write_bytes(b"no image")
    document = app.session.document
    first, second = document.add_bin("a"), document.add_bin("b")
    document.add_examples(first, [*images[:2], broken])
    document.add_examples(second, images[2:4])
    app.library.add_folders((tmp_path / folder,))
    qtbot.waitUntil(lambda: app.window.library.model.total == 7)
    with qtbot.waitSignal(app.running.job_ended):
        app.window.command_table["train"].trigger()
    with qtbot.waitSignal(app.running.job_ended):
        app.window.intents.classify_requested.emit([tmp_path / folder])
    app.window.inspector.show_image(images[0])
    assert any("Smith" in text for text in _texts(app))
    app.window.statusBar().clearMessage()
    app.window.command_table["hideNames"].trigger()
    said = [text for text in _texts(app) if "Smith" in text or "0000" in text]
    assert not said
    assert app.settings.names_hidden
    assert re.fullmatch("[0-9A-F]{4}-[0-9A-F]{4}", display_name(images[0]))
    assert len({display_name(path) for path in images}) == 6
    assert not app.window.library.filter.isEnabled()
    app.window.command_table["hideNames"].trigger()
    assert any("Smith" in text for text in _texts(app))
    assert not app.settings.names_hidden
