"""How a row of the results is painted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from fewshot_gui import style
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.prediction_delegate import ROW_HEIGHT, PredictionDelegate
from fewshot_gui.items.predictions_model import PredictionsModel
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from model.types import Prediction, Status


def test_images_unlike_every_bin_and_unreadable_ones_are_painted_as_such(
    document: Document, results: Results, thumbnails: Thumbnails
) -> None:
    bins = (document.add_bin("Cats"), document.add_bin("Dogs"))
    model = PredictionsModel(document, results, thumbnails)
    results.add_predictions(
        0,
        bins,
        [
            Prediction(Path("in.png"), Status.OK, 0, (0.9, 0.1)),
            Prediction(Path("unlike.png"), Status.UNKNOWN, 0, (0.9, 0.1)),
            Prediction(Path("broken.png"), Status.ERROR, message="is cut off."),
        ],
    )
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 200, ROW_HEIGHT)

    def painted(row: int, column: Column) -> list[QColor]:
        """The colours of all pixels."""
        image = QImage(200, ROW_HEIGHT, QImage.Format.Format_RGB32)
        image.fill(option.palette.base().color())
        painter = QPainter(image)
        PredictionDelegate().paint(painter, option, model.index(row, column))
        painter.end()
        return [image.pixelColor(x, y) for x in range(200) for y in range(ROW_HEIGHT)]

    color = QColor(document.bins[0].color)
    disc, ring = (painted(row, Column.CLASS).count(color) for row in (0, 1))
    assert 4 * ring < disc  # of the nearest bin there is a ring
    assert style.warning(option.palette) in painted(1, Column.STATUS)
    assert style.failure(option.palette) in painted(2, Column.STATUS)
