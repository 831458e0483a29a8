"""The report's tables of the thorough backbone: means over sets, worst sets, and the difference on each set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import fmean

from benchmarks.accuracy.accuracy import SHOTS
from benchmarks.accuracy.episodes import Mean, Samples, mean_of, mean_over_sets
from benchmarks.accuracy.heads import PLAIN
from benchmarks.accuracy.tables import percent, signed_percent, table
from benchmarks.accuracy.thorough import CALIBRATION, DEFAULT, THOROUGH
from model.backbones.names import THOROUGH_BACKBONE

Figures = Mapping[str, Mapping[str, Samples]]
Figure = Callable[[Samples], Mean]


def thorough_lines(figures: Figures) -> list[str]:
    """Lines of the section; `figures` by set and by shots."""
    shots = [str(k) for k in SHOTS if any(str(k) in cells for cells in figures.values())]
    rows = []
    for name in (DEFAULT, THOROUGH):
        rows.append([name, *(percent(mean_over_sets(_each(figures, k, _accuracy_of(name)))) for k in shots)])
    rivals = (("default", _difference), ("best plain head", _lead))
    for rival, figure in rivals:
        row = (signed_percent(mean_over_sets(_each(figures, k, figure))) for k in shots)
        rows.append([f"*{THOROUGH} − {rival}*", *row])
        rows.append(["worst set", *(_worst(figures, k, figure) for k in shots)])
    for name in (DEFAULT, THOROUGH):
        rows.append([f"{name}{CALIBRATION} (worst set)", *(_calibration(figures, k, name) for k in shots)])
    by_set = [
        [name, *(signed_percent(_difference(cells[k])) if k in cells else "" for k in shots)]
        for name, cells in figures.items()
    ]
    return [
        "",
        "## Thorough",
        "",
        f"`{THOROUGH_BACKBONE}` (*Run, Thorough*) against the default backbone, on the same episodes: percent, mean "
        "over sets, each with constants that were fitted on the other sets (and with the default backbone). The best "
        "plain head of each set, on the default backbone's features, is picked by the very figures it is compared "
        "with. Of a set with two numbers of ways the first is taken.",
        *table(["shots", *shots], rows),
        "",
        f"{THOROUGH} − default, by set:",
        *table(["", *(f"{k}-shot" for k in shots)], by_set),
    ]


def _each(figures: Figures, shots: str, figure: Figure) -> list[Mean]:
    return [figure(cells[shots]) for cells in figures.values() if shots in cells]


def _worst(figures: Figures, shots: str, figure: Figure) -> str:
    found = {name: figure(cells[shots]) for name, cells in figures.items() if shots in cells}
    name = min(found, key=lambda one: found[one].value)
    return f"{signed_percent(found[name])} ({name})"


def _calibration(figures: Figures, shots: str, name: str) -> str:
    errors = [cells[shots][name + CALIBRATION][0] for cells in figures.values() if shots in cells]
    return f"{100 * fmean(errors):.1f} ({100 * max(errors):.1f})"


def _accuracy_of(name: str) -> Figure:
    return lambda cell: mean_of(cell[name])


def _difference(cell: Samples, rival: str = DEFAULT) -> Mean:
    return mean_of([a - b for a, b in zip(cell[THOROUGH], cell[rival], strict=True)])


def _lead(cell: Samples) -> Mean:
    return _difference(cell, max(PLAIN, key=lambda name: fmean(cell[name])))
