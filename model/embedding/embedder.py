"""From image files to features: read, view the texture, fit to the backbone's size, run it, remember.

What was embedded before is found in memory or on disk, and what is done with it is done in the thread
that found it. The rest is read a few chunks ahead by as many threads, a few images each at a time. Where
the runtime takes one image a thread, the same thread runs the backbone too, so that decoding and the
forward pass share the processor's cores without a surplus of threads; otherwise the caller's thread runs
it on batches.
"""

from __future__ import annotations

import hashlib
import math
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from model.backbones.base import Backbone, FeatureMaps
from model.backbones.devices import choose_device, one_thread
from model.backbones.registry import create_backbone
from model.backbones.runtime import FLOAT32, create_runtime
from model.cache.folder import cache_store
from model.cache.store import BlobStore
from model.embedding.memory import EmbeddingCache
from model.embedding.store import EmbeddingStore, FileState, file_state
from model.errors import ImageReadError
from model.features.maps import ImageFeatures, ImageMaps, compact
from model.features.packing import packed, packed_size, unpacked
from model.features.texture import MAX_SIDE, texture_map
from model.images.colour import WHITE, Colour
from model.images.content_hash import content_and_bytes, content_hash
from model.images.reading import read_image, read_with_size
from model.progress import CancelToken, Progress, ProgressCallback

BATCH_SIZE = 16
FIRST_BATCH_SIZE = 4  # where images are new: somebody may wait for the first
GROUP_SIZE = BATCH_SIZE // 2  # new images that one thread first reads, then runs, then packs: see docs/speed.md
CHUNK_SIZE = 4 * BATCH_SIZE  # images that are looked up at once
FIRST_CHUNK_SIZE = 2 * BATCH_SIZE
CHUNKS_HELD = 4  # at most: enough for every thread to find one to look up


@dataclass(frozen=True, eq=False)
class EmbeddedImage:
    """What `model.features.packing` keeps of one image."""

    path: Path
    data: bytes

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels as displayed."""
        return packed_size(self.data)

    @property
    def features(self) -> ImageFeatures:
        """Its compact features, a batch of one."""
        return unpacked((self.data,))


Embedded = EmbeddedImage | ImageReadError
Result = TypeVar("Result")


@dataclass
class WorkDone:
    """How many images an embedder has decoded, run through the backbone, and found on disk. Counts up only."""

    decoded: int = 0
    forwarded: int = 0
    found: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, decoded: int = 0, forwarded: int = 0, found: int = 0) -> None:
        """Add to the counts; callable from any thread."""
        with self._lock:
            self.decoded += decoded
            self.forwarded += forwarded
            self.found += found


class Embedder:
    """A frozen backbone on a device, with a memory of what it has seen. Thread-safe.

    `cache` is the memory of this process (default: a new one), `store` that on disk (default: the
    folder in use, see `model.cache.folder`); `ground` is what transparent pixels are laid over.
    """

    def __init__(
        self,
        backbone: Backbone,
        device: str = "auto",
        cache: EmbeddingCache | None = None,
        store: BlobStore | None = None,
        ground: Colour = WHITE,
    ) -> None:
        self.device, self._device_note = choose_device(device)
        self.backbone = backbone.to(self.device).eval()
        self.cache = cache or EmbeddingCache()
        self.work = WorkDone()
        store = store or cache_store()
        self.fingerprint = backbone_fingerprint(self.backbone)
        self.ground, self._blobs = ground, store
        self.runtime = create_runtime(self.backbone, self.device, self.fingerprint, store)
        self._store = self._store_for(ground)

    @classmethod
    def create(cls, backbone: str, device: str = "auto") -> Embedder:
        """Build the embedder for a backbone by name; raises `BackboneError` and `DeviceError`."""
        with one_thread():  # hundreds of small copies
            made = create_backbone(backbone)
        return cls(made, device)

    def over(self, ground: Colour) -> Embedder:
        """Return the embedder for another ground, which shares the backbone; this one for its own."""
        if ground == self.ground:
            return self
        other = copy(self)
        other.ground, other.cache, other.work = ground, EmbeddingCache(), WorkDone()
        other._store = self._store_for(ground)
        return other

    def _store_for(self, ground: Colour) -> EmbeddingStore:
        return EmbeddingStore(self._blobs, self.kind, self.backbone.channels, ground)

    @property
    def kind(self) -> str:
        """What embeddings depend on beside the images: the weights, and the numbers they are computed in."""
        precision = self.runtime.precision
        return self.fingerprint if precision == FLOAT32 else f"{self.fingerprint} {precision}"

    @property
    def device_note(self) -> str:
        """What computes, and why, for people."""
        return f"{self._device_note}, {self.runtime.note}"

    def warm_up(self, side: int | None = None) -> None:
        """Prepare the forward pass at a working size (default: the backbone's own), so that no image waits for it."""
        self.runtime.prepare(side or self.backbone.input_size)

    def embed(self, paths: Sequence[Path], side: int | None = None) -> Iterator[list[Embedded]]:
        """Yield one list for each batch of paths, in order; unreadable files give their error.

        A batch has `BATCH_SIZE` paths (the first two share them, `FIRST_BATCH_SIZE` and the rest), or `CHUNK_SIZE`
        where all of them are remembered. `side` is the working size in pixels (default: the backbone's own).
        """
        return self.apply(lambda batch: batch, paths, side)

    def apply(
        self, work: Callable[[list[Embedded]], Result], paths: Sequence[Path], side: int | None = None
    ) -> Iterator[Result]:
        """Yield `work(batch)` for each batch of `embed`, in order.

        Batches that are remembered are worked on in several threads at once, those that are new in the caller's.
        """
        side = side or self.backbone.input_size
        pool, stop = ThreadPoolExecutor(self._threads(), thread_name_prefix="embed"), threading.Event()

        def read(images: Sequence[_Image]) -> Future[None]:
            return pool.submit(self._read, images, side, stop)

        try:
            begun: deque[Future[Iterator[Result]]] = deque()
            for number, chunk in enumerate(_chunks(paths)):
                begun.append(pool.submit(self._begin, work, chunk, side, read, number == 0))
                if len(begun) == CHUNKS_HELD:
                    yield from begun.popleft().result()
            while begun:
                yield from begun.popleft().result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
            self._store.write_notes()

    def embed_all(
        self, paths: Sequence[Path], side: int, stage: str, progress: ProgressCallback, token: CancelToken
    ) -> list[Embedded]:
        """Embed all paths, in order, for what needs them at once; `stage` names the progress. Raises `Cancelled`."""
        items: list[Embedded] = []
        for batch in self.embed(paths, side):
            token.raise_if_cancelled()
            items += batch
            progress(Progress(stage, len(items), len(paths)))
        return items

    def embed_one(self, path: Path, side: int | None = None) -> EmbeddedImage:
        """Embed a single image; raises `ImageReadError`."""
        side = side or self.backbone.input_size
        (image,) = self._look_up((path,), side)
        if not image.data:
            self._read((image,), side)
        (embedded,) = self._completed([image], side)
        self._store.write_notes()
        if isinstance(embedded, ImageReadError):
            raise embedded
        return embedded

    def content_hashes(self, paths: Sequence[Path]) -> Iterator[str | ImageReadError]:
        """Yield for each file, in order, its `content_hash` or why it has none; what is noted is not read again."""
        contents = self._store.contents([file_state(path) for path in paths])
        for path, content in zip(paths, contents, strict=True):
            try:
                yield content.hex() if content else content_hash(path)
            except ImageReadError as error:
                yield error

    def forward(self, pixels: torch.Tensor) -> FeatureMaps:
        """Run the backbone: uint8 (n, H, W, 3) on the CPU to float32 maps (n, D, h, w) on the CPU."""
        self.work.count(forwarded=len(pixels))
        return self.runtime.forward(pixels)

    def _threads(self) -> int:
        # In batches the forward pass itself uses all cores: reading ahead must not take them all.
        return max(1, (os.cpu_count() or 1) // 2) if self.runtime.batched else self.runtime.parallel

    def _begin(
        self,
        work: Callable[[list[Embedded]], Result],
        paths: Sequence[Path],
        side: int,
        read: Callable[[Sequence[_Image]], Future[None]],
        is_first: bool,
    ) -> Iterator[Result]:
        """Look a chunk up: give what is made of it where all is remembered, else have the rest read and wait for it."""
        images = self._look_up(paths, side)
        if all(image.data for image in images):
            return iter([work([image.outcome() for image in images])] if images else [])
        urgent = FIRST_BATCH_SIZE if is_first else 0
        for part in (images[:urgent], images[urgent:]):
            for group in _groups([image for image in part if not image.data], self._threads()):
                reading = read(group)
                for image in group:
                    image.reading = reading
        return map(work, self._awaited(images, side, is_first))

    def _awaited(self, images: Sequence[_Image], side: int, is_first: bool) -> Iterator[list[Embedded]]:
        starts = list(range(0, len(images), BATCH_SIZE))
        if is_first and len(images) > FIRST_BATCH_SIZE:
            starts.insert(1, FIRST_BATCH_SIZE)
        for start, end in pairwise([*starts, len(images)]):
            part = images[start:end]
            for image in part:
                if image.reading is not None:
                    image.reading.result()
            yield self._completed(part, side)

    def _look_up(self, paths: Sequence[Path], side: int) -> list[_Image]:
        images = [_Image(path, file_state(path)) for path in paths]
        for image in images:
            image.data = self.cache.get((image.state, side) if image.state is not None else None) or b""
        missing = [image for image in images if not image.data]
        if missing:
            for image, data in zip(missing, self._store.of_files([one.state for one in missing], side), strict=True):
                image.data = data or b""
            self.work.count(found=sum(bool(image.data) for image in missing))
        return images

    def _read(self, images: Sequence[_Image], side: int, stop: threading.Event | None = None) -> None:
        """Fill in what is not remembered: read all, then run all, then pack all.

        A step begins slowly after another kind of work, which has filled the processor's caches with its own,
        and threads that are mostly in the forward pass seldom wait for each other's turn with the interpreter.
        """
        for image in images:
            if stop is not None and stop.is_set():
                return
            try:
                self._see(image, side)
            except ImageReadError as error:
                image.error = error
        if not self.runtime.batched:
            self._run(images)

    def _see(self, image: _Image, side: int) -> None:
        """Find what is kept of the same content, or take pixels and texture from the file; raises `ImageReadError`."""
        image.content, data = content_and_bytes(image.path)
        image.data = self._store.of_content(image.content, side) or b""
        if image.data:
            self.work.count(found=1)
            if image.state is not None:
                self.cache.put((image.state, side), image.data)
            return
        picture, image.size = read_with_size(image.path, MAX_SIDE, data, self.ground)
        self.work.count(decoded=1)
        whole = np.array(picture)
        image.texture = texture_map(whole)
        image.pixels = _fitted(whole, side)

    def _run(self, images: Sequence[_Image]) -> None:
        """Run the backbone on those that were read, and pack what it answers."""
        waiting = [image for image in images if image.pixels is not None]
        if not waiting:
            return
        maps = self.forward(_stacked(image.pixels for image in waiting))
        with one_thread():
            kept = compact(ImageMaps(*maps, _stacked(image.texture for image in waiting)))
            for index, image in enumerate(waiting):
                image.data = packed(kept.pick(slice(index, index + 1)), image.size)
                image.pixels, image.fresh = None, True

    def _completed(self, images: Sequence[_Image], side: int) -> list[Embedded]:
        """Run what is left of the forward pass, and remember what is new."""
        self._run(images)
        fresh = [image for image in images if image.fresh]
        for image in fresh:
            if image.state is not None:
                self.cache.put((image.state, side), image.data)
        self._store.keep([(image.content, image.data) for image in fresh], side)
        # Also where the content was known under another name.
        self._store.note((one.state, one.content) for one in images if one.content and one.state and one.data)
        return [image.outcome() for image in images]


@dataclass
class _Image:
    path: Path
    state: FileState | None
    content: bytes = b""
    size: tuple[int, int] = (0, 0)
    pixels: torch.Tensor | None = None
    texture: torch.Tensor | None = None
    data: bytes = b""
    fresh: bool = False
    error: ImageReadError | None = None
    reading: Future[None] | None = None  # where it has to be read: ready when that is done

    def outcome(self) -> Embedded:
        if self.data:
            return EmbeddedImage(self.path, self.data)
        return self.error or ImageReadError(self.path, "could not be embedded.")


def _stacked(parts: Iterable[torch.Tensor | None]) -> torch.Tensor:
    return torch.stack([part for part in parts if part is not None])


def _chunks(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """Cut `paths` into chunks; the first is small, since somebody may wait for it."""
    yield paths[:FIRST_CHUNK_SIZE]
    for start in range(FIRST_CHUNK_SIZE, len(paths), CHUNK_SIZE):
        yield paths[start : start + CHUNK_SIZE]


def _groups(images: Sequence[_Image], threads: int) -> Iterator[Sequence[_Image]]:
    """Cut `images` into groups for one thread each; few are shared among all threads."""
    size = max(1, min(GROUP_SIZE, math.ceil(len(images) / threads)))
    for start in range(0, len(images), size):
        yield images[start : start + size]


def fitted_pixels(path: Path, side: int, ground: Colour = WHITE) -> torch.Tensor:
    """Read an image and fit the whole of it into a square: uint8 (side, side, 3). Raises `ImageReadError`."""
    return _fitted(np.array(read_image(path, MAX_SIDE, ground)), side)


def _fitted(pixels: npt.NDArray[np.uint8], side: int) -> torch.Tensor:
    """Squeeze RGB pixels (H, W, 3) into a square: as Pillow's bilinear filter does, in a third of its time."""
    planes = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    fitted = functional.interpolate(planes, size=(side, side), mode="bilinear", antialias=True)
    return fitted[0].permute(1, 2, 0).contiguous()


def backbone_fingerprint(backbone: Backbone) -> str:
    """Identify the backbone's weights: 16 hexadecimal digits."""
    digest = hashlib.sha256(backbone.name.encode())
    for name, value in backbone.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
