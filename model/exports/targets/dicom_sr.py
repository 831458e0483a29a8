"""DICOM structured reports (TID 1500, PS3.16) of the results of DICOM images, by highdicom.

One report holds what one observer says of one series: a reader's words, or one classifier's predictions. Nothing is
sent anywhere. A report names the patient as its images do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from model.errors import FewShotError, UsageError
from model.exports.exporter import EXPORTS, Exporter, ExportOptions, Place, Written
from model.exports.folders import filled
from model.exports.project_contents import ProjectContents
from model.exports.targets._observed import Observed
from model.images.formats import HEADER_BYTES, format_of
from model.images.items import split_item
from model.messages import message, os_reason
from model.progress import CancelToken, ProgressCallback, reported

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from model.exports.targets._dicom_codes import Coded

_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")


class DicomSr(Exporter):
    """Reports in a folder of their own. `codes`: a CSV file with coded concepts of the classes."""

    name = "dicom-sr"
    order = 41
    label: str = message("DICOM structured reports")
    read_by: str = message("PACS and DICOM viewers; the reports hold the patients' names, as the images do")
    place = Place.FOLDER
    may_hide_names = False

    def __init__(self, codes: Path | None = None) -> None:
        self.codes = codes

    def write(
        self,
        project: ProjectContents,
        target: Path | None,
        options: ExportOptions,  # noqa: ARG002 - what they ask for is in `project` already
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Write one report for each series and observer into a new or empty folder. See `Exporter.write`."""
        try:
            from model.exports.targets import _dicom_sr_report as reports
        except ImportError as error:
            raise FewShotError(
                message(
                    'DICOM structured reports need highdicom: pip install "fewshot[medical]" ({error}).', error=error
                )
            ) from error
        from model.exports.targets._dicom_codes import read_codes

        if target is None:
            raise UsageError(message("DICOM structured reports need a folder."))
        codes, unused = read_codes(self.codes, tuple(project.names.values())) if self.codes else ({}, [])
        remarks = [message("No class is called {name}: its code is not used.", name=name) for name in unused]
        with filled(target):
            written = _written(reports, project, codes, target, progress, token)
        if written.files:
            remarks.append(message("The reports hold the patients' names and numbers, as the images do."))
        return replace(written, remarks=tuple(remarks))


def _written(
    reports: ModuleType,
    project: ProjectContents,
    codes: Mapping[str, Coded],
    target: Path,
    progress: ProgressCallback,
    token: CancelToken,
) -> Written:
    observed, left_out, failed = _observed(project, progress, token)
    written = images = 0
    for key, ones in reported(list(observed.items()), message("Writing reports"), progress, token):
        try:
            report = reports.report(project, codes, key.reader, key.classifier, ones)
            report.save_as(target / f"{report.SOPInstanceUID}.dcm", enforce_file_format=True)
        except OSError as error:
            failed.append((target, os_reason(error)))
        except Exception as error:  # noqa: BLE001 - highdicom raises many types on headers that bend the standard
            reason = message("no report can be made of its series ({error}).", error=type(error).__name__)
            failed.append((ones[0].item.file, reason))
        else:
            written, images = written + 1, images + len(ones)
    return Written(written, images, left_out, tuple(failed))


@dataclass(frozen=True)
class _Key:
    study: str
    series: str
    reader: str
    classifier: str


def _observed(
    project: ProjectContents, progress: ProgressCallback, token: CancelToken
) -> tuple[dict[_Key, list[Observed]], int, list[tuple[Path, str]]]:
    """Return the results by report, how many are left out, and the files whose header does not do."""
    headers: dict[Path, Dataset | None] = {}
    failed: list[tuple[Path, str]] = []
    observed: dict[_Key, list[Observed]] = defaultdict(list)
    left_out = 0
    for row in reported(project.results, message("Reading headers"), progress, token):
        item = split_item(row.path)
        if row.label is None and row.class_id is None:
            left_out += 1
            continue
        if item.file not in headers:
            headers[item.file] = None
            try:
                headers[item.file] = _header(item.file)
            except FewShotError as error:
                failed.append((item.file, str(error)))
        header = headers[item.file]
        if header is None:
            left_out += 1
            continue
        reader = row.label.reader if row.label else ""
        classifier = "" if row.label else row.classifier
        key = _Key(str(header.StudyInstanceUID), str(header.SeriesInstanceUID), reader, classifier)
        observed[key].append(Observed(row, item, header))
    return observed, left_out, failed


def _header(file: Path) -> Dataset | None:
    """Return a DICOM file's header, None of another file. Raises `FewShotError` where it cannot be reported on."""
    from model.images.readers import _dicom_file

    try:
        with file.open("rb") as stream:
            start = stream.read(HEADER_BYTES)
        if not start or format_of(start, file.suffix).name != "dicom":
            return None
        header = _dicom_file.opened(file, header=True).dataset
        lacking = [name for name in _UIDS if not str(header.get(name) or "").strip()]
    except OSError as error:
        raise FewShotError(os_reason(error)) from error
    except Exception as error:  # what a decoder says of a damaged file may quote the patient's name
        raise FewShotError(message("its DICOM header cannot be read ({error}).", error=type(error).__name__)) from error
    if lacking:
        raise FewShotError(
            message("its DICOM header lacks {names}, by which a report names it.", names=", ".join(lacking))
        )
    return header


EXPORTS.register(DicomSr.name, DicomSr())
