"""Find the images of a plan as a stream of tables: folders, patterns, lists, manifests and object storage.

A table has the columns `path` (string: a file, an item of one, or a URL, as it was given: relative ones count from
where the plan is made) and `raw` (binary: the path's bytes where they are no UTF-8, else null). A manifest's has `id`,
too.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from model.cluster.storage import listed
from model.cluster.urls import is_url
from model.errors import FewShotError, UsageError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.left_aside import LeftAside
from model.images.scan import PassedOver, iter_images, natural_key, readable_text
from model.messages import message, os_reason

if TYPE_CHECKING:
    import pyarrow as pa

LIST_ENDINGS = (".txt", ".lst")
MANIFEST_ENDING = ".parquet"
_MISSING = message("there is no such file or folder.")
_AT_ONCE = 4096
_ABSOLUTE = r"^(/|\\\\|[A-Za-z]:[\\/]|[A-Za-z][A-Za-z0-9+.-]+://)"


def tables_of(
    inputs: Sequence[str],
    cutting: Cutting = AS_THEY_ARE,
    passed_over: PassedOver | None = None,
    left_aside: LeftAside | None = None,
    remarked: PassedOver | None = None,
) -> Iterator[pa.Table]:
    """Yield the images of `inputs`, in their order; the rest as `model.images.scan.iter_images`.

    A file that is not there is yielded, for its row, and `remarked` is told. Raises `UsageError` for inputs that
    cannot be used, or not together, and `FewShotError` for one that cannot be read.
    """
    for text in inputs:
        if is_url(text) and text.endswith((MANIFEST_ENDING, *LIST_ENDINGS)):
            raise UsageError(message("{url}: lists and manifests are read from files. Copy it to one.", url=text))
    manifests = [text for text in inputs if text.endswith(MANIFEST_ENDING)]
    if manifests and len(inputs) > 1:
        raise UsageError(message("{path}: a manifest is an input alone, for it brings its ids.", path=manifests[0]))
    if manifests:
        yield from _of_manifest(manifests[0])
        return
    _check_apart(inputs)
    names = (
        name
        for text in inputs
        for name in (
            _of_storage(text, passed_over, remarked)
            if is_url(text)
            else (os.fspath(one) for one in iter_images_of(text, cutting, passed_over, left_aside, remarked))
        )
    )
    while batch := list(islice(names, _AT_ONCE)):
        yield _table(batch)


def iter_images_of(
    text: str,
    cutting: Cutting,
    passed_over: PassedOver | None,
    left_aside: LeftAside | None,
    remarked: PassedOver | None,
) -> Iterator[Path | str]:
    """Yield the images of a folder, a file, a pattern or a list of such, or URLs in a list."""

    def found(path: str | Path) -> Iterator[Path]:
        return iter_images([Path(path)], cutting, passed_over, left_aside, remarked)

    if os.path.lexists(text):
        if text.lower().endswith(LIST_ENDINGS) and os.path.isfile(text):
            for line in _lines(Path(text)):
                if is_url(line):
                    yield line
                else:
                    yield from found(Path(os.path.abspath(text)).parent / line)
        else:
            yield from found(text)
    elif glob.has_magic(text):
        matches = sorted(glob.iglob(text, recursive=True), key=natural_key)  # as files lie on the disk is no order
        if not matches:
            raise UsageError(message("Nothing fits the pattern {pattern}.", pattern=text))
        folders = {os.path.normpath(path) for path in matches if os.path.isdir(path)}
        for path in matches:
            if not _is_below(path, folders):  # `photos/**` fits a folder and what is in it, too
                yield from found(path)
    else:
        if remarked is not None:
            remarked(Path(text), _MISSING)
        yield from found(text)


def _is_below(path: str, folders: set[str]) -> bool:
    """Whether one of `folders` holds `path`, at whatever depth."""
    above = os.path.dirname(os.path.normpath(path))
    while above and above not in folders and above != os.path.dirname(above):
        above = os.path.dirname(above)
    return above in folders


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline=None) as file:
            for line in file:
                if name := line.rstrip("\n"):
                    yield name
    except OSError as error:
        raise FewShotError(message("{path}: {reason}", path=path, reason=os_reason(error))) from error


def _of_storage(url: str, passed_over: PassedOver | None, remarked: PassedOver | None) -> Iterator[str]:
    """Yield the image files below a URL."""
    if glob.has_magic(url) and not url.startswith(("http://", "https://")):
        raise UsageError(
            message("{url}: patterns are not for object storage. Give the folder, or a list of URLs.", url=url)
        )

    def closed(folder: str, reason: str) -> None:
        if passed_over is not None:
            passed_over(cast(Path, folder), reason)

    def missing(there: str) -> None:
        if remarked is not None:
            remarked(cast(Path, there), _MISSING)

    yield from listed(url, closed, missing)


def _of_manifest(text: str) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(text)
    except (OSError, pa.ArrowException) as error:
        raise FewShotError(message("{path} is no Parquet file: {reason}", path=text, reason=error)) from error
    with file:
        schema = file.schema_arrow
        columns = set(schema.names)
        if (
            not {"id", "path"} <= columns
            or not pa.types.is_int64(schema.field("id").type)
            or not (
                pa.types.is_string(schema.field("path").type) or pa.types.is_large_string(schema.field("path").type)
            )
        ):
            raise UsageError(
                message("{path}: a manifest has a column id (int64) and a column path (string).", path=text)
            )
        base = os.path.join(os.path.dirname(os.path.abspath(text)), "")
        for batch in file.iter_batches(65_536, columns=["id", "path"]):
            if batch["id"].null_count or batch["path"].null_count:
                raise UsageError(message("{path}: a row of the manifest lacks its id or its path.", path=text))
            paths = batch["path"].cast(pa.string())
            absolute = pc.match_substring_regex(paths, _ABSOLUTE)
            paths = pc.if_else(absolute, paths, pc.binary_join_element_wise(base, paths, ""))
            yield pa.table({"id": batch["id"], "path": paths, "raw": pa.nulls(len(batch), pa.binary())})


def _check_apart(inputs: Sequence[str]) -> None:
    """Raise where one input lies in another: each image would have two rows, for none is remembered."""
    places = sorted(
        os.path.join(text if is_url(text) else os.path.realpath(text), "")
        for text in inputs
        if is_url(text) or os.path.lexists(text)
    )
    for one, other in pairwise(places):
        if other == one:
            raise UsageError(message("{path} is given twice.", path=one.rstrip(os.sep)))
        if other.startswith(one):
            raise UsageError(message("{inner} lies in {outer}: give the outer one alone.", inner=other, outer=one))


def _table(names: Iterable[str]) -> pa.Table:
    import pyarrow as pa

    paths: list[str] = []
    raw: list[bytes | None] = []
    for name in names:
        try:
            name.encode()
            paths.append(name)
            raw.append(None)
        except UnicodeEncodeError:
            paths.append(readable_text(name))
            raw.append(os.fsencode(name))
    return pa.table({"path": pa.array(paths, pa.string()), "raw": pa.array(raw, pa.binary())})
