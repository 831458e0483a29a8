"""The report's tables of accuracy: per set, over sets, differences to the best other head, ablations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import fmean

from benchmarks.accuracy.accuracy import ABLATED_SHOTS, SHOTS, Accuracies
from benchmarks.accuracy.episodes import Mean, mean_of, mean_over_sets
from benchmarks.accuracy.heads import ABLATIONS, ALL_IN, HEADS, OURS, PLAIN
from benchmarks.accuracy.tables import percent, signed_percent, table
from benchmarks.accuracy.views import REGION_CHANNELS

BEST_PLAIN, BEST_OTHER = "ours − best plain head", "ours − best other head"

Cell = dict[str, list[float]]
Figure = Callable[[Cell], Mean]


def accuracy_lines(figures: dict[str, Accuracies]) -> list[str]:
    """Lines of the section; `figures` by set."""
    shots = [k for k in SHOTS if any(str(k) in cells for ways in figures.values() for cells in ways.values())]
    lines = [
        "",
        "## Accuracy",
        "",
        "Percent, mean over episodes ± half of the 95 % interval. All heads see the same episodes and the same frozen "
        "features. Differences are paired by episode; the best head is picked by the very figures it is compared "
        f"with, which favours it. “{OURS}”: with constants that were fitted on the other sets, what images of a new "
        f"kind would get; “{ALL_IN}”: with those that are shipped. Plain heads: {', '.join(PLAIN)}. DN4 and FRN see "
        "regions of stride 32 in the set's "
        f"{REGION_CHANNELS} principal axes, to save time; on three sets 78 to 99 % of their squared length is kept.",
        "",
        "### Mean over sets",
        "",
        "A set with two numbers of ways counts once; only sets with enough images for the shots.",
        *_table(shots, lambda figure, k: _over_sets(figures, figure, k)),
    ]
    for set_name, by_ways in figures.items():
        for ways, cells in by_ways.items():
            lines += ["", f"### {set_name}, {ways}-way"]
            own = [k for k in shots if str(k) in cells]
            lines += _table(own, partial(_of_one, cells))
    return lines + _ablation_lines(figures)


def _table(shots: list[int], value: Callable[[Figure, int], Mean]) -> list[str]:
    rows = [[name, *(percent(value(_accuracy_of(name), k)) for k in shots)] for name in HEADS]
    others = [name for name in HEADS if name not in (OURS, ALL_IN)]
    for title, rivals in ((BEST_PLAIN, list(PLAIN)), (BEST_OTHER, others)):
        rows.append([f"*{title}*", *(signed_percent(value(_lead_over(rivals), k)) for k in shots)])
    return table(["shots", *map(str, shots)], rows)


def _ablation_lines(figures: dict[str, Accuracies]) -> list[str]:
    columns = [
        (f"{name}, {ways}-way", k, cells[str(k)])
        for name, by_ways in figures.items()
        for ways, cells in by_ways.items()
        for k in ABLATED_SHOTS
        if str(k) in cells
    ]
    rows = [
        [f"{name}, {k}-shot", percent(mean_of(cell[OURS])), *(signed_percent(_change_with(a)(cell)) for a in ABLATIONS)]
        for name, k, cell in columns
    ]
    for k in ABLATED_SHOTS:
        own = percent(_over_sets(figures, _accuracy_of(OURS), k))
        losses = (signed_percent(_over_sets(figures, _change_with(a), k)) for a in ABLATIONS)
        rows.append([f"**mean over sets, {k}-shot**", own, *losses])
    return [
        "",
        "### What each part adds",
        "",
        "Accuracy with a part taken away, minus accuracy of the whole (paired): a negative number is what the part "
        "is worth.",
        *table(["", "ours", *ABLATIONS], rows),
    ]


def _accuracy_of(name: str) -> Figure:
    return lambda cell: mean_of(cell[name])


def _lead_over(rivals: list[str]) -> Figure:
    def lead(cell: Cell) -> Mean:
        best = max(rivals, key=lambda name: fmean(cell[name]))
        return mean_of([a - b for a, b in zip(cell[OURS], cell[best], strict=True)])

    return lead


def _change_with(ablation: str) -> Figure:
    return lambda cell: mean_of([a - b for a, b in zip(cell[ablation], cell[OURS], strict=True)])


def _of_one(cells: dict[str, Cell], figure: Figure, shots: int) -> Mean:
    return figure(cells[str(shots)])


def _over_sets(figures: dict[str, Accuracies], figure: Figure, shots: int) -> Mean:
    per_set = []
    for by_ways in figures.values():
        means = [figure(cells[str(shots)]) for cells in by_ways.values() if str(shots) in cells]
        if means:
            per_set.append(mean_over_sets(means))
    return mean_over_sets(per_set)
