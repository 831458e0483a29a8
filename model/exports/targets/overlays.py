"""Overlays: a PNG of each image with evidence map and region drawn on it, as `fewshot classify --overlays` has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import ImageReadError, UsageError
from model.exports.exporter import EXPORTS, Exporter, ExportOptions, Place, Written, names_of
from model.exports.folders import filled
from model.exports.project_contents import ProjectContents
from model.messages import message, message_n, os_reason
from model.progress import CancelToken, ProgressCallback

if TYPE_CHECKING:
    from model.runs.image_classifier import ImageClassifier


class Overlays(Exporter):
    """Pictures in a folder. A project keeps no maps, so that its classifier looks at each image again, closely."""

    name = "overlays"
    order = 31
    label: str = message("Pictures with map and region")
    read_by: str = message(
        "people, slides and papers: a PNG of each image in its own size; takes as long as classifying"
    )
    place = Place.FOLDER

    def write(
        self,
        project: ProjectContents,
        target: Path | None,
        options: ExportOptions,
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Write the pictures into a new or empty folder. See `Exporter.write`.

        Images are left out that have no class, and those for which the classifier in the project says another class
        than the result: then the map would not be that of the result. Raises `CheckpointError` without a classifier.
        """
        from model.runs.image_classifier import ImageClassifier

        if target is None or options.load_classifier is None:
            raise UsageError(message("{label}: a folder is needed.", label=self.label))
        classifier = options.load_classifier(project.path)
        assert isinstance(classifier, ImageClassifier)
        with filled(target):
            return _drawn(project, target, classifier, options, progress, token)


def _drawn(
    project: ProjectContents,
    target: Path,
    classifier: ImageClassifier,
    options: ExportOptions,
    progress: ProgressCallback,
    token: CancelToken,
) -> Written:
    from model.exports.overlays import OverlayFolder
    from model.runs.classify import Asked, classified

    rows = {row.path: row for row in project.results if row.class_id is not None}
    left_out = [row.path for row in project.results if row.path not in rows]
    names = names_of(project, options) if options.names_hidden else None
    folder = OverlayFolder(target, list(rows), classifier.embedder.rendering, names)
    failed: list[tuple[Path, str]] = []
    written = others = 0
    asked = Asked(closely=True, maps=True, pictures=True)
    for batch in classified(classifier, list(rows), asked, progress, token):
        for one in batch:
            made = one.prediction
            if not made.status.has_class:
                failed.append((made.path, made.message))
            elif project.trained[made.predicted] != rows[made.path].class_id:
                left_out.append(made.path)
                others += 1
            else:
                try:
                    folder.write(made, one.picture)
                    written += 1
                except ImageReadError as error:  # it went away since it was classified
                    failed.append((made.path, error.reason))
                except OSError as error:
                    failed.append((made.path, os_reason(error)))
    remarks = (
        message_n(
            "{count} image is left out: the classifier says another class than the result does. Classify it again.",
            "{count} images are left out: the classifier says another class than the results do. Classify them again.",
            count=others,
        ),
    )
    first = left_out[0] if left_out else None
    return Written(written, written, len(left_out), tuple(failed), remarks if others else (), first)


EXPORTS.register(Overlays.name, Overlays())
