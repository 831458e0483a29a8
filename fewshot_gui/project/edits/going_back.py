"""Bins get the examples again that an earlier training had: an edit made of the steps of bins and of examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import Plan
from fewshot_gui.project.edits.bins import InsertBin
from fewshot_gui.project.edits.boxes import set_boxes
from fewshot_gui.project.edits.examples import place, take_out
from fewshot_gui.project.palette import next_color
from fewshot_gui.project.values import name_key
from fewshot_gui.translation import tr
from model.types import Attend


def go_back(
    board: Board,
    when: str,
    bins: Sequence[tuple[str, str, Sequence[Path]]],
    boxes: Mapping[Path, Attend] | None = None,
) -> Plan:
    """Plan that the bins (id, name, images) hold these images and no others hold any.

    Bins that are gone come back; others stay, empty. `when` names the training. No image may be named twice.
    `boxes`: those of its examples, where that is known; else each keeps its own.
    """
    colors = [bin_.color for bin_ in board.bins]
    taken = {name_key(bin_.name) for bin_ in board.bins}
    new_bins = []
    for bin_id, name, _ in bins:
        if bin_id not in board:
            while name_key(name) in taken:
                name += " (2)"  # noqa: PLW2901 - another bin is called so by now
            taken.add(name_key(name))
            colors.append(next_color(colors))
            new_bins.append(InsertBin(len(colors) - 1, bin_id, name, colors[-1]))
    wanted = {path for _, _, paths in bins for path in paths}
    others = [example.path for bin_ in board.bins for example in bin_.examples if example.path not in wanted]
    placed = place(board, {bin_id: paths for bin_id, _, paths in bins})
    text = tr("Go back to the training of {when}").format(when=when)
    drawn = [change for path, said in (boxes or {}).items() for change in set_boxes(board, path, said).changes]
    return Plan(text, (*new_bins, *take_out(board, others), *placed, *drawn))
