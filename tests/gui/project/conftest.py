from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fewshot_gui.project.document import Document
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore


@pytest.fixture
def project_file(tmp_path: Path) -> Path:
    return tmp_path / "project" / "birds.fewshot"


@pytest.fixture
def store(project_file: Path) -> Iterator[ProjectStore]:
    project_file.parent.mkdir()
    store = ProjectStore.create(project_file)
    yield store
    store.close()


@pytest.fixture
def document(qapp: object, store: ProjectStore) -> Document:
    """A document that is saved in `project_file`."""
    document = Document()
    document.show(store.load(), store, store.path)
    return document


@pytest.fixture
def make_session(qapp: object, tmp_path: Path) -> Iterator[Callable[[], Session]]:
    sessions: list[Session] = []

    def make() -> Session:
        sessions.append(Session(tmp_path / "data"))
        return sessions[-1]

    yield make
    for session in sessions:
        session.close(discard=True)


@pytest.fixture
def session(make_session: Callable[[], Session]) -> Session:
    """A session with a new untitled project."""
    session = make_session()
    session.new()
    return session
