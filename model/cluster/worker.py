"""What runs on the workers: a classifier that takes a part of a manifest and writes its rows."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from model.cluster.listing import is_url
from model.cluster.rows import to_table
from model.messages import message
from model.types import Prediction, Status

if TYPE_CHECKING:
    import pyarrow as pa

    from model.runs.image_classifier import ImageClassifier

FETCHED_AT_ONCE = 16
"""Objects that are fetched at the same time: reading them waits for the network, not for the processor."""
FETCHED_AHEAD = 128
"""Objects that are fetched while as many are classified."""


@dataclass(frozen=True)
class Work:
    """What a worker does.

    files: the saved classifier's, see `model.checkpoint.files.contents`
    classifier: its short name, for the rows
    threads: so many it may use
    """

    files: Mapping[str, bytes]
    classifier: str
    closely: bool = False
    false_alarms: float | None = None
    threads: int = 1
    device: str = "cpu"


class Worker:
    """Classifies parts of a manifest; made once in each worker process, and kept."""

    def __init__(self, work: Work) -> None:
        os.environ["FEWSHOT_CACHE"] = "off"  # each image is looked at once: keeping features would fill the disks
        import torch

        torch.set_num_threads(work.threads)  # OpenVINO compiles as many graphs of one thread, without pinning
        from model.checkpoint.files import from_files

        made = from_files(work.files, work.device)
        self._classifier: ImageClassifier = (
            made if work.false_alarms is None else made.with_false_alarms(work.false_alarms)
        )
        self._work = work

    def ready(self) -> None:
        """Return once the classifier is loaded."""

    def write(self, manifest: str, rows: str, *, singly: bool = False) -> int:
        """Classify a part of a manifest into a file of rows and return their number.

        The file is written under another name and renamed, so it is whole or not there, and the same whoever writes it.
        `singly`: after other tries failed, one image after another, to find the one that is to blame.
        """
        import pyarrow.parquet as pq

        place = Path(rows)
        notes = place.with_suffix(".tries")
        table = self.rows(pq.read_table(manifest), notes if singly else None)
        fresh = place.with_name(f"{place.stem}.{uuid.uuid4().hex}.new")
        try:
            pq.write_table(table, fresh, compression="zstd")
            os.replace(fresh, place)
        finally:
            fresh.unlink(missing_ok=True)
        notes.unlink(missing_ok=True)
        return len(table)

    def rows(self, manifest: pa.Table, notes: Path | None = None) -> pa.Table:
        """Return one row for each image of a part of a manifest; one that cannot be read is a row, too.

        With `notes`, a file, images are taken singly: each is noted before it is begun, and one that had been begun
        by two workers that did not end it is left out with a row that says so.
        """
        names = [
            os.fsdecode(raw) if raw is not None else path
            for path, raw in zip(manifest["path"].to_pylist(), manifest["raw"].to_pylist(), strict=True)
        ]
        predictions = self._all_of(names) if notes is None else self._singly(names, notes)
        return to_table(manifest, predictions, self._classifier.class_names, self._work.classifier)

    def _all_of(self, names: Sequence[str]) -> list[Prediction]:
        if any(map(is_url, names)):
            return [one for batch in _fetched(names) for one in self._predictions(*batch)]
        return self._predictions(names, [Path(name) for name in names])

    def _singly(self, names: Sequence[str], notes: Path) -> list[Prediction]:
        before = notes.read_text(encoding="ascii").split() if notes.exists() else []
        blamed = [name for name, times in Counter(before).items() if times > 1]
        predictions = []
        for number, name in enumerate(names):
            if str(number) in blamed:
                said = message("the worker ended twice while it was classified.")
                predictions.append(Prediction(cast(Path, name), Status.ERROR, message=said))
                continue
            notes.write_text("\n".join([*before, str(number)]), encoding="ascii")
            predictions += self._all_of([name])
        return predictions

    def _predictions(self, names: Sequence[str], places: Sequence[Path | str]) -> list[Prediction]:
        """Return the predictions of images that lie at `places`; a text says why there is none."""
        from model.runs.classify import classify

        paths = [place for place in places if isinstance(place, Path)]
        # As a list: nothing of a fetched file is needed once the rows are made.
        batches = classify(self._classifier, paths, closely=self._work.closely)
        found = iter([one for batch in batches for one in batch])
        return [
            replace(next(found), path=cast(Path, name))
            if isinstance(place, Path)
            else Prediction(cast(Path, name), Status.ERROR, message=place)
            for name, place in zip(names, places, strict=True)
        ]


def _fetched(names: Sequence[str]) -> Iterator[tuple[Sequence[str], list[Path | str]]]:
    """Yield the names in batches, with the file to read for each or why there is none.

    What lies in object storage is fetched while the batch before it is classified, and removed after it. Files, not
    bytes: the decoders of formats that are not trusted run in a process of their own.
    """
    with (
        tempfile.TemporaryDirectory(prefix="fewshot-cluster-") as folder,
        ThreadPoolExecutor(FETCHED_AT_ONCE, thread_name_prefix="fetch") as pool,
    ):
        starts = range(0, len(names), FETCHED_AHEAD)
        begun: dict[int, list[Future[Path | str]]] = {}

        def begin(start: int) -> None:
            if start < len(names):
                begun[start] = [
                    pool.submit(_fetch, names[number], Path(folder) / str(number))
                    for number in range(start, min(start + FETCHED_AHEAD, len(names)))
                ]

        begin(0)
        for start in starts:
            begin(start + FETCHED_AHEAD)
            places = [one.result() for one in begun.pop(start)]
            yield names[start : start + FETCHED_AHEAD], places
            for place in places:
                if isinstance(place, Path) and Path(folder) in place.parents:
                    place.unlink(missing_ok=True)


def _fetch(name: str, folder: Path) -> Path | str:
    if not is_url(name):
        return Path(name)
    import fsspec

    try:
        system, inside = fsspec.core.url_to_fs(name)
        data: Any = system.cat_file(inside)
        folder.mkdir()
        place = folder / f"image{os.path.splitext(inside)[1][:16]}"
        place.write_bytes(data)
    except FileNotFoundError:
        return message("there is no such object.")
    except Exception as error:  # noqa: BLE001 - each storage raises its own; one image must not end the part
        return message("cannot be fetched: {error}.", error=f"{type(error).__name__}: {error}"[:300])
    return place
