"""Whatever is done, undo all leads to the start, redo all to the end, and the file is never behind."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fewshot_gui.project.document import Document, FileIdentity
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.labels import Label, LabelSource, now
from fewshot_gui.project.store import ProjectStore
from model.types import Attend, Region

from .helpers import saved_state, state

Act = Callable[[Document], object]

PATHS = [Path(f"/pictures/{number}.jpg") for number in range(12)]
FOLDERS = [Path(f"/folder/{number}") for number in range(3)]

names = st.sampled_from(["Cat", "cat", "Dog", "猫", "", " "])
some_paths = st.lists(st.sampled_from(PATHS), max_size=8)
index = st.integers(0, 5)
groups = st.lists(st.tuples(names, some_paths), max_size=3)


def _on_bin(edit: Callable[[Document, str], object], chosen: int) -> Act:
    return lambda document: document.bins and edit(document, document.bins[chosen % len(document.bins)].id)


def _merge(document: Document, source: int, target: int) -> None:
    if document.bins:
        ids = [bin_.id for bin_ in document.bins]
        document.merge_bins(ids[source % len(ids)], ids[target % len(ids)])


def _label(document: Document, chosen: int, images: list[Path], reader: str) -> None:
    bins = [None, *(bin_.id for bin_ in document.bins)]
    source = LabelSource.CORRECTED if chosen % 3 else LabelSource.OPEN
    bin_id = bins[chosen % len(bins)] if chosen % 3 else None
    label = Label(reader, source, bin_id, None if chosen % 2 else "why", now(), bins[-1], 0.5, document.revision)
    document.give_labels(dict.fromkeys(images, label))


readers = st.sampled_from(["ana", "bo"])
regions = st.lists(st.builds(Region, index, index, st.integers(1, 9), st.integers(1, 9)), max_size=2).map(tuple)
boxes = st.builds(Attend, regions, regions)
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(lambda name: lambda document: document.add_bin(name), st.none() | names),
    st.builds(lambda i: _on_bin(lambda document, id_: document.remove_bin(id_), i), index),
    st.builds(lambda i, name: _on_bin(lambda document, id_: document.rename_bin(id_, name), i), index, names),
    st.builds(lambda i: _on_bin(lambda document, id_: document.recolor_bin(id_, "#010203"), i), index),
    st.builds(lambda i, to: _on_bin(lambda document, id_: document.move_bin(id_, to), i), index, index),
    st.builds(lambda i, j: lambda document: _merge(document, i, j), index, index),
    st.builds(lambda i, paths: _on_bin(lambda d, id_: d.add_examples(id_, paths), i), index, some_paths),
    st.builds(lambda paths: lambda document: document.remove_examples(paths), some_paths),
    st.builds(lambda found: lambda d: d.add_bins_from_folder(Path("/zoo"), found), groups),
    st.builds(lambda folder: lambda document: document.add_folders([folder]), st.sampled_from(FOLDERS)),
    st.builds(lambda i, paths, who: lambda document: _label(document, i, paths, who), index, some_paths, readers),
    st.builds(lambda paths, who: lambda document: document.take_back_labels(paths, who), some_paths, readers),
    st.builds(lambda folder: lambda document: document.remove_folder(folder), st.sampled_from(FOLDERS)),
    st.builds(lambda path, said: lambda document: document.set_boxes(path, said), st.sampled_from(PATHS), boxes),
    st.builds(lambda: lambda document: document.undo_stack.undo()),
    st.builds(lambda: lambda document: document.undo_stack.redo()),
)

facts: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        lambda path, digit: lambda document: document.set_identities({path: FileIdentity(digit * 64, 10)}),
        st.sampled_from(PATHS),
        st.sampled_from("ab"),
    ),
    st.builds(
        lambda old, new: lambda document: document.apply_relocations({old: new}),
        st.sampled_from(PATHS + FOLDERS),
        st.sampled_from([*PATHS, Path("/new/1.jpg"), Path("/new/2.jpg")]),
    ),
)


def _attempt(document: Document, act: Act) -> None:
    with suppress(ProjectError):  # refused: then, too, file and document must agree
        act(document)


def _undo_all(document: Document) -> None:
    while document.undo_stack.canUndo():
        document.undo_stack.undo()


def _redo_all(document: Document) -> None:
    while document.undo_stack.canRedo():
        document.undo_stack.redo()


def _check_consistent(document: Document) -> None:
    paths = [example.path for bin_ in document.bins for example in bin_.examples]
    assert len(paths) == len(set(paths)) == document.example_count
    for bin_ in document.bins:
        assert all(document.bin_of(example.path) == bin_.id for example in bin_.examples)
        ranks = [example.rank for example in bin_.examples]
        assert ranks == sorted(set(ranks))
    folded = [bin_.name.casefold() for bin_ in document.bins]
    assert "" not in folded
    assert len(folded) == len(set(folded))


@pytest.mark.usefixtures("qapp")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=15), st.lists(st.one_of(acts, facts), max_size=15))
def test_undo_all_is_the_start_redo_all_the_end_and_the_file_is_never_behind(
    before: list[Act], after: list[Act]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.fewshot"
        store = ProjectStore.create(path)
        try:
            document = Document()
            document.show(store.load(), store, path)
            for act in before:
                _attempt(document, act)
                assert state(store.load().board) == state(document)
                _check_consistent(document)
            _redo_all(document)
            end = state(document)
            _undo_all(document)
            assert state(document) == saved_state(path) == ((), (), (), ())
            _redo_all(document)
            assert state(document) == saved_state(path) == end

            # Facts about files are no edits: they change what undo leads to, and must not break it.
            for act in after:
                _attempt(document, act)
                assert state(store.load().board) == state(document)
            _undo_all(document)
            start = state(document)
            _redo_all(document)
            last = state(document)
            _check_consistent(document)
            _undo_all(document)
            assert state(document) == start
            _redo_all(document)
            assert state(document) == last == saved_state(path)
        finally:
            store.close()
