"""XMP sidecars: classes as keywords beside the images, for programs of photo management; and back.

One file of several pages, frames or tiles has one sidecar: the classes of all of them are its keywords.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import FewShotError
from model.exports.exporter import EXPORTS, Exporter, ExportOptions, Place, Written
from model.exports.project_contents import ProjectContents, ResultRow
from model.exports.targets._xmp_journal import Journal, content_of, digest, replace
from model.images.items import split_item
from model.messages import message, message_n, os_reason, text_of
from model.progress import CancelToken, ProgressCallback, reported
from model.types import Status

if TYPE_CHECKING:
    from model.exports.targets._xmp_packet import Entry

APPEND, REPLACE = "append", "replace"
"""Names of sidecars: img.jpg.xmp (digiKam, darktable), or img.xmp (Lightroom, for camera raw files)."""


class Xmp(Exporter):
    """Sidecars beside the images. `names`: `APPEND` or `REPLACE`."""

    name = "xmp"
    order = 40
    label: str = message("XMP sidecars beside the images")
    read_by: str = message("digiKam, darktable, Lightroom and other programs of photo management, as keywords")
    place = Place.BESIDE
    may_hide_names = False

    def __init__(self, names: str = APPEND) -> None:
        self.names = names

    def write(
        self,
        project: ProjectContents,
        target: Path | None,  # noqa: ARG002 - beside the images
        options: ExportOptions,  # noqa: ARG002 - what they ask for is in `project` already
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Merge each image's result into its sidecar. See `Exporter.write`.

        What was there is in a journal beside the project (`undo`). A sidecar that cannot be read stays as it is.
        """
        rows: dict[Path, list[ResultRow]] = defaultdict(list)
        left_out = 0
        for row in project.results:
            if row.label is None and row.class_id is None:
                left_out += 1
            else:
                rows[Path(os.path.abspath(split_item(row.path).file))].append(row)
        shared: dict[Path, list[Path]] = defaultdict(list)
        for file in rows:
            shared[self._sidecar(file)].append(file)
        journal = Journal(project.path)
        failed: list[tuple[Path, str]] = []
        written = images = same = 0
        for sidecar, files in reported(list(shared.items()), message("Writing sidecars"), progress, token):
            reason = ""
            if len(files) > 1:
                reason = message("would be the sidecar of several images. Name sidecars by appending.")
            elif not files[0].exists():
                reason = message("is not written: its image is gone.")
            else:
                try:
                    changed = _merge(journal, sidecar, [_entry(project, row) for row in rows[files[0]]])
                    written, same = written + changed, same + (not changed)
                    images += len(rows[files[0]])
                except (OSError, ValueError) as error:
                    reason = _reason(error)
            if reason:
                failed.append((sidecar, reason))
        remarks = (
            (message_n("{count} sidecar was up to date.", "{count} sidecars were up to date.", count=same),)
            if same
            else ()
        )
        return Written(written, images, left_out, tuple(failed), remarks)

    def _sidecar(self, file: Path) -> Path:
        return file.with_suffix(".xmp") if self.names == REPLACE else file.with_name(f"{file.name}.xmp")


def undo(project: Path, progress: ProgressCallback, token: CancelToken) -> Written:
    """Put back the sidecars that exports of a project changed, byte for byte, and remove those that they made.

    Of a sidecar that was changed since, only our entries are taken out, and a remark names it. Those that cannot be
    written stay in the journal. Raises `FewShotError` where there is no journal, and `Cancelled`; what was done stays.
    """
    journal = Journal(project)
    if not journal.entries:
        raise FewShotError(message("{path} is not there: no sidecars of this project to undo.", path=journal.path))
    failed: list[tuple[Path, str]] = []
    remarks: list[str] = []
    waiting = set(journal.entries)
    restored = 0
    try:
        for sidecar in reported(list(journal.entries), message("Restoring sidecars"), progress, token):
            try:
                remark = _restored(journal, sidecar)
            except (OSError, ValueError) as error:
                failed.append((sidecar, _reason(error)))
                continue
            waiting.discard(sidecar)
            restored += 1
            if remark:
                remarks.append(remark)
    finally:
        try:
            journal.keep_only(waiting)
        except OSError as error:
            failed.append((journal.path, os_reason(error)))
    return Written(files=restored, failed=tuple(failed), remarks=tuple(remarks))


def _merge(journal: Journal, sidecar: Path, entries: list[Entry]) -> bool:
    """Write a sidecar, and say whether it has changed."""
    from model.exports.targets._xmp_packet import merged, without_ours

    now = content_of(sidecar)
    made = merged(now, entries)
    if made == now:
        return False
    known = journal.entries.get(sidecar)
    before = now if now is None else without_ours(now)
    if now is not None and known is not None and digest(now) in known.made:
        before = known.content  # nobody changed it since
    journal.add(sidecar, before, made)
    replace(sidecar, made)
    return True


def _restored(journal: Journal, sidecar: Path) -> str:
    """Put a sidecar back, and return what is to be said of it."""
    from model.exports.targets._xmp_packet import without_ours

    before, now = journal.entries[sidecar], content_of(sidecar)
    if now is None:
        return "" if before.content is None else message("{path} was deleted since, and stays so.", path=sidecar)
    if now == before.content:
        return ""
    if digest(now) in before.made:
        wanted, remark = before.content, ""
    else:
        wanted = without_ours(now)
        remark = message("{path} was changed since: only our entries were taken out.", path=sidecar)
    if wanted is None:
        sidecar.unlink()
    elif wanted != now:
        replace(sidecar, wanted)
    return remark


def _entry(project: ProjectContents, row: ResultRow) -> Entry:
    from model.exports.targets._xmp_packet import Entry

    said = row.label
    final = row.class_id if said is None else said.class_id
    values = {"Item": split_item(row.path).part, "Class": "" if final is None else project.names[final]}
    if final is not None and final == row.class_id:
        if row.class_id in row.scores:
            values["Confidence"] = f"{row.scores[row.class_id]:.4f}"
        if row.region is not None:
            box = row.region
            values |= {"RegionX": str(box.x), "RegionY": str(box.y)}
            values |= {"RegionWidth": str(box.width), "RegionHeight": str(box.height)}
    values |= {"Status": row.status.value, "Reader": said.reader if said else "", "Classifier": row.classifier}
    is_keyword = final is not None and (said is not None or row.status is Status.OK)
    return Entry(values["Class"] if is_keyword else "", {name: value for name, value in values.items() if value})


def _reason(error: Exception) -> str:
    return os_reason(error) if isinstance(error, OSError) else text_of(error)


EXPORTS.register(Xmp.name, Xmp())
