"""Results as a CSV file, in the columns of the headless command and with those of labels, and as folders by class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fewshot_gui.project.document import Document
from fewshot_gui.project.labels import Label, final_label
from fewshot_gui.project.results import Results
from fewshot_gui.project.values import BinPrediction
from model.errors import FewShotError
from model.exports.formats.csv_table import CsvTable, SaidLabel
from model.messages import message
from model.types import Prediction, Status

PERSON = "person"
"""Who says of which class an example is."""
NONE_OF_THESE = "none of these"
_STALE = "Out of date: made before the last change of the bins."


@dataclass(frozen=True)
class ExportedResults:
    """Predictions in terms of class names, and what people say of images; safe to hand to another thread."""

    class_names: tuple[str, ...]
    predictions: tuple[Prediction, ...]
    labels: Mapping[Path, SaidLabel] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """The part of a project that exports need, copied at one moment; safe to hand to another thread.

    bins: (id, name, examples) of each, in order; trained: name of each bin that the classifier knows, by id;
    up_to_date: the revision of the classifier whose predictions are; None: none is; labels: what counts of what
    people say of images
    """

    bins: tuple[tuple[str, str, tuple[Path, ...]], ...]
    trained: dict[str, str]
    predictions: tuple[BinPrediction, ...]
    up_to_date: int | None = None
    labels: Mapping[Path, Label] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, results: Results, rows: Iterable[int] | None = None) -> Snapshot:
        """Copy it, in the window's thread: 2 ms for 100,000 results (making their columns takes 270 ms).

        Without `rows`, all predictions.
        """
        bins = tuple((one.id, one.name, tuple(example.path for example in one.examples)) for one in document.bins)
        report = results.report
        trained = dict(zip(results.classifier_bin_ids, report.class_names, strict=True)) if report else {}
        predictions = tuple(results) if rows is None else tuple(results.at(row) for row in rows)
        said = ((path, final_label(labels)) for path, labels in document.board.labels.items())
        labels = {path: label for path, label in said if label is not None}
        return cls(bins, trained, predictions, results.up_to_date_revision, labels)

    def is_stale(self, made: BinPrediction) -> bool:
        """Whether the bins changed, or another classifier was trained, since `made`."""
        return made.revision != self.up_to_date

    @property
    def names(self) -> dict[str, str]:
        """Name of each bin by id; bins that are gone keep the name they were trained under."""
        return self.trained | {bin_id: name for bin_id, name, _ in self.bins}


def collect(snapshot: Snapshot) -> ExportedResults:
    """Put all predictions into the same columns: the bins, in their order, then those that are gone.

    Predictions of several trainings may know different bins: a bin that one did not know gets the
    probability 0 there.
    """
    known = [bin_id for made in snapshot.predictions for bin_id in made.bin_ids]
    used, present = set(known), [bin_id for bin_id, _, _ in snapshot.bins]
    order = [bin_id for bin_id in present if bin_id in used]
    order += [bin_id for bin_id in dict.fromkeys(known) if bin_id not in present]
    names = snapshot.names
    class_names = tuple(names.get(bin_id, bin_id[:8]) for bin_id in order)
    column = {bin_id: at for at, bin_id in enumerate(order)}
    predictions = tuple(_in_columns(made, column, snapshot.is_stale(made)) for made in snapshot.predictions)
    labels = {}
    for path, said in snapshot.labels.items():
        name = NONE_OF_THESE if said.bin_id is None else names.get(said.bin_id, said.bin_id[:8])
        labels[path] = SaidLabel(name, said.reader, said.given_at)
    for _, name, examples in snapshot.bins:  # where an image is now says most
        labels |= {path: SaidLabel(name, PERSON) for path in examples if path not in labels or labels[path][0] != name}
    return ExportedResults(class_names, predictions, labels)


def groups_by_class(
    snapshot: Snapshot,
    *,
    with_results: bool,
    with_examples: bool,
    odd_names: tuple[str, str] | None = None,
) -> list[tuple[str, list[Path]]]:
    """Return (class name, images) for `folder_export.sort_into`: the bins first, in their order.

    An example goes with its bin whatever was predicted for it, another image as it is labelled or, where
    nobody labelled it, as predicted. `odd_names` are for images unlike every bin or none of these, and for
    those that cannot be read; without them these are left out.
    """
    groups: dict[str, list[Path]] = {bin_id: [] for bin_id, _, _ in snapshot.bins}
    in_bins = {path: bin_id for bin_id, _, examples in snapshot.bins for path in examples}
    odd: dict[Status, list[Path]] = {Status.UNKNOWN: [], Status.ERROR: []}
    if with_examples:
        for bin_id, _, examples in snapshot.bins:
            groups[bin_id] += examples
    for made in snapshot.predictions:
        in_bin, said = in_bins.get(made.path), snapshot.labels.get(made.path)
        if said is not None and made.status is not Status.ERROR and in_bin is None:
            if said.bin_id is None:
                odd[Status.UNKNOWN].append(made.path)
            elif with_results:
                groups.setdefault(said.bin_id, []).append(made.path)
        elif made.status is not Status.OK:
            if in_bin is None or not with_examples:
                odd[made.status].append(made.path)
        elif with_results and made.bin_id is not None:
            groups.setdefault(in_bin or made.bin_id, []).append(made.path)
    names = snapshot.names
    found = [(names.get(bin_id, bin_id[:8]), paths) for bin_id, paths in groups.items() if paths]
    if odd_names is not None:
        found += [(name, paths) for name, paths in zip(odd_names, odd.values(), strict=True) if paths]
    return found


def write_csv(path: Path, exported: ExportedResults) -> None:
    """Write `exported` to `path`: all of it, or the file stays as it was. Raises `FewShotError`."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with CsvTable(partial, exported.class_names, labels=exported.labels) as table:
            table.write(exported.predictions)
        partial.replace(path)
    except OSError as error:
        raise FewShotError(
            message("{path} cannot be written: {reason}.", path=path, reason=error.strerror or error)
        ) from error
    finally:
        with suppress(OSError):  # nothing could be written there
            partial.unlink(missing_ok=True)


def _in_columns(made: BinPrediction, column: dict[str, int], is_stale: bool) -> Prediction:
    scores = [0.0] * len(column) if made.scores else []
    for bin_id, score in zip(made.bin_ids, made.scores, strict=bool(made.scores)):
        scores[column[bin_id]] = score
    predicted = -1 if made.bin_id is None else column[made.bin_id]
    message = f"{made.message} {_STALE}".lstrip() if is_stale and made.status is not Status.ERROR else made.message
    return Prediction(
        made.path, made.status, predicted, tuple(scores), made.region, message, steadiness=made.steadiness
    )
