"""What the record says of a training. Free of Qt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from fewshot_gui.project.board import Board
from fewshot_gui.project.record import plain, program_version
from fewshot_gui.project.training import Training

_HASHES = "hashes"


def training_facts(training: Training, classifier: str, board: Board, origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return the classifier's hash, its examples by content, its estimate, and what `origin` says besides.

    Each bin has its id, name and examples: [SHA-256 of the content, number of the group or null]. An image whose hash
    is not known, from `origin["hashes"]` (by path) or the board, stands there with its path in the hash's place.
    """
    report = training.report
    hashes: Mapping[str, str] = origin.get(_HASHES, {})
    groups: list[list[list[Any]]] = [[] for _ in training.bin_ids]
    for known in report.examples:
        hash_ = hashes.get(os.fspath(known.path)) or board.content_hash(known.path) or os.fspath(known.path)
        groups[known.class_index].append([hash_, known.group])
    bins = [
        {"id": bin_id, "name": name, "examples": examples}
        for bin_id, name, examples in zip(training.bin_ids, report.class_names, groups, strict=False)
    ]
    return {
        "version": program_version(),
        **plain({key: value for key, value in origin.items() if key != _HASHES}),
        "classifier": classifier,
        "revision": training.revision,
        "bins": bins,
        "unreadable": len(report.unreadable),
        "duplicates": len(report.duplicates),
        "accuracy": plain(report.leave_one_out_accuracy),
        "interval": plain(report.accuracy_interval),
        "seconds": plain(report.seconds),
    }
