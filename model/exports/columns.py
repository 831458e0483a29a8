"""The columns of a project's table that can be chosen."""

from __future__ import annotations

LABEL_COLUMNS = ("label", "labelled_by", "labelled_at")
"""Those that tell what people said."""

COLUMNS = (
    "path", "status", "predicted", "confidence", "region", "message", "probabilities", "region_steadiness",
    *LABEL_COLUMNS, "classifier", "group", "stale", "final_label",
)  # fmt: skip
"""`region` stands for four columns, `probabilities` for one of each class. New ones come last."""
