"""The model of the results: sorts, groups and filters by itself, without a proxy that asks Python for every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, Qt, QTimer

from fewshot_gui.items.arrangement import Arrangement, Group, Grouping, Sorting
from fewshot_gui.items.bin_look import BinLook
from fewshot_gui.items.image_list_model import IMAGE_FLAGS, Index
from fewshot_gui.items.mime import IMAGES_TYPE, encode_images
from fewshot_gui.items.naming import display_path, names
from fewshot_gui.items.prediction_cells import PredictionCells
from fewshot_gui.items.prediction_columns import Column, PredictionColumns, PredictionFilter
from fewshot_gui.items.roles import Role
from fewshot_gui.items.shown_rows import RowsInView, ShownRows
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.items.verdicts import describe_prediction
from fewshot_gui.project.document import Document
from fewshot_gui.project.predictions import RowFacts
from fewshot_gui.project.results import BinPrediction, Results
from fewshot_gui.project.stacks import Stacks

if TYPE_CHECKING:
    from fewshot_gui.items.shown_rows import Rows

_SORT_PAUSE = 300  # milliseconds between sortings while predictions arrive
_LARGEST_CASE = 2000  # images: 2 ms to combine
_BITE = 1000  # predictions of another project that are taken in at once, 5 to 10 ms
_BITES = 10  # until they are shown, since the views paint themselves anew


class PredictionsModel(QAbstractTableModel):
    """Rows of `Results` that pass the filter, in arrival order or sorted by a column; or arranged, for the gallery.

    Of a stack of near copies that is not spread the first is shown.

    A new filter resets the model (views keep their selection by path); sorting moves rows, and
    predictions that arrive while it is sorted find their place within `_SORT_PAUSE`. Of another
    project's the first `_BITE` are there at once, the others arrive while the window does other things.
    """

    def __init__(
        self,
        document: Document,
        results: Results,
        thumbnails: Thumbnails,
        parent: QObject | None = None,
        stacks: Stacks | None = None,
    ) -> None:
        super().__init__(parent)
        self._stacks = stacks or Stacks(self)
        self._under: dict[int, int] = {}  # rows that lie under another one, which is shown
        self._stacks.changed.connect(self._on_stacks_changed)
        self._document, self._results, self._thumbnails = document, results, thumbnails
        self._cells = PredictionCells(document, results, thumbnails)
        self._columns = PredictionColumns()
        self._filter = PredictionFilter()
        self._sort: tuple[Column, bool] | None = None  # column, descending
        self._arrangement: Arrangement | None = None  # in place of the sort
        self._groups: list[Group] = []
        self._verdicts: dict[str, str] = {}  # on groups that were looked at
        self._to_come: list[Rows] = []  # that that arrived, and find their groups with the next sorting
        self._shown = ShownRows()
        self._is_other_order = self._is_renewed = False
        self._sort_later = QTimer(self, singleShot=True, interval=_SORT_PAUSE)
        self._sort_later.timeout.connect(self._sort_rows)
        self._take_in_later = QTimer(self, singleShot=True, interval=0)
        self._take_in_later.timeout.connect(self._take_in_more)
        results.reset.connect(self._on_reset)
        results.appended.connect(self._take_in)
        results.changed.connect(self._on_changed)
        document.labels_changed.connect(self._on_labels_changed)
        for signal in (results.stale_changed, results.training_changed, document.reset):
            signal.connect(self._refresh_all)
        for bin_signal in (document.bin_changed, document.bin_removed, document.examples_changed):
            bin_signal.connect(self._refresh_all)
        for order_signal in (document.bins_reordered, document.bin_removed, results.training_changed):
            order_signal.connect(self._group_soon)
        thumbnails.changed.connect(self._on_thumbnail_changed)
        names.changed.connect(self._refresh_all)
        self._on_reset()

    @property
    def total(self) -> int:
        """How many predictions there are, shown or not."""
        return len(self._results)

    def path(self, row: int) -> Path:
        """The image of the row shown as `row`; raises IndexError."""
        return self._results.at(self._shown[row]).path

    def row_of(self, path: Path) -> int | None:
        """Where `path` is shown, or None."""
        row = self._results.row_of(path)
        if row is None or row >= len(self._columns):  # just arrived: `_take_in` comes next
            return None
        return self._shown.shown_at(row, len(self._columns))

    @property
    def is_other_order(self) -> bool:
        """Whether the user has just asked for another order: then the view starts at its top."""
        return self._is_other_order

    @property
    def is_renewed(self) -> bool:
        """Whether the results are being replaced by others: the rows that were shown name nothing any more."""
        return self._is_renewed

    @property
    def filter(self) -> PredictionFilter:
        """Which predictions are shown."""
        return self._filter

    def rows_in_view(self, selected: Sequence[int]) -> RowsInView:
        """Return which rows of the results are shown, and which of the table's rows `selected` are."""
        rows = [self._shown[row] for row in selected]
        if self._under and self._stacks.as_whole:
            tops = set(rows)
            rows += [row for row, top in self._under.items() if top in tops]
        return RowsInView((*self._shown, *self._under), tuple(rows))

    @property
    def grouping(self) -> Grouping:
        """By what the rows are put together."""
        return Grouping.NONE if self._arrangement is None else self._arrangement.grouping

    @property
    def groups(self) -> Sequence[Group]:
        """The groups in the order of their rows, which are all those shown; none without a grouping."""
        return self._groups

    def group_title(self, group: Group) -> BinLook:
        """What a group is called, and its colour; "": it has none."""
        return self._cells.group_title(self.grouping, group)

    def group_verdict(self, group: Group) -> str:
        """What the images of a case show together; "" where the groups are no cases, or very large."""
        if not self.grouping.is_of_cases or group.count > _LARGEST_CASE:
            return ""
        if group.key not in self._verdicts:
            rows = range(group.first, group.first + group.count)
            self._verdicts[group.key] = self._cells.verdict(self._at(self._shown[row]) for row in rows)
        return self._verdicts[group.key]

    def arrange(self, how: Arrangement | None) -> None:
        """Show the rows in groups and in another order; None: as the table sorts them."""
        if how != self._arrangement:
            self._arrangement = how
            self._is_other_order = True
            self._sort_rows()
            self._is_other_order = False

    @property
    def sure_from(self) -> float | None:
        """The confidence from which predictions are sure; None: not known."""
        return self._cells.sure_from

    def set_sure_from(self, confidence: float | None) -> None:
        """Say from which confidence on predictions need not be checked; None: not known."""
        if confidence != self._cells.sure_from:
            self._cells.sure_from = confidence
            self._refresh_all()
            if self.grouping is Grouping.OUTCOME:
                self._sort_rows()

    def set_filter(self, wanted: PredictionFilter) -> None:
        """Show the predictions that pass `wanted`."""
        if wanted != self._filter:
            self._filter = wanted
            self._reset_rows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - immutable
        """The number of predictions shown (Qt)."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - immutable
        """Image, class, confidence, status (Qt)."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """The titles (Qt)."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (self.tr("Image"), self.tr("Class"), self.tr("Confidence"), self.tr("Note"))
        return titles[section] if 0 <= section < len(titles) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """One fact about one prediction (Qt)."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        made = self._at(self._shown[index.row()])
        column = Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._cells.text(made, column)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.IMAGE:
            return self._thumbnails.image(made.path)
        if role == Role.STACK:
            group = self._stacks.members(made.path)
            return (len(group), self._stacks.is_spread(made.path)) if group else None
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self._cells.describe(made)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{display_path(made.path)}\n{describe_prediction(self._document, self._results, made.path)}"
        return self._cells.fact(made, column, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be selected and dragged (Qt)."""
        return IMAGE_FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        """What a drag from here offers (Qt)."""
        return [IMAGES_TYPE, "text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The dragged images, top to bottom (Qt)."""
        return encode_images("results", [self.path(row) for row in sorted({at.row() for at in indexes})])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by `column`, or by arrival where it is -1 (Qt)."""
        descending = order == Qt.SortOrder.DescendingOrder
        self._sort = (Column(column), descending) if column >= 0 else None
        self._is_other_order = True
        self._sort_rows()
        self._is_other_order = False

    def _ordered(self, rows: Rows) -> Rows:
        """The rows to be shown, in their order; those under others are noted."""
        self._under = {}
        order = self._all_ordered(rows)
        groups = self._stacks.groups()
        return self._stacked(order, groups) if groups else order

    def _stacked(self, order: Rows, stacks: Sequence[tuple[Path, ...]]) -> Rows:
        """Of each stack the row that comes first in its group of the arrangement; spread ones one after the other."""
        import numpy as np

        stack_of = {
            row: number
            for number, paths in enumerate(stacks)
            for path in paths
            if (row := self._results.row_of(path)) is not None
        }
        is_spread = [self._stacks.is_spread(paths[0]) for paths in stacks]
        kept, groups = list[int](), list[Group]()
        for group in self._groups or [Group("", 0, len(order))]:
            first, tops = len(kept), dict[int, list[int]]()
            for row in order[group.first : group.first + group.count].tolist():
                stack = stack_of.get(row, -1)
                members = tops.setdefault(stack if stack >= 0 else -1 - row, [])
                members.append(row)
            for key, members in tops.items():
                if key >= 0 and not is_spread[key]:
                    kept.append(members[0])
                    self._under.update(dict.fromkeys(members[1:], members[0]))
                else:
                    kept += members
            groups.append(Group(group.key, first, len(kept) - first))
        if self._groups:
            self._groups = groups
        return np.array(kept, dtype=np.int64)

    def _all_ordered(self, rows: Rows) -> Rows:
        import numpy as np

        positions = {bin_.id: at for at, bin_ in enumerate(self._document.bins)}
        self._groups, self._verdicts = [], {}
        if self._filter.rows is not None and not self._is_other_order:
            rank = {row: at for at, row in enumerate(self._filter.rows)}
            return np.array(sorted(rows.tolist(), key=rank.__getitem__), dtype=np.int64)
        if self._arrangement is not None:
            sure_from = self._cells.sure_from
            order, self._groups = self._columns.arranged(rows, self._arrangement, positions, sure_from)
            return order
        if self._sort is None:
            return self._columns.by_arrival(rows)
        return self._columns.ordered(rows, *self._sort, positions)

    def _reset_rows(self) -> None:
        self.beginResetModel()
        self._to_come = []
        if len(self._columns):
            self._shown.replace(self._ordered(self._columns.matching(self._filter)))
        else:
            self._shown, self._under, self._groups, self._verdicts = ShownRows(), {}, [], {}
        self.endResetModel()

    def _sort_rows(self) -> None:
        if self._under or self._stacks.is_on:
            self._reset_rows()  # there are more rows then, or fewer
            return
        self._append_all()
        if not len(self._shown):
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        kept = [(self._shown[index.row()], index.column()) for index in old]
        self._shown.replace(self._ordered(self._shown.rows()))
        known = len(self._columns)
        new = [
            self.index(self._shown.shown_at(source, known) or 0, column) for source, column in kept
        ]  # none is hidden
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _sort_soon(self) -> None:
        is_ordered = self._sort is not None
        if self._arrangement is not None:
            is_ordered = self._arrangement != Arrangement(sorting=Sorting.ARRIVAL)
        if (is_ordered or self._stacks.is_on) and not self._sort_later.isActive():
            self._sort_later.start()

    def _group_soon(self) -> None:
        if self.grouping is not Grouping.NONE:
            self._sort_soon()

    def _on_stacks_changed(self) -> None:
        if len(self._columns):
            self._sort_rows()

    def _refresh_rows(self, paths: Sequence[Path]) -> None:
        for path in paths:
            row = self.row_of(path)
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def _refresh_all(self) -> None:
        self._verdicts = {}
        if len(self._shown):
            last = self.index(len(self._shown) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _on_reset(self) -> None:
        self._columns, self._under = PredictionColumns(), {}
        self._columns.extend(self._facts(0, min(_BITE, len(self._results))))
        self._is_renewed = True
        self._reset_rows()
        self._is_renewed = False
        self._take_in_later.start()

    def _take_in_more(self) -> None:
        first, end = len(self._columns), len(self._results)
        if first < end:
            self._take_in(first, min(first + _BITE, end) - 1)
            self._take_in_later.start()

    def _take_in(self, first: int, last: int) -> None:
        if first != len(self._columns):
            return  # their turn comes after those that are being taken in
        self._columns.extend(self._facts(first, last + 1))
        rows = self._columns.matching(self._filter, first)
        if len(rows):
            self._to_come.append(rows)
            self._sort_soon()
        is_due = len(self._to_come) >= _BITES or len(self._columns) == len(self._results)
        if is_due and self.grouping is Grouping.NONE:
            self._append_all()

    def _append_all(self) -> None:
        if not self._to_come:
            return
        import numpy as np

        rows, self._to_come = np.concatenate(self._to_come), []
        at = len(self._shown)
        self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
        self._shown.extend(rows)
        self.endInsertRows()

    def _on_changed(self, paths: Sequence[Path]) -> None:
        self._verdicts = {}
        for path in paths:
            row = self._results.row_of(path)
            if row is not None and row < len(self._columns):
                self._columns.replace(row, RowFacts.of(self._at(row)))
        self._refresh_rows(paths)
        self._sort_soon()

    def _on_labels_changed(self, paths: Sequence[Path]) -> None:
        """What a person says wins over predictions: as if the images were classified again."""
        self._on_changed(paths)

    def _at(self, row: int) -> BinPrediction:
        """The prediction of a row of the results, or what a person says instead."""
        made = self._results.at(row)
        return made.labelled(self._document.label(made.path))

    def _facts(self, first: int, end: int) -> Iterator[RowFacts]:
        """What the columns need of these rows, with what a person says instead."""
        found, labels = self._results.facts(first, end), self._document.board.labels
        if not labels:
            return found
        rows = enumerate(found, first)
        return (RowFacts.of(self._at(row)) if Path(facts.path) in labels else facts for row, facts in rows)

    def _on_thumbnail_changed(self, path: Path) -> None:
        self._refresh_rows([path])
