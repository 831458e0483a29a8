"""The trained classifier: from image features to classes, probabilities and regions. Takes tensors only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from model.backbones.devices import one_thread
from model.estimates import selective
from model.features.maps import ImageFeatures
from model.features.sizes import Size, is_large
from model.head import unknown
from model.head.class_description import has_others
from model.head.grouping import Grouping
from model.head.state import ClassifierState
from model.head.trained_head import TrainedHead
from model.regions.evidence import RegionFinder
from model.regions.geometry import box_region
from model.types import Region, Status


@dataclass(frozen=True, eq=False)
class Decision:
    """The decision on one image; fields named as in `model.types.Prediction` mean the same.

    shown: number of the class whose region, steadiness and map these are
    evidence_map: float32 (h, w) in 0..1 with a peak of 1, over the whole image as displayed; None unless asked for
    """

    status: Status
    predicted: int
    scores: tuple[float, ...]
    shown: int
    region: Region
    steadiness: float | None
    evidence_map: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class EveryClass:
    """Evidence maps, regions and scores of one image for every class.

    evidence_maps: float32 (N, h, w), each as in `Decision`
    regions: one for each class
    scores: N probabilities, as in `Decision`
    steadiness: of each region, as in `Decision`
    evidence: float32 (N, h, w), as in `model.types.Explanation`
    """

    evidence_maps: npt.NDArray[np.float32]
    regions: tuple[Region, ...]
    scores: tuple[float, ...]
    steadiness: tuple[float | None, ...]
    evidence: npt.NDArray[np.float32]


class FewShotClassifier:
    """The trained head (local features, class descriptions) together with the search for the region shown.

    Read-only after training, so several threads may use it at once. Raises the errors of `TrainedHead`.
    """

    def __init__(self, class_names: Sequence[str], state: ClassifierState, directions: Tensor) -> None:
        self.class_names, self.state = tuple(class_names), state
        self.head = TrainedHead(state, directions)
        self._regions = RegionFinder(self.head)

    def logits(self, features: ImageFeatures) -> Tensor:
        """Return the scores of n images for every class, float32 (n, N); their softmax is calibrated probabilities."""
        return self.head.logits(self.head.joint(features), self.head.compare(features))

    def is_large(self, size: Size) -> bool:
        """Whether an image is so much larger than the examples that it always gets the closer look."""
        return is_large(size, self.state.example_side)

    @one_thread()
    def decide(
        self,
        features: ImageFeatures,
        sizes: Sequence[Size],
        closer: Mapping[int, ImageFeatures],
        explain_class: int | None = None,
        *,
        with_maps: bool = False,
    ) -> list[Decision]:
        """Decide on n images of (width, height) `sizes` in pixels, embedded at the working side.

        closer: features of the closer look, by index, of the images that have one
        Regions are those of the predicted class, or of `explain_class`; `with_maps` adds the evidence map of the same
        class.
        """
        head = self.head
        with torch.inference_mode():
            joint, compared = head.joint(features), head.compare(features)
            probabilities = torch.softmax(head.logits(joint, compared).double(), dim=1)
            predicted = probabilities.argmax(dim=1)
            shown = predicted if explain_class is None else torch.full_like(predicted, explain_class)
            unlike = head.unlikeness(joint, compared) > self.state.unknown_threshold
            first = self._regions.evidence(features, compared, shown)
            whole = first.joined()
            first_boxes = whole.boxes()
            first_steadiness = whole.steadiness(first_boxes)
            decisions = []
            facts = (
                unlike.tolist(),
                predicted.tolist(),
                probabilities.tolist(),
                shown.tolist(),
                first_boxes,
                first_steadiness,
            )
            for index, (is_unlike, class_, scores, shown_class, first_box, first_steady) in enumerate(
                zip(*facts, strict=True)
            ):
                evidence, box, steady = first.of(index), first_box, first_steady
                if index in closer:
                    large = self.is_large(sizes[index])
                    evidence = self._regions.closer(closer[index], evidence, is_large=large, shown=shown_class)
                    (box,) = boxes = evidence.boxes()
                    (steady,) = evidence.steadiness(boxes)
                region = box_region(box, evidence.grid, sizes[index])
                status = Status.UNKNOWN if is_unlike else Status.OK
                shown_map = evidence.maps()[0].numpy() if with_maps else None
                decisions.append(Decision(status, class_, tuple(scores), shown_class, region, steady, shown_map))
        return decisions

    @one_thread()
    def explain(self, features: ImageFeatures, size: Size, closer: ImageFeatures) -> EveryClass:
        """Return maps and regions for every class of one image of `size` pixels, found by the closer look."""
        head = self.head
        with torch.inference_mode():
            compared = head.compare(features)
            scores = torch.softmax(head.logits(head.joint(features), compared).double(), dim=1)[0]
            first = self._regions.evidence(features, compared).of(0)
            evidence = self._regions.closer(closer, first, is_large=self.is_large(size))
            boxes = evidence.boxes()
            regions = tuple(box_region(box, evidence.grid, size) for box in boxes)
            steadiness = tuple(evidence.steadiness(boxes))
            values = evidence.values.unflatten(1, evidence.grid).numpy()
            return EveryClass(evidence.maps().numpy(), regions, tuple(scores.tolist()), steadiness, values)

    def accepting_threshold(self, max_error: float) -> float:
        """Return the confidence from which at most `max_error` of predictions are wrong; infinite if there is none."""
        return selective.accepting_threshold(self._left_out().amax(dim=1).tolist(), max_error)

    def candidate_threshold(self, max_error: float) -> float:
        """Return the probability that makes a class a candidate: at most `max_error` of images then lack their own."""
        probabilities = self._left_out()
        own = self.state.labels[self._counted()]
        return selective.candidate_threshold(probabilities.gather(1, own[:, None]).squeeze(1).tolist(), max_error)

    def unlikeness(self, features: ImageFeatures) -> Tensor:
        """Return the unlikeness of n images, float64 (n,): higher is less alike.

        It is the distance from the nearest class; of a single class, it is in deviations of its examples'
        (`head.nearest`).
        """
        with torch.inference_mode():
            return self.head.unlikeness(self.head.joint(features), self.head.compare(features))

    def unknown(self, features: ImageFeatures) -> Tensor:
        """Return which of n images are unlike every class: bool (n,)."""
        return self.unlikeness(features) > self.state.unknown_threshold

    def with_false_alarms(self, share: float) -> FewShotClassifier:
        """Return the classifier with the threshold at which `share` (0..1) of known images are flagged as unknown.

        The examples' unlikeness is that without their groups.
        """
        state, unlikeness, independent = self.state, self.state.left_out_unlikeness, None
        if unlikeness is None:  # saved by an earlier version, which knew no groups
            unlikeness = unknown.leave_one_out_unlikeness(state.examples.double(), state.labels, state.ways)
        if state.groups is not None:
            independent = Grouping.of(state.groups).independent
        threshold = unknown.unknown_threshold(unlikeness, independent, share)
        return FewShotClassifier(
            self.class_names, replace(state, unknown_threshold=threshold), self.head.space.directions
        )

    def _left_out(self) -> Tensor:
        return self.state.leave_one_out[self._counted()]

    def _counted(self) -> Tensor:
        """Which examples could be left out, and taken for another class: bool (n,)."""
        return has_others(self.state.labels) & (self.state.leave_one_out.sum(dim=1) > 0) & (self.state.ways > 1)
