"""Global vectors: the joined global features of many images in one compact table, to be searched at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model.embedding.embedder import Embedder
from model.embedding.table import Made, VectorTable
from model.errors import ImageReadError
from model.features.sizes import Looks


def vector_table(embedder: Embedder, side: int) -> VectorTable:
    """Return the table of joined global features (`ImageFeatures.joined_globals`) at a working side.

    Rows of images that have none are made by embedding: from the cache where they are in it. The table belongs to the
    embedder, so that it is read from disk once.
    """

    def made(paths: Sequence[Path]) -> Made:
        for batch in embedder.embed(paths, Looks(side)):
            yield [
                one if isinstance(one, ImageReadError) else one.features.joined_globals()[0].numpy() for one in batch
            ]

    size = sum(embedder.backbone.channels[:2])
    return embedder.table(side, lambda blobs, space: VectorTable(blobs, space, size, made))
