"""What the engine says where there is nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewshot_gui.jobs.engine import _find_images
from fewshot_gui.jobs.messages import ClassifyRequest
from fewshot_gui.project.search_notes import NotesOfSearch
from model.errors import NoImagesError
from model.images.cutting import AS_THEY_ARE
from model.progress import CancelToken, ignore_progress


def test_an_empty_folder_is_named_and_what_to_do_is_said(tmp_path: Path) -> None:
    (tmp_path / "Scans" / "sub").mkdir(parents=True)
    (tmp_path / "Scans" / "notes.txt").write_text("no image")
    request = ClassifyRequest(1, 0, (tmp_path / "Scans",), AS_THEY_ARE)
    with pytest.raises(NoImagesError, match="“Scans” and its sub-folders hold no image"):
        _find_images(request, NotesOfSearch(), ignore_progress, CancelToken())


def test_images_that_are_done_are_left_out(tmp_path: Path) -> None:
    paths = tuple(tmp_path / f"{number}.png" for number in range(4))
    for path in paths:
        path.touch()
    for done, left in ((frozenset(paths[:2]), paths[2:]), (frozenset(paths), ())):
        request = ClassifyRequest(1, 0, (tmp_path,), AS_THEY_ARE, done=done)
        assert _find_images(request, NotesOfSearch(), ignore_progress, CancelToken()) == list(left)
