"""The signals of a job, emitted by the worker that runs it and again by the runner in the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal


class JobSignals(QObject):
    """Each job emits `started`, then any number of `progressed` and `batch_ready`, then exactly one of `succeeded`,
    `failed` and `cancelled`, and at last, in every case, `finished`.
    """

    started = Signal(int)  # job id
    progressed = Signal(object)  # JobProgress
    batch_ready = Signal(object)  # ClassifyBatch, ComparedBackbone
    succeeded = Signal(object)  # JobResult
    failed = Signal(object)  # JobFailure
    cancelled = Signal(int)  # job id
    finished = Signal(int)  # job id

    def forward_to(self, other: JobSignals) -> None:
        """Emit on `other`, in its thread and in the same order, whatever is emitted here."""
        queued = Qt.ConnectionType.QueuedConnection
        self.started.connect(other.started, queued)
        self.progressed.connect(other.progressed, queued)
        self.batch_ready.connect(other.batch_ready, queued)
        self.succeeded.connect(other.succeeded, queued)
        self.failed.connect(other.failed, queued)
        self.cancelled.connect(other.cancelled, queued)
        self.finished.connect(other.finished, queued)
