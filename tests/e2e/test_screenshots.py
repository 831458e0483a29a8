"""`make screenshots`: every state of the window is reached, and there is something to see in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

_ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,}")  # two words after one another
_NAMES = re.compile(r"emission nebula|star cluster|\S*/.*|sky_01 saved at|Night shift|python.* on \S+")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_state_is_taken(tmp_path: Path) -> None:
    variant = "zh_CN-light-1280x720-100"
    command = [sys.executable, str(ROOT / "docs" / "screenshots.py"), "--out", str(tmp_path), "--only", variant]
    subprocess.run(command, check=True)
    pictures = sorted((tmp_path / variant).glob("*.png"))
    assert len(pictures) > 40
    for path in pictures:
        colours = Image.open(path).convert("RGB").getcolors(1 << 24)
        assert colours is not None
        assert len(colours) > 20, path.name  # no empty window
    texts = (tmp_path / variant / "texts.txt").read_text(encoding="utf-8").splitlines()
    assert [text for text in texts if _ENGLISH.search(_NAMES.sub("", text))] == []
    assert len(list(tmp_path.glob(f"{variant}-*.webp"))) == -(-len(pictures) // 18)
