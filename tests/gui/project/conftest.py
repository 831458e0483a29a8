from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from fewshot_gui.project.document import Document
from fewshot_gui.project.labels import Label, LabelSource, now
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore
from model.types import ExampleReport, Prediction, Status, TrainingReport

from .exporting import BOX, CHINESE, FORMULA, NAMES


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


@pytest.fixture
def odd_images(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "Miller, Ann"
    folder.mkdir()
    paths = [folder / name for name in NAMES]
    for at, path in enumerate(paths):
        Image.new("RGB", (400, 200), (30 * at, 120, 90)).save(path)
    return paths


@pytest.fixture
def odd_project(session: Session, odd_images: list[Path], tmp_path: Path) -> Path:
    """Seven results and an error: some are labelled, one is unlike every bin, one in a bin, one is out of date."""
    document, results = session.document, session.results
    bins = (document.add_bin(FORMULA), document.add_bin(CHINESE))
    old = Prediction(odd_images[6], Status.OK, 1, (0.25, 0.75), BOX)
    results.add_predictions(document.revision, bins, [old])
    document.add_examples(bins[1], [odd_images[5]])
    report = TrainingReport(
        (FORMULA, CHINESE), (ExampleReport(odd_images[5], 1, 1.0, -1, 0.0),), (), (), None, None, 1, True, 0.1
    )
    results.set_training(document.revision, bins, report, {"classifier.json": b"{}"})
    made = [Prediction(path, Status.OK, 0, (0.9, 0.1), BOX, steadiness=0.5) for path in odd_images[:4]]
    made.append(Prediction(odd_images[4], Status.UNKNOWN, 1, (0.4, 0.6), BOX))
    made.append(Prediction(odd_images[5], Status.OK, 0, (0.7, 0.3), BOX))
    gone = tmp_path / "Miller, Ann" / "gone.png"
    made.append(Prediction(gone, Status.ERROR, message=f"{gone} is gone"))
    results.add_predictions(document.revision, bins, made)
    document.give_labels({odd_images[1]: Label("ana", LabelSource.CORRECTED, bins[1], None, now(), bins[0], 0.9, 1)})
    document.give_labels({odd_images[2]: Label("bo", LabelSource.CORRECTED, None, None, now(), bins[0], 0.9, 1)})
    assert session.file is not None
    return session.file
