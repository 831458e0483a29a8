"""The report's table of transduction: means over sets, and what each set gains."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.accuracy.episodes import Samples, mean_of, mean_over_sets
from benchmarks.accuracy.tables import percent, signed_percent, table

GAIN = "gain"


def folder_lines(figures: Mapping[str, Mapping[str, Samples]]) -> list[str]:
    """Lines of the section; `figures` by set and by shots and kind of folder."""
    kinds = next(iter(figures.values()))
    columns = next(iter(kinds.values()))
    rows = []
    for kind in kinds:
        means = {
            column: mean_over_sets([mean_of(of_set[kind][column]) for of_set in figures.values()]) for column in columns
        }
        written = {name: (signed_percent if name == GAIN else percent)(mean) for name, mean in means.items()}
        # One calibration error comes from all episodes together: it has no interval.
        cells = [text if means[name].half_width else f"{100 * means[name].value:.1f}" for name, text in written.items()]
        gains = [signed_percent(mean_of(of_set[kind][GAIN])) for of_set in figures.values()]
        rows.append([kind, *cells, *gains])
    return [
        "",
        "## Images classified together",
        "",
        "Percent, means over sets: accuracy on a folder of 20 images a class on average, classified one by one and "
        "together (`--transductive`); the expected calibration error of each; then the gain of each set. Folders hold "
        "as many images of each class, unequal shares (Dirichlet, parameter 2), or two of the classes only.",
        *table(["", *columns, *(f"gain: {name}" for name in figures)], rows),
    ]
