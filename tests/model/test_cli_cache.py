"""`fewshot cache`: shows the folder and size of the cache, and clears it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.cache.store import BlobStore
from model.cli.command import main


def _asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["cache", "--json", *arguments]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_folder_and_size_are_shown_and_the_cache_is_cleared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = BlobStore(tmp_path)
    store.put(b"key", b"x" * 2_000_000)
    store.close()
    before = _asked(capsys, "--cache", str(tmp_path))
    assert before["folder"] == str(tmp_path)
    assert isinstance(before["bytes"], int)
    assert before["bytes"] > 2_000_000
    after = _asked(capsys, "--cache", str(tmp_path), "--clear")
    assert isinstance(after["bytes"], int)
    assert after["bytes"] < 1_000_000
    assert after["freed"] == before["bytes"] - after["bytes"]
    assert BlobStore(tmp_path).get(b"key") is None


def test_no_folder_is_made_to_show_the_cache(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _asked(capsys, "--cache", str(tmp_path / "none"), "--clear")["bytes"] == 0
    assert not (tmp_path / "none").exists()


def test_a_cache_that_is_off_is_reported(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEWSHOT_CACHE", "off")
    assert _asked(capsys)["folder"] is None
    assert main(["cache"]) == 0
    assert "the cache is off" in capsys.readouterr().out
