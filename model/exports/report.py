"""The report on a project: one HTML file that needs nothing else, for colleagues and for print.

Everything in it is escaped by Jinja2; pictures are inside, as small JPEG files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model.estimates.checking import Agreement, Doubts, agreement
from model.estimates.report import advice, class_estimates, confusion, independent_examples, outlook
from model.exports.charts import curve_chart, reliability, reliability_chart
from model.exports.project_contents import GREY, ProjectContents, ResultRow
from model.exports.report_pictures import Picture, in_percent, small_picture
from model.exports.report_words import cautions, facts, with_share
from model.exports.results_table import not_written, write_text
from model.images.hidden_names import hidden_names
from model.messages import Message, language_in_use, message, message_n, percent, translated
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress
from model.resource_files import resource
from model.types import Status

TEMPLATE = "report.html.j2"
_THREADS = 2
_MOST_ROWS = 10_000
_Kind = tuple[str, str]
"""What an image is: ("class", id of the class), or one of those below."""

_UNLIKE, _NONE, _UNREADABLE = (
    (message("unlike every bin"), ""),
    (message("none of these"), ""),
    (message("not readable"), ""),
)


@dataclass(frozen=True)
class ReportOptions:
    """What a report shows.

    title: what the project is called; "": it has no name
    most_pictures: of results of one class
    names_hidden: images are numbered as in the window, no file or folder is named
    language: a code of `model.messages.LANGUAGES`; "": the one in use
    """

    title: str = ""

    most_pictures: int = 24
    names_hidden: bool = False
    language: str = ""


def write_report(
    project: ProjectContents,
    path: Path,
    options: ReportOptions = ReportOptions(),
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> None:
    """Write the report to `path`: all of it, or the file stays as it was. Raises `FewShotError` and `Cancelled`."""
    text = report_html(project, options, progress, token or CancelToken())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(path, error) from error
    write_text(path, text)


def report_html(
    project: ProjectContents, options: ReportOptions, progress: ProgressCallback, token: CancelToken
) -> str:
    """Return the report. Raises `Cancelled`."""
    from jinja2 import Environment, StrictUndefined

    language = options.language or language_in_use()

    def finalize(value: object) -> object:
        return translated(value, language) if isinstance(value, Message) else value

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=finalize
    )
    environment.globals |= {"message": message, "message_n": message_n, "language": language.replace("_", "-")}
    environment.filters |= {"percent": percent, "count": "{:,}".format}
    template = environment.from_string(resource(TEMPLATE).read_text(encoding="utf-8"))
    writer = _Writer(project, options, progress, token)
    return template.render(**writer.values())


class _Writer:
    def __init__(
        self, project: ProjectContents, options: ReportOptions, progress: ProgressCallback, token: CancelToken
    ) -> None:
        self._project, self._options, self._progress, self._token = project, options, progress, token
        self._numbers = hidden_names(project.images)
        self._pictures: dict[Path, tuple[str, tuple[int, int]]] = {}
        self._finals = Counter(self._final(row) for row in project.results)
        known = project.report.examples if project.report is not None else ()
        self._known = {one.path: one for one in known}

    def values(self) -> dict[str, Any]:
        """Return what the template names."""
        project = self._project
        report = project.report
        judged = None if report is None or report.leave_one_out_accuracy is None else report
        sheets, examples = self._chosen_results(), self._chosen_examples()
        self._read_pictures([*(row.path for _, rows in sheets for row in rows), *(path for _, path in examples)])
        return {
            "title": message("Report on {title}", title=self._options.title)
            if self._options.title
            else message("Report"),
            "made_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "classes": self._classes(),
            "others": self._others(),
            "results": self._summary(),
            "report": report,
            "groups": independent_examples(report.examples) if report is not None else 0,
            "estimates": [] if judged is None else class_estimates(judged),
            "colors": [project.colors.get(class_id, GREY) for class_id in project.trained],
            "confusion": [] if judged is None else confusion(judged),
            "advice": advice(report) if report is not None else "",
            "reliability": self._reliability(),
            "curve": self._curve(),
            "cautions": cautions(project, self._summary()),
            "checked": self._checked(),
            "agreements": self._agreements(),
            "sheets": [
                {
                    "name": self._kind_name(kind),
                    "pictures": [self._of_result(row) for row in rows],
                    "total": self._finals[kind],
                }
                for kind, rows in sheets
            ],
            "examples": [self._of_example(class_id, path) for class_id, path in examples],
            "rows": [self._row(row) for row in project.results[:_MOST_ROWS]],
            "rows_left_out": max(len(project.results) - _MOST_ROWS, 0),
            "facts": facts(project, names_hidden=self._options.names_hidden),
        }

    def _name(self, path: Path) -> str:
        return message("Image {number}", number=self._numbers[path]) if self._options.names_hidden else path.name

    def _class(self, class_id: str | None) -> str:
        return message("none of these") if class_id is None else self._project.names.get(class_id, class_id[:8])

    def _final(self, row: ResultRow) -> _Kind:
        """What an image is: the person's word before the prediction."""
        if row.label is not None:
            return ("class", row.label.class_id) if row.label.class_id is not None else _NONE
        if row.status is Status.ERROR:
            return _UNREADABLE
        return _UNLIKE if row.status is Status.UNKNOWN or row.class_id is None else ("class", row.class_id)

    def _kind_name(self, kind: _Kind) -> str:
        return self._class(kind[1]) if kind[0] == "class" else kind[0]

    def _classes(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "color": self._project.colors[class_id],
                "examples": len(self._project.examples[class_id]),
                "results": self._finals["class", class_id],
            }
            for class_id, name in self._project.names.items()
            if class_id in self._project.colors
        ]

    def _others(self) -> list[tuple[str, int]]:
        """What is of no class, so that the numbers of results add up; images unlike every bin are always told of."""
        kinds = (_UNLIKE, _NONE, _UNREADABLE)
        return [(kind[0], self._finals[kind]) for kind in kinds if kind is _UNLIKE or self._finals[kind]]

    def _summary(self) -> dict[str, Any]:
        rows = self._project.results
        unchecked = [row for row in rows if row.status is Status.OK and row.label is None]
        doubts = Doubts([_confidence(row) for row in unchecked])
        return {
            "count": len(rows),
            "unlike": sum(row.status is Status.UNKNOWN and row.label is None for row in rows),
            "errors": sum(row.status is Status.ERROR for row in rows),
            "labelled": sum(row.label is not None for row in rows),
            "stale": sum(self._project.is_stale(row) for row in rows),
            "left": doubts.errors_left(),
        }

    def _reliability(self) -> str:
        report = self._project.report
        if report is None or report.leave_one_out_accuracy is None:
            return ""
        known = [(one.confidence, one.predicted == one.class_index) for one in report.examples if one.predicted >= 0]
        return reliability_chart(reliability(known), self._options.language)

    def _curve(self) -> str:
        report = self._project.report
        if report is None or not report.learning_curve:
            return ""
        expected = outlook(report)
        counts = sorted(Counter(one.class_index for one in report.examples).values())
        ahead = None if expected is None else (float(counts[(len(counts) - 1) // 2]), *expected)
        return curve_chart(report.learning_curve, ahead, self._options.language)

    def _checked(self) -> dict[str, Any] | None:
        """How labels compare with what was predicted when they were given; None without labels."""
        labels = [row.said[-1] for row in self._project.results if row.said]
        if not labels:
            return None
        right = sum(label.class_id == label.predicted for label in labels)
        return {"count": len(labels), "right": right, "readers": sorted({label.reader for label in labels})}

    def _agreements(self) -> list[tuple[str, str, Agreement]]:
        by_reader: dict[str, dict[Path, str | None]] = {}
        for row in self._project.results:
            for said in row.said:
                by_reader.setdefault(said.reader, {})[row.path] = said.class_id
        readers = sorted(by_reader)
        found = []
        for at, one in enumerate(readers):
            for other in readers[at + 1 :]:
                both = [path for path in by_reader[one] if path in by_reader[other]]
                if both:
                    pair = agreement([by_reader[one][p] for p in both], [by_reader[other][p] for p in both])
                    found.append((one, other, pair))
        return found

    def _chosen_results(self) -> list[tuple[_Kind, list[ResultRow]]]:
        """Results to be shown, by class: half of them the most certain, the others the most doubtful."""
        groups: dict[_Kind, list[ResultRow]] = {}
        for row in self._project.results:
            if row.status is not Status.ERROR:
                groups.setdefault(self._final(row), []).append(row)
        order: list[_Kind] = [*(("class", class_id) for class_id in self._project.names), _UNLIKE, _NONE]
        most = self._options.most_pictures
        chosen = []
        for kind in sorted(groups, key=lambda kind: order.index(kind) if kind in order else len(order)):
            rows = sorted(groups[kind], key=_confidence, reverse=True)
            if len(rows) > most:
                rows = [*rows[: most - most // 2], *rows[len(rows) - most // 2 :]]
            chosen.append((kind, rows))
        return chosen

    def _chosen_examples(self) -> list[tuple[str, Path]]:
        """Examples to be shown: suspects first, then by weight; as many as of a class of results for each class."""
        most = self._options.most_pictures
        return [
            (class_id, path)
            for class_id, paths in self._project.examples.items()
            for path in sorted(paths, key=self._suspicion)[:most]
        ]

    def _suspicion(self, path: Path) -> tuple[bool, float]:
        """Sort examples that look like another class first, then by weight."""
        one = self._known.get(path)
        return (True, 1.0) if one is None else (one.predicted in (-1, one.class_index), one.weight)

    def _read_pictures(self, paths: Iterable[Path]) -> None:
        wanted = list(dict.fromkeys(paths))
        with ThreadPoolExecutor(_THREADS) as pool:
            for done, (path, found) in enumerate(zip(wanted, pool.map(small_picture, wanted), strict=True), start=1):
                self._token.raise_if_cancelled()
                self._pictures[path] = found
                self._progress(Progress(message("Reading pictures"), done, len(wanted)))

    def _of_result(self, row: ResultRow) -> Picture:
        data, size = self._pictures[row.path]
        color = self._project.colors.get(row.class_id or "", GREY)
        lines: list[str] = [with_share(self._class(row.class_id), _confidence(row))] if row.class_id is not None else []
        if row.is_of_one_class:  # its share says nothing
            is_like, name = row.status is not Status.UNKNOWN, self._class(row.class_id)
            lines = [message("like {name}", name=name) if is_like else message("unlike {name}", name=name)]
            lines += [message("box: most unlike it")] if row.steadiness is None and row.region is not None else []
        elif row.status is Status.UNKNOWN:
            lines = [message("unlike every bin; nearest {nearest}", nearest=lines[0])]
        second = _runner_up(row)
        if second is not None:
            lines.append(message("then {name} {share}", name=self._class(second[0]), share=percent(second[1])))
        if row.steadiness is not None:
            lines.append(message("region steady {steadiness:.2f}", steadiness=row.steadiness))
        if row.label is not None:
            lines.append(message("{reader}: {label}", reader=row.label.reader, label=self._class(row.label.class_id)))
        return Picture(self._name(row.path), data, in_percent(row.region, size), color, tuple(lines))

    def _of_example(self, class_id: str, path: Path) -> Picture:
        data, _ = self._pictures[path]
        one = self._known.get(path)
        lines = [self._class(class_id)]
        if one is not None:
            lines.append(message("weight {weight:.2f}", weight=one.weight))
            if one.predicted not in (-1, one.class_index):
                other = self._class(self._project.trained[one.predicted])
                lines.append(
                    message(
                        "left out, it looks like {other}, {confidence}",
                        other=other,
                        confidence=percent(one.confidence),
                    )
                )
        report = self._project.report
        lines += [Message(remark) for of, remark in report.remarks if of == path] if report is not None else []
        return Picture(self._name(path), data, None, self._project.colors.get(class_id, ""), tuple(lines))

    def _row(self, row: ResultRow) -> dict[str, Any]:
        second = _runner_up(row)
        note: str = Message(row.message) if row.status is Status.ERROR and row.message else ""
        if row.status is Status.UNKNOWN:
            note = message("unlike every bin")
        if self._options.names_hidden and note == row.message:
            note = message("not readable") if row.status is Status.ERROR else note
        return {
            "name": self._name(row.path),
            "folder": "" if self._options.names_hidden else str(row.path.parent),
            "predicted": "" if row.class_id is None else self._class(row.class_id),
            "confidence": percent(_confidence(row)) if row.class_id is not None else "",
            "second": "" if second is None else with_share(self._class(second[0]), second[1]),
            "label": "" if row.label is None else self._class(row.label.class_id),
            "by": "" if row.label is None else row.label.reader,
            "note": self._with_age(row, note),
        }

    def _with_age(self, row: ResultRow, note: str) -> str:
        if not self._project.is_stale(row):
            return note
        return message("{note} · out of date", note=note) if note else message("out of date")


def _confidence(row: ResultRow) -> float:
    return row.scores.get(row.class_id, 0.0) if row.class_id is not None else 0.0


def _runner_up(row: ResultRow) -> tuple[str, float] | None:
    others: Mapping[str, float] = {
        class_id: score for class_id, score in row.scores.items() if class_id != row.class_id
    }
    if not others:
        return None
    best = max(others, key=others.__getitem__)
    return best, others[best]
