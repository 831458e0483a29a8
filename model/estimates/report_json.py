"""A training's report as JSON, as projects keep it. Imports no torch."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model.messages import message
from model.types import Attend, ExampleReport, Region, TrainingReport


def report_to_json(report: TrainingReport) -> str:
    """Return the report as text; bytes of paths that are no text are kept."""
    # json escapes what is not ASCII, and so also the bytes of a path that are not text.
    return json.dumps(asdict(report), default=str)


def report_from_json(text: str) -> TrainingReport:
    """Return the report that a text holds; raises `KeyError`, `TypeError` or `ValueError` where it is none."""
    fields = json.loads(text)
    interval = fields["accuracy_interval"]
    report = TrainingReport(
        class_names=tuple(fields["class_names"]),
        examples=tuple(map(_example, fields["examples"])),
        unreadable=tuple((Path(path), reason) for path, reason in fields["unreadable"]),
        duplicates=tuple((Path(path), reason) for path, reason in fields["duplicates"]),
        leave_one_out_accuracy=_number(fields["leave_one_out_accuracy"]),
        accuracy_interval=None if interval is None else (float(interval[0]), float(interval[1])),
        steps=fields["steps"],
        converged=fields["converged"],
        seconds=fields["seconds"],
        gain_of_doubling=_number(fields.get("gain_of_doubling")),  # reports of before have none
        learning_curve=tuple((float(shots), float(accuracy)) for shots, accuracy in fields.get("learning_curve", ())),
        in_two_bins=tuple((Path(one), Path(other)) for one, other in fields.get("in_two_bins", ())),
        remarks=tuple((Path(path), str(remark)) for path, remark in fields.get("remarks", ())),
    )
    for known in report.examples:
        for index in (known.class_index, known.predicted):
            if type(index) is not int or index < -1:
                raise ValueError(message("an example of the class {index}", index=index))
        if known.group is not None and type(known.group) is not int:
            raise ValueError(message("an example of no group"))
    return report


def _example(fields: dict[str, Any]) -> ExampleReport:
    numbers = {key: float(fields[key]) for key in ("weight", "confidence")}
    if not all(map(math.isfinite, numbers.values())):
        raise ValueError(message("an example without a weight or confidence"))
    attend = fields.get("attend", {})  # reports of before have none
    inside, outside = (tuple(map(_region, attend.get(name, ()))) for name in ("inside", "outside"))
    return ExampleReport(**{**fields, **numbers, "path": Path(fields["path"]), "attend": Attend(inside, outside)})


def _region(fields: dict[str, Any]) -> Region:
    region = Region(**fields)
    if any(type(value) is not int for value in fields.values()):
        raise ValueError(message("a box that is none"))
    return region


def _number(value: Any) -> float | None:  # noqa: ANN401 - of JSON
    return None if value is None else float(value)


def check_classes(report: TrainingReport, ways: int) -> None:
    """Raise `ValueError` where an example is of a class, or was taken for one, that is not among `ways` classes."""
    for known in report.examples:
        if known.class_index not in range(ways) or known.predicted not in range(-1, ways):
            raise ValueError(
                message(
                    "an example of the class {class_index}, taken for {predicted}",
                    class_index=known.class_index,
                    predicted=known.predicted,
                )
            )
