"""A picture that is in two bins is marked in both."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fewshot_gui.items.roles import Role
from fewshot_gui.project.document import Document, FileIdentity
from fewshot_gui.views.main_window import MainWindow

from .helpers import paths


def test_a_picture_in_two_bins_is_marked_in_both_until_it_leaves_one(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    one, other, third, again = paths(4)
    pages = [Path(f"/images/scan.tif#{page}") for page in (1, 2)]
    document.add_examples(cats, [one, third, pages[0]])
    document.add_examples(dogs, [other, pages[1], again])
    hashes = {one: "a", other: "a", third: "b", again: "c", pages[0]: "d", pages[1]: "d"}
    document.set_identities({path: FileIdentity(64 * digit, 1) for path, digit in hashes.items()})
    models = {bin_id: window.bins.card(bin_id).images.image_model() for bin_id in (cats, dogs)}

    def marked() -> list[Path]:
        return [
            model.path(row)
            for model in models.values()
            for row in range(model.rowCount())
            if model.data(model.index(row, 0), Role.SHARED)
        ]

    qtbot.waitUntil(lambda: marked() == [one, other])
    tip = models[cats].data(models[cats].index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "The same picture is in ‘Dogs’, too" in tip
    for bin_id in (cats, dogs):
        header = window.bins.card(bin_id).header
        assert (header._shared.isVisible(), header._shared.text()) == (True, "⧉ 1")
    document.remove_examples([other])
    qtbot.waitUntil(lambda: marked() == [])
    assert not window.bins.card(cats).header._shared.isVisible()
