"""Markdown tables of means with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.accuracy.episodes import Mean


def table(head: Sequence[str], rows: Sequence[Sequence[str]], rule: str = "---:") -> list[str]:
    """Return the lines of a table; `rule` aligns all columns but the first, which is text."""
    lines = ["", "| " + " | ".join(head) + " |", "|---" + f"|{rule}" * (len(head) - 1) + "|"]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows)]


def percent(mean: Mean) -> str:
    """For example 71.2 ± 1.3."""
    return f"{100 * mean.value:.1f} ± {100 * mean.half_width:.1f}"


def signed_percent(mean: Mean) -> str:
    """For example +1.2 ± 0.4."""
    return f"{100 * mean.value:+.1f} ± {100 * mean.half_width:.1f}"
