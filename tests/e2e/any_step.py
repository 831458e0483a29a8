"""Every kind of thing that a project saves, one after the other, and a process that does them until it is killed.

    python any_step.py

Each line on standard input, "SEED NUMBER PROJECT", starts a process that opens PROJECT and does step
NUMBER and all that follow. Standard output says "pid PID" of it, "done NUMBER" after each step, "end"
when it is no more.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from fewshot_gui.project.document import Document, FileIdentity
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.labels import Label, LabelSource
from fewshot_gui.project.results import Results
from fewshot_gui.project.session import Session
from fewshot_gui.project.values import ProjectSettings
from model.types import ExampleReport, Prediction, Region, Status, TrainingReport

PICTURES = [Path(f"/pictures/{number}.jpg") for number in range(60)]
FOLDERS = [Path(f"/folders/{number}") for number in range(4)]
Choice = random.Random
SetSettings = Callable[[ProjectSettings], None]


def step(seed: int, number: int, document: Document, results: Results, set_settings: SetSettings) -> str:
    """Do the one thing that follows from `seed`, `number` and the state; return its name."""
    choice = random.Random(f"{seed} {number}")
    kind = choice.choice(list(KINDS))
    with suppress(ProjectError):  # refused: then nothing may change
        KINDS[kind](choice, document, results, set_settings)
    return kind


def _bin(choice: Choice, document: Document) -> str:
    return choice.choice(document.bins).id if document.bins else document.add_bin()


def _pictures(choice: Choice) -> list[Path]:
    return choice.sample(PICTURES, choice.randint(1, 12))


def _add_bin(choice: Choice, document: Document, *_: Any) -> None:
    document.add_bin(choice.choice([None, f"bin {choice.randint(0, 99)}"]))


def _remove_bin(choice: Choice, document: Document, *_: Any) -> None:
    if len(document.bins) > 2:
        document.remove_bin(_bin(choice, document))


def _rename(choice: Choice, document: Document, *_: Any) -> None:
    document.rename_bin(_bin(choice, document), f"name {choice.randint(0, 99)}")


def _recolor(choice: Choice, document: Document, *_: Any) -> None:
    document.recolor_bin(_bin(choice, document), f"#{choice.randint(0, 0xFFFFFF):06x}")


def _move_bin(choice: Choice, document: Document, *_: Any) -> None:
    document.move_bin(_bin(choice, document), choice.randint(0, 5))


def _merge(choice: Choice, document: Document, *_: Any) -> None:
    if len(document.bins) > 3:
        document.merge_bins(*(bin_.id for bin_ in choice.sample(document.bins, 2)))


def _add_examples(choice: Choice, document: Document, *_: Any) -> None:
    document.add_examples(_bin(choice, document), _pictures(choice))


def _move_examples(choice: Choice, document: Document, *_: Any) -> None:
    source = document.bin(_bin(choice, document)).examples
    document.add_examples(_bin(choice, document), [example.path for example in source[:5]])


def _remove_examples(choice: Choice, document: Document, *_: Any) -> None:
    document.remove_examples(_pictures(choice))


def _fill_bins(choice: Choice, document: Document, *_: Any) -> None:
    groups = [(f"bin {choice.randint(0, 9)}", _pictures(choice)) for _ in range(2)]
    document.add_bins_from_folder(Path("/zoo"), groups)


def _add_folders(choice: Choice, document: Document, *_: Any) -> None:
    document.add_folders(choice.sample(FOLDERS, 2))


def _remove_folder(choice: Choice, document: Document, *_: Any) -> None:
    document.remove_folder(choice.choice(FOLDERS))


def _undo(choice: Choice, document: Document, *_: Any) -> None:
    document.undo_stack.undo()


def _redo(choice: Choice, document: Document, *_: Any) -> None:
    document.undo_stack.redo()


def _identify(choice: Choice, document: Document, *_: Any) -> None:
    document.set_identities({path: FileIdentity(f"{choice.getrandbits(256):064x}", 9) for path in _pictures(choice)})


def _relocate(choice: Choice, document: Document, *_: Any) -> None:
    places = [*_pictures(choice)[:3], choice.choice(FOLDERS)]
    document.apply_relocations({old: old.with_name(f"{choice.randint(0, 999)}{old.suffix}") for old in places})


def _settings(choice: Choice, _document: Document, _results: Results, set_settings: SetSettings) -> None:
    set_settings(ProjectSettings(choice.choice(["patent-cnn", "efficientnet-lite0"]), choice.randint(0, 99)))


def _predict(choice: Choice, document: Document, results: Results, *_: Any) -> None:
    _bin(choice, document)
    scores = (1.0, *(0.0 for _ in document.bins[1:]))
    predictions = [Prediction(path, Status.OK, 0, scores, Region(1, 2, 3, 4)) for path in _pictures(choice)]
    results.add_predictions(document.revision, [bin_.id for bin_ in document.bins], predictions)


def _correct(choice: Choice, document: Document, results: Results, *_: Any) -> None:
    if len(results):
        document.add_examples(_bin(choice, document), [results.at(choice.randrange(len(results))).path])


def _train(choice: Choice, document: Document, results: Results, *_: Any) -> None:
    report = TrainingReport(
        class_names=tuple(bin_.name for bin_ in document.bins),
        examples=tuple(
            ExampleReport(known.path, at, 1.0, at, 0.5)
            for at, bin_ in enumerate(document.bins)
            for known in bin_.examples
        ),
        unreadable=(),
        duplicates=(),
        leave_one_out_accuracy=0.5,
        accuracy_interval=(0.25, 0.75),
        steps=choice.randint(1, 99),
        converged=True,
        seconds=1.0,
    )
    files = {"weights": choice.randbytes(20_000)}
    results.set_training(document.revision, [bin_.id for bin_ in document.bins], report, files)


def _label(choice: Choice, document: Document, *_: Any) -> None:
    bin_id = choice.choice([_bin(choice, document), None])
    given_at = f"2026-01-01T00:00:00.{choice.randint(0, 999_999):06}Z"
    label = Label(choice.choice(["ana", "bo"]), LabelSource.CORRECTED, bin_id, choice.choice([None, "why"]), given_at)
    labels = dict.fromkeys(_pictures(choice)[:3], label)
    document.give_labels(labels, as_examples=labels if choice.random() < 0.3 else ())


def _take_back(choice: Choice, document: Document, *_: Any) -> None:
    document.take_back_labels(_pictures(choice), choice.choice(["ana", "bo"]))


KINDS: dict[str, Callable[..., None]] = {
    function.__name__.strip("_"): function
    for function in (
        _add_bin,
        _remove_bin,
        _rename,
        _recolor,
        _move_bin,
        _merge,
        _add_examples,
        _move_examples,
        _remove_examples,
        _fill_bins,
        _add_folders,
        _remove_folder,
        _undo,
        _redo,
        _identify,
        _relocate,
        _settings,
        _predict,
        _correct,
        _train,
        _label,
        _take_back,
    )
}


def everything(document: Document, results: Results, settings: ProjectSettings) -> dict[str, Any]:
    """Return all that the steps decide: not the ids of bins, which are random."""
    names = {bin_.id: bin_.name for bin_ in document.bins}
    report = results.report
    return {
        "revision": document.revision,
        "bins": [
            (bin_.name, bin_.color, [(known.path, known.content_hash) for known in bin_.examples])
            for bin_ in document.bins
        ],
        "folders": document.folders,
        "labels": {
            path: [(label.reader, names.get(label.bin_id or ""), label.note, label.given_at) for label in said]
            for path, said in document.board.labels.items()
        },
        "settings": settings,
        "predictions": [(made.path, names.get(made.bin_id or ""), made.revision) for made in results],
        "report": None if report is None else (report.steps, [known.path for known in report.examples]),
        "classifier": results.classifier_files(),
    }


def _work(seed: int, number: int, project: Path) -> None:
    session = Session(project.parent / "data")
    session.open(project)
    while True:
        step(seed, number, session.document, session.results, session.set_settings)
        os.write(1, f"done {number}\n".encode())
        number += 1


def main() -> None:
    """Start a process for each line of standard input. A fork: it has all its imports at once."""
    for line in sys.stdin:
        seed, number, project = line.rstrip("\n").split(" ", 2)
        pid = os.fork()
        if pid == 0:
            _work(int(seed), int(number), Path(project))
        os.write(1, f"pid {pid}\n".encode())
        os.waitpid(pid, 0)
        os.write(1, b"end\n")


if __name__ == "__main__":
    main()
