"""Nothing is ever sent anywhere: training, classifying and the window work with every network call refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE

_ROOT = Path(__file__).resolve().parents[2]
_GUARD = Path(__file__).with_name("no_network")

pytestmark = pytest.mark.skipif(not EXAMPLE.is_dir(), reason="the example pictures are missing")


def _run(log: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python, and every Python that it starts, without a network; nothing is cached from other runs."""
    path = os.pathsep.join([str(_GUARD), str(_ROOT)])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=_ROOT, env=os.environ | {"PYTHONPATH": path, "NETWORK_LOG": str(log), "HOME": str(log.parent)},
        capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip


def test_training_and_classifying_use_no_network(tmp_path: Path) -> None:
    log = tmp_path / "network.log"
    for arguments in (
        ("train", str(EXAMPLE / "examples"), "--out", str(tmp_path / "c"), "--backbone", "patent-cnn"),
        ("classify", str(tmp_path / "c"), str(EXAMPLE / "to_classify"), "--out", str(tmp_path / "r.csv")),
    ):
        done = _run(log, "-m", "model", *arguments)
        assert (done.returncode, log.exists()) == (0, False), done.stderr + (log.read_text() if log.exists() else "")


def test_the_window_uses_no_network(tmp_path: Path) -> None:
    log = tmp_path / "network.log"
    done = _run(log, "main.py", "--demo", "--headless", str(tmp_path / "out"))
    assert (done.returncode, log.exists()) == (0, False), done.stderr + (log.read_text() if log.exists() else "")


def test_nothing_that_reports_home_is_loaded(tmp_path: Path) -> None:
    """OpenVINO's telemetry sends the use of the library to its maker from the moment it is imported."""
    code = (
        "import sys; from model.backbones.openvino_runtime import _import_openvino; _import_openvino();"
        "print(sorted(n for n, m in sys.modules.items() if m is not None and 'telemetry' in n and 'stub' not in n))"
    )
    done = _run(tmp_path / "network.log", "-c", code)
    assert done.returncode == 0, done.stderr
    assert "openvino_telemetry" not in done.stdout
    assert not (tmp_path / "network.log").exists()


@pytest.mark.parametrize(
    "code",
    [
        "import urllib.request; urllib.request.urlopen('http://example.com')",
        "import socket; socket.create_connection(('192.0.2.1', 80))",
        "import socket; socket.socket().connect(('192.0.2.1', 80))",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; socket.getaddrinfo(\"a\", 1)'])",
    ],
)
def test_the_guard_sees_what_it_looks_for(tmp_path: Path, code: str) -> None:
    log = tmp_path / "network.log"
    _run(log, "-c", code)
    assert log.exists()
