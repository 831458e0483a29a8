"""Plain heads on the same frozen features, for comparison: nearest class mean, logistic regression, ridge."""

from __future__ import annotations

from collections.abc import Callable

import torch
from sklearn.linear_model import LogisticRegression, Ridge
from torch import Tensor
from torch.nn import functional

from model.head.local_feature import class_means
from model.messages import message

Baseline = Callable[[Tensor, Tensor, Tensor, int], Tensor]

_TEMPERATURE = 10.0  # turns cosines and ridge scores into probabilities; does not change their order
_RIDGE = 0.1  # over the mean squared length of the centred features


def nearest_class_mean(support: Tensor, labels: Tensor, queries: Tensor, ways: int) -> Tensor:
    """Softmax of the cosine to each class's mean: (n, D), (n,), (q, D) -> probabilities (q, N)."""
    means = functional.normalize(class_means(support, labels, ways), dim=1)
    return torch.softmax(_TEMPERATURE * functional.normalize(queries, dim=1) @ means.T, dim=1)


def logistic_regression(support: Tensor, labels: Tensor, queries: Tensor, ways: int) -> Tensor:
    """Multinomial logistic regression (scikit-learn, C = 10) on unit vectors; shapes as `nearest_class_mean`."""
    del ways
    model = LogisticRegression(C=10.0, max_iter=500)
    model.fit(functional.normalize(support, dim=1).numpy(), labels.numpy())
    return torch.from_numpy(model.predict_proba(functional.normalize(queries, dim=1).numpy()))


def ridge(support: Tensor, labels: Tensor, queries: Tensor, ways: int) -> Tensor:
    """Ridge regression onto the classes (scikit-learn), softmax of its scores; shapes as `nearest_class_mean`."""
    centre = class_means(support, labels, ways).mean(dim=0)
    centred = support - centre
    balance = 1.0 / torch.bincount(labels, minlength=ways).double()[labels]
    model = Ridge(alpha=max(_RIDGE * float((centred.square().sum(1) * balance).mean()), 1e-6))
    targets = functional.one_hot(labels, ways).double().numpy()
    model.fit(centred.double().numpy(), targets, sample_weight=balance.numpy())
    scores = torch.from_numpy(model.predict((queries - centre).double().numpy()))
    return torch.softmax(_TEMPERATURE * scores, dim=1)


BASELINES: dict[str, Baseline] = {
    message("nearest class mean"): nearest_class_mean,
    message("logistic regression"): logistic_regression,
    message("ridge"): ridge,
}
