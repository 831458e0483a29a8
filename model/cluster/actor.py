"""What runs on the workers: a classifier that takes parts of a manifest and returns their rows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from model.cluster.listing import is_url
from model.cluster.rows import to_table
from model.messages import message
from model.types import Prediction, Status

if TYPE_CHECKING:
    import pyarrow as pa

    from model.runs.image_classifier import ImageClassifier

FETCHED_AT_ONCE = 16
"""Objects that are fetched at the same time: reading them waits for the network, not for the processor."""


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


class ClassifierActor:
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

    def __call__(self, manifest: pa.Table) -> pa.Table:
        """Return one row for each image of a part of a manifest; one that cannot be read is a row, too."""
        names = [
            os.fsdecode(raw) if raw is not None else path
            for path, raw in zip(manifest["path"].to_pylist(), manifest["raw"].to_pylist(), strict=True)
        ]
        with _fetched(names) as places:
            found = self._predictions([place for place in places if isinstance(place, Path)])
            predictions = [
                replace(next(found), path=cast(Path, name))
                if isinstance(place, Path)
                else Prediction(cast(Path, name), Status.ERROR, message=place)
                for name, place in zip(names, places, strict=True)
            ]
        return to_table(manifest, predictions, self._classifier.class_names, self._work.classifier)

    def _predictions(self, paths: list[Path]) -> Iterator[Prediction]:
        from model.runs.classify import classify

        # As a list: nothing of a fetched file is needed once the rows are made.
        batches = classify(self._classifier, paths, closely=self._work.closely)
        return iter([one for batch in batches for one in batch])


@contextmanager
def _fetched(names: list[str]) -> Iterator[list[Path | str]]:
    """Give for each name the file to read, or why there is none; what lies in object storage is fetched for so long."""
    if not any(map(is_url, names)):
        yield [Path(name) for name in names]
        return
    # Files, not bytes: the decoders of formats that are not trusted run in a process of their own.
    with (
        tempfile.TemporaryDirectory(prefix="fewshot-cluster-") as folder,
        ThreadPoolExecutor(FETCHED_AT_ONCE, thread_name_prefix="fetch") as pool,
    ):
        yield list(pool.map(lambda one: _fetch(one[1], Path(folder) / str(one[0])), enumerate(names)))


def _fetch(name: str, folder: Path) -> Path | str:
    if not is_url(name):
        return Path(name)
    import fsspec

    try:
        system, inside = fsspec.core.url_to_fs(name)
        data = system.cat_file(inside)
        folder.mkdir()
        place = folder / f"image{os.path.splitext(inside)[1][:16]}"
        place.write_bytes(data)
    except FileNotFoundError:
        return message("there is no such object.")
    except Exception as error:  # noqa: BLE001 - each storage raises its own; one image must not end the part
        return message("cannot be fetched: {error}.", error=f"{type(error).__name__}: {error}"[:300])
    return place
