"""What runs on the workers: a classifier that takes a part of a manifest and writes its rows."""

from __future__ import annotations

import os
import socket
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from model.cluster.rows import to_table
from model.cluster.storage import Fetcher, StorageAwayError
from model.cluster.urls import is_url
from model.messages import message
from model.types import Prediction, Status

if TYPE_CHECKING:
    import pyarrow as pa

    from model.runs.image_classifier import ImageClassifier


@dataclass(frozen=True)
class Work:
    """What a worker does.

    files: the saved classifier's, see `model.checkpoint.files.contents`
    classifier: its short name, for the rows
    threads: so many it may use
    device: cpu, cuda, or auto: the GPU that Ray reserves for the worker, or the processor where PyTorch cannot use it
    base: the folder from which relative paths count
    """

    files: Mapping[str, bytes]
    classifier: str
    closely: bool = False
    false_alarms: float | None = None
    threads: int = 1
    device: str = "cpu"
    base: str = ""


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

    def ready(self) -> str:
        """Return once the classifier is loaded: what is to be said of this worker, or ""."""
        if self._work.device != "auto" or self._classifier.embedder.device.type != "cpu":
            return ""
        return message(
            "{node}: PyTorch cannot use the GPU that Ray reserves there: its workers compute on the processor.",
            node=socket.gethostname(),
        )

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
        by two workers that did not end it is left out with a row that says so. Raises `StorageAwayError`.
        """
        names = [
            os.fsdecode(raw) if raw is not None else path
            for path, raw in zip(manifest["path"].to_pylist(), manifest["raw"].to_pylist(), strict=True)
        ]
        fetcher = Fetcher(patient=notes is not None)
        predictions = self._all_of(names, fetcher) if notes is None else self._singly(names, notes, fetcher)
        fetcher.check()
        return to_table(manifest, predictions, self._classifier.class_names, self._work.classifier)

    def _all_of(self, names: Sequence[str], fetcher: Fetcher) -> list[Prediction]:
        located = [name if is_url(name) else os.path.join(self._work.base, name) for name in names]
        if not any(map(is_url, names)):
            return self._predictions(names, [Path(place) for place in located])
        found: list[Prediction] = []
        for places in fetcher.batches(located):
            found += self._predictions(names[len(found) : len(found) + len(places)], places)
        return found

    def _singly(self, names: Sequence[str], notes: Path, fetcher: Fetcher) -> list[Prediction]:
        before = notes.read_text(encoding="ascii").split() if notes.exists() else []
        blamed = [name for name, times in Counter(before).items() if times > 1]
        predictions = []
        for number, name in enumerate(names):
            if str(number) in blamed:
                said = message("the worker ended twice while it was classified.")
                predictions.append(Prediction(cast(Path, name), Status.ERROR, message=said))
                continue
            notes.write_text("\n".join([*before, str(number)]), encoding="ascii")
            try:
                predictions += self._all_of([name], fetcher)
            except StorageAwayError:  # which is not the image's fault
                notes.write_text("\n".join(before), encoding="ascii")
                raise
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
