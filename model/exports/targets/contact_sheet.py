"""Contact sheets: a PDF with the pictures of each class, the region's box and the confidence."""

from __future__ import annotations

from pathlib import Path

from model.errors import UsageError
from model.exports.exporter import EXPORTS, Exporter, ExportOptions, Written, names_of
from model.exports.project_contents import GREY, ProjectContents, ResultRow
from model.exports.report_words import with_share
from model.exports.results_table import fresh_file
from model.messages import message, translated
from model.progress import CancelToken, Progress, ProgressCallback
from model.types import Status

_MOST_PAGES = 500
_QUALITY = 85


class ContactSheet(Exporter):
    """A4 pages of 6 x 8 pictures, a class on pages of its own, the bins in their order."""

    name = "contact-sheet"
    order = 30
    label: str = message("Contact sheets (PDF)")
    read_by: str = message("people: pictures of each class with box and confidence, 48 a page, for print")
    endings = (".pdf",)

    def write(
        self,
        project: ProjectContents,
        target: Path | None,
        options: ExportOptions,
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Write the pages. See `Exporter.write`. Images that cannot be read have an empty place, and count as left out.

        Raises `UsageError` where there are no images, or more than fit on 500 pages.
        """
        from model.exports import contact_sheet

        place = self.given(target)
        sheets = _sheets(project, options)
        total = contact_sheet.page_count(sheets)
        if not 0 < total <= _MOST_PAGES:
            raise UsageError(
                message(
                    "Contact sheets have 1 to {most} pages; these would have {count:,}. Choose other images.",
                    most=_MOST_PAGES,
                    count=total,
                )
            )
        unread: list[Path] = []
        with fresh_file(place) as fresh:
            for done, (page, missing) in enumerate(contact_sheet.pages(sheets), 1):
                token.raise_if_cancelled()
                # One page in memory at a time: Pillow would hold all that it is given at once.
                page.save(fresh, "PDF", resolution=150, quality=_QUALITY, append=done > 1)
                unread += missing
                progress(Progress(message("Writing pages"), done, total))
        count = len(project.results)
        return Written(1, count - len(unread), len(unread), first_left_out=unread[0] if unread else None)


def _sheets(project: ProjectContents, options: ExportOptions) -> list:  # type: ignore[type-arg]
    from model.exports.contact_sheet import Sheet, Tile

    name = names_of(project, options)
    groups: dict[tuple[str, str], list[Tile]] = {}
    for row in project.results:
        shown = name(row.path) if options.names_hidden else row.path.name
        color = project.colors.get(row.class_id or "", GREY)
        groups.setdefault(_kind(row), []).append(Tile(row.path, shown, _line(project, row), row.region, color))
    order = [("class", class_id) for class_id in project.names]
    others = {"unlike": message("unlike every bin"), "none": message("none of these"), "error": message("not readable")}
    sheets = [
        Sheet(project.names[kind[1]], project.colors.get(kind[1], GREY), tuple(groups[kind]))
        for kind in order
        if kind in groups
    ]
    return sheets + [
        Sheet(translated(title), GREY, tuple(groups[kind, ""]))
        for kind, title in others.items()
        if (kind, "") in groups
    ]


def _kind(row: ResultRow) -> tuple[str, str]:
    """Return on which pages an image stands: a person's word counts before the prediction."""
    if row.label is not None:
        return ("class", row.label.class_id) if row.label.class_id is not None else ("none", "")
    if row.class_id is None:
        return ("error", "")
    return ("class", row.class_id) if row.status is Status.OK else ("unlike", "")


def _line(project: ProjectContents, row: ResultRow) -> str:
    """Return what was predicted and how sure it is; and whose word it is where a person said something."""
    if row.class_id is None:
        said = ""
    elif row.is_of_one_class or row.confidence is None:
        said = project.names[row.class_id]
    else:
        said = translated(with_share(project.names[row.class_id], row.confidence))
    return f"{said} · {row.label.reader}" if row.label is not None else said


EXPORTS.register(ContactSheet.name, ContactSheet())
