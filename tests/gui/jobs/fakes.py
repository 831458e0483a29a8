"""An engine without a model: it does what a test tells it, at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import (
    ClassifyBatch,
    ClassifyRequest,
    ClassifySummary,
    ComparedBackbone,
    CompareRequest,
    CompareResult,
    ExplainRequest,
    ExplainResult,
    PrepareRequest,
    PrepareResult,
    SuggestRequest,
    SuggestResult,
    TrainRequest,
    TrainResult,
    WarmUpRequest,
    WarmUpResult,
    WithoutRegionRequest,
    WithoutRegionResult,
)
from fewshot_gui.project.search_notes import NOTHING
from model.images.rendering import Rendering
from model.progress import CancelToken, Progress, ProgressCallback
from model.types import BackboneFigures, Explanation, Prediction, Region, Status, TrainingReport

REPORT = TrainingReport(("a", "b"), (), (), (), None, None, 1, True, 0.0)


class FakeEngine(Engine):
    """`on_train` runs inside the worker thread; classifying yields one batch per path."""

    def __init__(self, on_train: Callable[[ProgressCallback, CancelToken], None] | None = None) -> None:
        super().__init__()
        self.on_train = on_train
        self.on_suggest: Callable[[CancelToken], None] | None = None
        self.prepared = 0
        self.notes = NOTHING  # of the search of every classification
        self.renderings: list[Rendering] = []  # that training and suggesting were asked for
        self.backbones: list[str] = []  # that training was asked for
        self.explained: list[ExplainRequest] = []
        self.explain_may_go_on = threading.Event()
        self.explain_may_go_on.set()
        self.threads: set[int] = set()

    def warm_up(self, request: WarmUpRequest) -> WarmUpResult:
        return WarmUpResult(request.job_id)

    def prepare(self, request: PrepareRequest) -> PrepareResult:
        self.prepared += 1
        return PrepareResult(request.job_id)

    def train(self, request: TrainRequest, progress: ProgressCallback, token: CancelToken) -> TrainResult:
        self.threads.add(threading.get_ident())
        self.renderings.append(request.rendering)
        self.backbones.append(request.backbone)
        if self.on_train is not None:
            self.on_train(progress, token)
        progress(Progress("Training", 1, 1))
        report = replace(REPORT, class_names=request.bin_ids)
        return TrainResult(request.job_id, request.revision, request.bin_ids, report)

    def classify(
        self,
        request: ClassifyRequest,
        progress: ProgressCallback,
        token: CancelToken,
        publish: Callable[[ClassifyBatch], None],
    ) -> ClassifySummary:
        for number, path in enumerate(request.paths, start=1):
            token.raise_if_cancelled()
            prediction = Prediction(path, Status.OK, 0, (0.9, 0.1))
            publish(ClassifyBatch(request.job_id, request.revision, ("a", "b"), (prediction,)))
            progress(Progress("Classifying", number, len(request.paths)))
        return ClassifySummary(request.job_id, request.revision, len(request.paths), 0, 0.0, notes=self.notes)

    def compare(
        self,
        request: CompareRequest,
        progress: ProgressCallback,
        token: CancelToken,
        publish: Callable[[ComparedBackbone], None],
    ) -> CompareResult:
        self.threads.add(threading.get_ident())
        for number, name in enumerate(request.backbones):
            progress(Progress(f"Comparing: {name}", number, len(request.backbones)))
            self.explain_may_go_on.wait(10)
            token.raise_if_cancelled()
            difference, interval = (0.05, (-0.02, 0.11)) if number else (None, None)
            figures = BackboneFigures(name, 0.9 + 0.05 * number, (0.8, 0.99), difference, interval, 0.02)
            publish(ComparedBackbone(request.job_id, figures))
        return CompareResult(request.job_id)

    def suggest(self, request: SuggestRequest, progress: ProgressCallback, token: CancelToken) -> SuggestResult:
        self.renderings.append(request.rendering)
        if self.on_suggest is not None:
            self.on_suggest(token)
        images = request.pool[::-1][:3]
        return SuggestResult(request.job_id, images, len(request.pool), 1)

    def explain(self, request: ExplainRequest) -> ExplainResult:
        self.threads.add(threading.get_ident())
        self.explained.append(request)
        self.explain_may_go_on.wait(10)
        attention = np.zeros((2, 7, 7), np.float32)
        evidence = np.stack([np.tile(np.linspace(-3, 3, 7, dtype=np.float32), (7, 1)), attention[1]])
        explanation = Explanation(
            request.path, attention, (Region(0, 0, 9, 9), Region(0, 0, 4, 4)), (0.9, 0.1), (9, 9), evidence=evidence
        )
        return ExplainResult(request.job_id, request.revision, ("a", "b"), explanation)

    def without_region(self, request: WithoutRegionRequest) -> WithoutRegionResult:
        self.threads.add(threading.get_ident())
        self.explain_may_go_on.wait(10)
        prediction = Prediction(request.path, Status.OK, 1, (0.39, 0.61))
        return WithoutRegionResult(request.job_id, request.path, request.region, prediction)
