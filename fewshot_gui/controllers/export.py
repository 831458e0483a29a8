"""Results as a CSV file, in the columns of the headless command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.project.values import BinPrediction
from model.errors import FewShotError
from model.results_table import ResultsTable
from model.types import Prediction


@dataclass(frozen=True)
class ExportedResults:
    """All predictions, in terms of class names; safe to hand to another thread."""

    class_names: tuple[str, ...]
    predictions: tuple[Prediction, ...]


def collect(document: Document, results: Results) -> ExportedResults:
    """Take the predictions as they are now, with the bins' present names.

    Predictions of several trainings may know different bins: a bin that one did not know gets the
    probability 0 there. Bins that are gone keep the name they were trained under.
    """
    names = {bin_.id: bin_.name for bin_ in document.bins}
    known = [bin_id for made in results for bin_id in made.bin_ids]
    used = set(known)
    order = [bin_id for bin_id in names if bin_id in used]
    order += [bin_id for bin_id in dict.fromkeys(known) if bin_id not in names]
    if results.report is not None:
        names = dict(zip(results.classifier_bin_ids, results.report.class_names, strict=True)) | names
    class_names = tuple(names.get(bin_id, bin_id[:8]) for bin_id in order)
    column = {bin_id: at for at, bin_id in enumerate(order)}
    return ExportedResults(class_names, tuple(_in_columns(made, column) for made in results))


def write_csv(path: Path, exported: ExportedResults) -> None:
    """Write `exported` to `path`: all of it, or the file stays as it was. Raises `FewShotError`."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with ResultsTable(partial, exported.class_names) as table:
            table.write(exported.predictions)
        partial.replace(path)
    except OSError as error:
        raise FewShotError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)


def _in_columns(made: BinPrediction, column: dict[str, int]) -> Prediction:
    scores = [0.0] * len(column) if made.scores else []
    for bin_id, score in zip(made.bin_ids, made.scores, strict=bool(made.scores)):
        scores[column[bin_id]] = score
    predicted = -1 if made.bin_id is None else column[made.bin_id]
    return Prediction(made.path, made.status, predicted, tuple(scores), made.region, made.message)
