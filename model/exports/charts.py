"""Charts as SVG text for reports: no script, readable in print. Needs neither torch nor Qt."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from model.estimates.intervals import left_out_interval
from model.messages import message, translated

_SIDE, _MARGIN = 260, 36
_BINS = 5


@dataclass(frozen=True)
class ReliabilityBin:
    """Left-out examples of about one confidence: mean confidence, share that is right, its interval, 0..1."""

    count: int
    confidence: float
    right: float
    interval: tuple[float, float]


def reliability(outcomes: Sequence[tuple[float, bool]]) -> list[ReliabilityBin]:
    """Put (confidence, whether it is right) of left-out examples into bins of as many each, at most five."""
    ordered = sorted(outcomes)
    bins = max(1, min(_BINS, len(ordered) // 4))
    edges = [round(len(ordered) * at / bins) for at in range(bins + 1)]
    found = []
    for first, last in pairwise(edges):
        part = ordered[first:last]
        if part:
            right = sum(is_right for _, is_right in part)
            mean = sum(confidence for confidence, _ in part) / len(part)
            found.append(ReliabilityBin(len(part), mean, right / len(part), left_out_interval(right, len(part))))
    return found


def reliability_chart(bins: Sequence[ReliabilityBin], language: str = "") -> str:
    """Return the diagram: stated confidence to the right, share that is right upwards, 95 % intervals.

    language: of its words, see `translated`
    """
    marks = []
    for one in bins:
        x = _at(one.confidence)
        low, high = (_up(share) for share in one.interval)
        marks.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" class="whisker"/>')
        marks.append(f'<circle cx="{x:.1f}" cy="{_up(one.right):.1f}" r="4.5" class="dot"/>')
    diagonal = f'<line x1="{_at(0)}" y1="{_up(0)}" x2="{_at(1)}" y2="{_up(1)}" class="ideal"/>'
    titles = message("stated confidence, %"), message("right when left out, %")
    return _chart(diagonal + "".join(marks), titles, language)


def curve_chart(
    points: Sequence[tuple[float, float]], outlook: tuple[float, float, float] | None, language: str = ""
) -> str:
    """Return the learning curve of (examples a class, accuracy); `outlook`: examples now, accuracy now, with twice.

    language: of its words, see `translated`
    """
    if not points:
        return ""
    most = max(shots for shots, _ in points) if outlook is None else 2 * outlook[0]
    path = " ".join(f"{_at(shots / most):.1f},{_up(accuracy):.1f}" for shots, accuracy in points)
    marks = f'<polyline points="{path}" class="curve"/>'
    if outlook is not None:
        shots, now, then = outlook
        ends = f'x1="{_at(shots / most):.1f}" y1="{_up(now):.1f}" x2="{_at(1):.1f}" y2="{_up(then):.1f}"'
        marks += f'<line {ends} class="expected"/><circle cx="{_at(1):.1f}" cy="{_up(then):.1f}" r="4" class="hollow"/>'
    marks += "".join(
        f'<circle cx="{_at(shots / most):.1f}" cy="{_up(accuracy):.1f}" r="3.5" class="dot"/>'
        for shots, accuracy in points
    )
    ticks = "".join(
        f'<text x="{_at(shots / most):.1f}" y="{_up(0) + 14}" class="tick middle">{shots:g}</text>'
        for shots, _ in points
    )
    titles = message("examples a class"), message("accuracy, %")
    return _chart(marks + ticks, titles, language, has_shares_below=False)


def _chart(marks: str, said: tuple[str, str], language: str, *, has_shares_below: bool = True) -> str:
    grid = ""
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y, x = _up(share), _at(share)
        grid += f'<line x1="{_at(0)}" x2="{_at(1)}" y1="{y}" y2="{y}" class="grid"/>'
        grid += f'<text x="{_at(0) - 6}" y="{y + 4}" class="tick end">{100 * share:.0f}</text>'
        if has_shares_below:
            grid += f'<text x="{x}" y="{_up(0) + 14}" class="tick middle">{100 * share:.0f}</text>'
    whole = _SIDE + 2 * _MARGIN
    below, beside = (html.escape(translated(title, language)) for title in said)
    titles = (
        f'<text x="{_at(0.5)}" y="{whole - 2}" class="title middle">{below}</text>'
        f'<text transform="translate(10 {_up(0.5)}) rotate(-90)" class="title middle">{beside}</text>'
    )
    return f'<svg viewBox="0 0 {whole} {whole}" role="img" class="chart">{grid}{titles}{marks}</svg>'


def _at(share: float) -> float:
    return _MARGIN + share * _SIDE


def _up(share: float) -> float:
    return _MARGIN / 2 + (1 - share) * _SIDE
