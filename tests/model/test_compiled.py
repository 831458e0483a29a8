"""Compiled loops give the results of Python, whether or not their machine code can be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from model.features.compiled import compiled

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = "*.nb*"  # Numba's files: an index, and the code for each kind of arguments
_ENERGIES = """
import numpy as np
from model.features.texture_energies import local_energies
print(float(local_energies(np.arange(12288, dtype=np.uint8).reshape(64, 64, 3)).sum()))
"""


def _energies(folder: Path) -> float:
    """The result of another process that keeps its machine code in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", _ENERGIES],
        cwd=_ROOT,
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def test_the_arrays_are_filled_as_python_would() -> None:
    def running_sum(numbers: npt.NDArray[np.float32], into: npt.NDArray[np.float32]) -> None:
        total = np.float32(0)
        for index in range(len(numbers)):
            total += numbers[index]
            into[index] = total

    numbers = np.arange(9, dtype=np.float32)
    expected, made = np.empty(9, np.float32), np.empty(9, np.float32)
    running_sum(numbers, expected)
    compiled(running_sum)(numbers, made)
    np.testing.assert_array_equal(made, expected)


def test_the_code_is_kept_and_made_anew_where_it_was_damaged(tmp_path: Path) -> None:
    first = _energies(tmp_path)
    kept = sorted(tmp_path.rglob(_KEPT))
    assert kept
    times = [path.stat().st_mtime_ns for path in kept]
    assert _energies(tmp_path) == first
    assert [path.stat().st_mtime_ns for path in kept] == times  # read, not written again
    for path in kept:
        path.write_bytes(path.read_bytes()[:10])
    assert _energies(tmp_path) == first
    for path in kept:
        path.write_bytes(b"")
    assert _energies(tmp_path) == first


def test_setting_up_leaves_nothing_to_compile(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "model.features.compile_loops"], cwd=_ROOT, env=environment, check=True)
    kept = set(tmp_path.rglob(_KEPT))
    code = "import sys\nfrom pathlib import Path\nfrom model.embedding.embedder import Embedder\n"
    code += "from model.features.sizes import Looks\n"
    code += "Embedder.create('efficientnet-lite0', 'cpu').embed_one(Path(sys.argv[1]), Looks(224))"
    picture = next((_ROOT / "resources" / "example" / "to_classify").iterdir())
    environment["FEWSHOT_CACHE"] = str(tmp_path / "cache")
    subprocess.run([sys.executable, "-c", code, str(picture)], cwd=_ROOT, env=environment, check=True)
    assert set(tmp_path.rglob(_KEPT)) == kept
    assert {path.name.split("-")[0].rpartition(".")[0] for path in kept} == {
        "coding", "quantisation", "texture", "texture_energies",
    }  # fmt: skip


def test_code_is_compiled_where_the_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert _energies(tmp_path / "file" / "below") == pytest.approx(_energies(tmp_path / "code"))
