"""What is kept of the file that was read last."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.images.last_file import LastFile


def test_one_file_is_kept_until_another_is_asked_for_or_it_changes(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1")
    second.write_text("2")
    made: list[str] = []
    last: LastFile[str] = LastFile(lambda path: path.read_text(), lambda kept: made.append(f"without {kept}"))
    assert [last.get(first), last.get(first), made] == ["1", "1", []]
    assert [last.get(second), made] == ["2", ["without 1"]]
    second.write_text("22")
    assert [last.get(second), made] == ["22", ["without 1", "without 2"]]
    second.unlink()
    with pytest.raises(FileNotFoundError):
        last.get(second)
    last.forget()
    last.forget()
    assert made == ["without 1", "without 2", "without 22"]
