"""Images a second: the plain loop, the parts, the limit that follows from them, and what `classify` reaches."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image

from model.backbones.base import Backbone
from model.backbones.registry import create_backbone
from model.backbones.runtime import TorchRuntime
from model.cache.store import BlobStore
from model.embedding.embedder import Embedder
from model.embedding.image import EmbeddedImage
from model.embedding.memory import EmbeddingCache
from model.embedding.pending import fitted_pixels
from model.embedding.store import EmbeddingStore, file_state
from model.features.sizes import Looks
from model.runs.classify import classify
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import SupportSet

ROUNDS = 3
CACHED_LIBRARY = "classify, cached library"
EXAMPLES = 6  # of each of two classes
_PLAIN_BATCH = 32
_TORCH_BATCH = 16


@dataclass
class Rates:
    """Images a second by name, one value for each round."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, name: str, images: int, run: Callable[[], object]) -> None:
        """Run and note the rate."""
        start = time.perf_counter()
        run()
        self.values.setdefault(name, []).append(images / (time.perf_counter() - start))

    def of(self, name: str) -> float:
        """Median over the rounds."""
        return median(self.values[name])


@dataclass(frozen=True)
class Throughput:
    """What was measured: the rates, the working side, the note of what ran, and bytes of a cached image."""

    rates: Rates
    side: int
    note: str
    cached_bytes: int

    @property
    def limit(self) -> float:
        """What decoding and the forward pass alone allow on these cores."""
        return 1 / (1 / self.rates.of("decode") + 1 / self.rates.of("forward, runtime"))


def measure_throughput(paths: Sequence[Path], cached: Sequence[Path]) -> Throughput:
    """Measure all rates in turn, `ROUNDS` times, so that what else the machine does falls on all alike."""
    rates, backbone = Rates(), create_backbone()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            last = _round(rates, backbone, paths, cached if number == ROUNDS - 1 else (), Path(folder) / str(number))
    return last


def _round(rates: Rates, backbone: Backbone, paths: Sequence[Path], cached: Sequence[Path], folder: Path) -> Throughput:
    stores = [BlobStore(folder / name) for name in ("embed", "classify")]
    # Little is kept in memory, so that the disk is measured; and a second embedder stands for a second process.
    first, fresh, second = (Embedder(backbone, "cpu", EmbeddingCache(1), stores[k]) for k in (0, 1, 1))
    classifiers = [_trained(embedder, paths) for embedder in (fresh, second)]
    side = classifiers[0].side
    cached_bytes = len(first.embed_one(paths[0], Looks(side)).data)
    plain_paths = paths[: max(_PLAIN_BATCH, len(paths) // 4)]
    rates.measure("plain loop", len(plain_paths), lambda: _plain_loop(backbone, plain_paths, side))
    rates.measure("decode", len(paths), lambda: _decode(paths, side))
    _measure_forward(rates, backbone, first, side, len(plain_paths))
    rates.measure("embed, first pass", len(paths), lambda: _exhaust(first.embed(paths, Looks(side))))
    rates.measure("classify, first pass", len(paths), lambda: _exhaust(classify(classifiers[0], paths)))
    rates.measure("embed, second pass", len(paths), lambda: _exhaust(second.embed(paths, Looks(side))))
    rates.measure("classify, second pass", len(paths), lambda: _exhaust(classify(classifiers[1], paths)))
    found = Throughput(rates, side, f"{second.device_note}, {torch.get_num_threads()} threads", cached_bytes)
    if cached:
        _fill(second, stores[1], paths, cached, side)
        _exhaust(second.embed(cached, Looks(side)))  # fills the system's cache of files
        rates.measure("embed, cached library", len(cached), lambda: _exhaust(second.embed(cached, Looks(side))))
        for _ in range(ROUNDS):
            rates.measure(CACHED_LIBRARY, len(cached), lambda: _exhaust(classify(classifiers[1], cached)))
    for store in stores:
        store.clear()
        store.close()
    return found


def _trained(embedder: Embedder, paths: Sequence[Path]) -> ImageClassifier:
    groups = (tuple(paths[:EXAMPLES]), tuple(paths[EXAMPLES : 2 * EXAMPLES]))
    return train(SupportSet(("one", "other"), groups), embedder=embedder)[0]


def _plain_loop(backbone: Backbone, paths: Sequence[Path], side: int) -> None:
    """What one would write first: Pillow, then PyTorch on batches."""
    for start in range(0, len(paths), _PLAIN_BATCH):
        arrays = []
        for path in paths[start : start + _PLAIN_BATCH]:
            with Image.open(path) as image:
                arrays.append(np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)))
        with torch.no_grad():
            backbone(torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float() / 255)


def _decode(paths: Sequence[Path], side: int) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        _exhaust(pool.map(lambda path: fitted_pixels(path, side), paths))


def _measure_forward(rates: Rates, backbone: Backbone, embedder: Embedder, side: int, images: int) -> None:
    batch = torch.randint(256, (_TORCH_BATCH, side, side, 3), dtype=torch.uint8)
    reference = TorchRuntime(backbone, torch.device("cpu"))
    count = images // _TORCH_BATCH * _TORCH_BATCH
    rates.measure("forward, PyTorch", count, lambda: [reference.forward(batch) for _ in range(count // _TORCH_BATCH)])
    if reference is embedder.runtime:
        rates.values["forward, runtime"] = rates.values["forward, PyTorch"]
        return
    with ThreadPoolExecutor(embedder.runtime.parallel) as pool:
        rates.measure(
            "forward, runtime",
            4 * images,
            lambda: _exhaust(pool.map(embedder.runtime.forward, [batch[:1]] * (4 * images))),
        )


def _fill(embedder: Embedder, store: BlobStore, known: Sequence[Path], wanted: Sequence[Path], side: int) -> None:
    """Make the store know all of `wanted`, pictures whose maps are those of `known` in turn."""
    images = [image for batch in embedder.embed(known, Looks(side)) for image in batch]
    records = [image.data for image in images if isinstance(image, EmbeddedImage)]
    target = EmbeddingStore(store, embedder.kind, embedder.backbone.channels)
    for start in range(0, len(wanted), len(records)):
        part = wanted[start : start + len(records)]
        contents = [sha256(path.read_bytes()).digest() for path in part]
        target.keep(zip(contents, records, strict=False), side)
        states = [file_state(path) for path in part]
        target.note((state, content) for state, content in zip(states, contents, strict=True) if state is not None)
    target.write_notes()


def _exhaust(items: object) -> None:
    for _ in items:  # type: ignore[attr-defined]
        pass
