"""The table of docs/speed.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.speed.throughput import CACHED_LIBRARY, Throughput

_BEGIN, _END = "<!-- measured: made by benchmarks.speed -->", "<!-- end of what was measured -->"


def report(found: Throughput, images: int, memory: Mapping[int, int], starts: Mapping[str, float]) -> str:
    """Return the measured part as Markdown; `memory` is the peak in MB by number of files."""
    plain = found.rates.of("plain loop")
    lines = [
        f"Files of 470 x 400 pixels seen at {found.side}; {images} for the first passes; {found.note}.",
        f"A cached image takes {found.cached_bytes / 1000:.0f} kB.",
        "",
        "| | images/s | times the plain loop |",
        "|---|---:|---:|",
    ]
    rows = {name: found.rates.of(name) for name in found.rates.values}
    rows["limit: 1 / (1 / decode + 1 / forward)"] = found.limit
    lines += [f"| {name} | {rate:,.0f} | {rate / plain:.1f} |" for name, rate in rows.items()]
    first, second = found.rates.of("classify, first pass"), found.rates.of("classify, second pass")
    embed = found.rates.of("embed, first pass")
    lines += ["", f"Of the limit: classify {first / found.limit:.0%}, embedding alone {embed / found.limit:.0%}. "]
    lines[-1] += f"The second pass is {second / first:.1f} times as fast as the first."
    if CACHED_LIBRARY in found.rates.values:
        cached = found.rates.of(CACHED_LIBRARY)
        lines += [
            "",
            f"Re-classification of cached images: {cached:,.0f} images/s, {10_000 / cached:.1f} s for 10,000.",
        ]
    if memory:
        lines += ["", "| files | peak of resident memory, MB |", "|---:|---:|"]
        lines += [f"| {count:,} | {peak:,} |" for count, peak in memory.items()]
    if starts:
        lines += ["", "| start | s |", "|---|---:|"]
        lines += [f"| {name} | {seconds:.2f} |" for name, seconds in starts.items()]
    return "\n".join(lines) + "\n"


def write_report(text: str, path: Path) -> None:
    """Put the measured part in its place in `path`, or at the end of it."""
    before, after = (path.read_text(encoding="utf-8") if path.exists() else ""), ""
    if _BEGIN in before:
        before, _, rest = before.partition(_BEGIN)
        after = rest.partition(_END)[2]
    path.write_text(f"{before}{_BEGIN}\n\n{text}\n{_END}{after or chr(10)}", encoding="utf-8")
