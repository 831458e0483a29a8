"""Figures of a process of its own: memory in use at the end of a folder, and the time of the start."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

_ROOT = Path(__file__).resolve().parents[2]
_STARTS = 5
_PEAK = """
import resource, sys
from model.cli.command import main
status = main(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 2**20))
sys.exit(status)
"""


def peak_memory(classifier: Path, pictures: Path, table: Path) -> int:
    """Return the peak in MB of resident memory of `fewshot classify` on a folder, nothing cached before."""
    arguments = ["classify", str(classifier), str(pictures), "--out", str(table)]
    with tempfile.TemporaryDirectory() as cache:
        done = _python("-c", _PEAK, *arguments, "--cache", cache)
    return int(done.stdout.split()[-1])


def start_times() -> dict[str, float]:
    """Return seconds of what happens at a start (median of several), without Qt what needs none."""
    times = {}
    if importlib.util.find_spec("PySide6") is not None:
        times["import PySide6.QtWidgets"] = _seconds(["-c", "import PySide6.QtWidgets"])
        times["import fewshot_gui.app"] = _seconds(["-c", "import fewshot_gui.app"])
        times |= _demo_times()
    times["import torch"] = _seconds(["-c", "import torch"])
    code = "from model.embedding.embedder import Embedder; Embedder.create('efficientnet-lite0', 'cpu').warm_up()"
    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        _python("-c", code, cache=cache)
        times["backbone ready, first time"] = time.perf_counter() - start
        times["backbone ready, later"] = _seconds(["-c", code], cache)
    return times


def _demo_times() -> dict[str, float]:
    """Return the medians of the example project's timings, with nothing in the cache at each start."""
    found: list[dict[str, float]] = []
    for _ in range(1 + _STARTS):
        with tempfile.TemporaryDirectory() as folder:
            _python("main.py", "--demo", "--headless", folder, cache=folder)
            found.append(json.loads((Path(folder) / "timings.json").read_text(encoding="utf-8")))
    measured = found[1:]  # the first compiled our modules
    return {f"example project: {name.replace('_', ' ')}": median(one[name] for one in measured) for name in found[0]}


def _seconds(arguments: Sequence[str], cache: str | None = None) -> float:
    times = []
    for _ in range(_STARTS):
        start = time.perf_counter()
        _python(*arguments, cache=cache)
        times.append(time.perf_counter() - start)
    return median(times)


def _python(*arguments: str, cache: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"} | ({"FEWSHOT_CACHE": cache} if cache else {})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as at the user's, where only the first start compiles
    return subprocess.run(
        [sys.executable, *arguments], cwd=_ROOT, env=environment, capture_output=True, text=True, check=True
    )
