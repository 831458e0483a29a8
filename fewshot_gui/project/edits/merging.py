"""Bins are filled from a folder, or one into another: edits made of the steps of bins and of examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import Plan
from fewshot_gui.project.edits.bins import InsertBin, RemoveBin
from fewshot_gui.project.edits.examples import place
from fewshot_gui.project.edits.labels import relabelled
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.palette import next_color
from fewshot_gui.project.values import name_key
from fewshot_gui.translation import tr


def merge_bins(board: Board, source_id: str, target_id: str) -> Plan:
    """Plan that the examples of one bin go to the end of another, and that the emptied bin goes.

    Raises `ProjectError` where one does not exist, or both are the same.
    """
    source, target = board.bin(source_id), board.bin(target_id)
    if source_id == target_id:
        raise ProjectError(tr("A bin cannot be merged into itself."))
    placed = place(board, {target_id: [example.path for example in source.examples]})
    emptied = RemoveBin(board.position(source_id), source_id, source.name, source.color)
    text = tr("Merge ‘{source}’ into ‘{target}’").format(source=source.name, target=target.name)
    return Plan(text, (*placed, *relabelled(board, source_id, target_id), emptied))


def fill_bins(board: Board, folder_name: str, groups: Sequence[tuple[str, Sequence[Path]]]) -> Plan:
    """Plan that images go to the bins of these names (name, images), those that are missing being added.

    No image may be named twice.
    """
    new_bins: dict[str, InsertBin] = {}
    placed: dict[str, list[Path]] = {}
    colors = [bin_.color for bin_ in board.bins]
    for name, paths in groups:
        bin_id = board.bin_named(name)
        if bin_id is None:
            key = name_key(name)
            if key not in new_bins:
                colors.append(next_color(colors))
                new_bins[key] = InsertBin(len(colors) - 1, uuid4().hex, name, colors[-1])
            bin_id = new_bins[key].bin_id
        placed.setdefault(bin_id, []).extend(paths)
    if folder_name:
        text = tr("Add bins from folder ‘{name}’").format(name=folder_name)
    else:
        names = list(dict.fromkeys(name for name, _ in groups))
        more = tr(" and {count} more").format(count=len(names) - 3) if len(names) > 3 else ""
        text = tr("Add to bins: {names}").format(names=", ".join(f"‘{name}’" for name in names[:3]) + more)
    return Plan(text, (*new_bins.values(), *place(board, placed)))
