"""The state of a trained head: all numbers that predicting needs."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from model.head.nearest import Memory


@dataclass(frozen=True, eq=False)
class ClassifierState:
    """All numbers of a trained head; N classes, n support images, V views; tensors are float32 unless said otherwise.

    L = D_coarse + D_fine is the size of a region, D that of the joint space, S that of its standardised views.
    view_names: the views of the joint space, in order
    standard_mean (S,), standard_deviation (S,), centre (D,), scales (V,): see `JointSpace`
    shares (V,): of the views in the joint space
    descriptors (D, N): class descriptors of the joint vectors, whitening folded in
    offsets (N,): inner products of the descriptors with the weighted mean of the support images; scores are 0 there
    class_means (N, L): mean global features, at two sizes, that regions are compared with (gbar)
    local_descriptors (N, L): weighted mean local feature of each class
    response_directions (N, D_coarse): see `head.responses`
    examples (n, D): joint vectors of the support images, for unlikeness
    labels (n,): int64, their classes
    leave_one_out (n, N): probabilities of the support images, each from all the others; 0 where it is alone
    partial_means (F, N, L), partial_responses (F, N, D_coarse): see `PartialVectors`; F is 0 where no example can be
        left out, and in classifiers saved before there were any
    local_scale: factor that gives local scores the spread of global ones
    local_share: beta
    scale: kappa
    attention_temperature: tau_a
    unknown_threshold: unlikeness above which an image is unknown; infinite where there are too few examples
    example_side: the largest support image's sqrt(width * height) in pixels
    side: the working side in pixels
    evidence_deviation: standard deviation of the texture's evidence over regions
    familiar_from: familiarity below which evidence fades in large images, from that of the examples' regions
    left_out_unlikeness: float64 (n,) unlikeness of the support images, each without its group; None in classifiers
        saved before it was kept, as the next two
    groups: int64 (n,), see `Grouping.numbers`
    memory: of a single class, else None
    """

    view_names: tuple[str, ...]
    standard_mean: Tensor
    standard_deviation: Tensor
    centre: Tensor
    scales: Tensor
    shares: Tensor
    descriptors: Tensor
    offsets: Tensor
    class_means: Tensor
    local_descriptors: Tensor
    response_directions: Tensor
    examples: Tensor
    labels: Tensor
    leave_one_out: Tensor
    partial_means: Tensor
    partial_responses: Tensor
    local_scale: float
    local_share: float
    scale: float
    attention_temperature: float
    unknown_threshold: float
    example_side: float
    side: int
    evidence_deviation: float
    familiar_from: float
    left_out_unlikeness: Tensor | None = None
    groups: Tensor | None = None
    memory: Memory | None = None

    @property
    def ways(self) -> int:
        """N, the number of classes."""
        return len(self.offsets)
