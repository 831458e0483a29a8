"""The embedder: from image files to features, by a frozen backbone, with a memory.

Images that were embedded before are found in memory or on disk, and the caller's work on them runs in the thread that
found them. The others are read ahead, a few chunks at most, by several threads with a few images each. Where the
runtime takes one image a thread, the same thread also runs the backbone, so that decoding and the forward pass share
the processor's cores without more threads than cores; otherwise the caller's thread runs it on batches. An image is
read and decoded once for all sizes at which it is embedded.
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
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import torch
from PIL import Image

from model.backbones.base import Backbone, FeatureMaps
from model.backbones.choice import create_runtime
from model.backbones.devices import choose_device, one_thread
from model.backbones.registry import create_backbone
from model.backbones.runtime import FLOAT32, INT8
from model.cache.folder import cache_store
from model.cache.store import BlobStore
from model.embedding.image import Embedded, EmbeddedImage
from model.embedding.memory import EmbeddingCache
from model.embedding.pending import PendingImage, WorkDone, read_pending, run_pending, take_picture
from model.embedding.store import EmbeddingStore, file_state
from model.embedding.table import VectorTable
from model.errors import ImageReadError
from model.features.sizes import LARGE_SIDE, LARGE_SIDE_IN_INT8, Looks, Size, working_side
from model.features.view import all_views
from model.images.content_hash import content_hash
from model.images.reading import image_size
from model.images.rendering import USUAL, Rendering
from model.messages import listed
from model.progress import CancelToken, Progress, ProgressCallback


@dataclass(frozen=True)
class Batches:
    """How many images are worked on together.

    size: images that are handed to the caller at once
    first: of the first batch of new images: small, so that the first results come early
    group: new images that one thread first reads, then runs, then packs (docs/speed.md)
    chunk, first_chunk: images that are looked up at once
    held: chunks that are begun at most: enough to keep every thread busy with looking up
    held_with_pictures: the same where pictures are kept: 64 of 1024 x 1024 pixels take 200 MB
    """

    size: int = 16
    first: int = 4
    group: int = 8
    chunk: int = 64
    first_chunk: int = 32
    held: int = 4
    held_with_pictures: int = 1


BATCHES = Batches()
Result = TypeVar("Result")


class Embedder:
    """A frozen backbone on a device, with a memory of the images that it has embedded. Thread-safe.

    cache: the memory of this process (default: a new one)
    store: the store on disk (default: that of the folder in use, see `model.cache.folder`)
    rendering: how files become pixels
    batches: how many images are worked on together
    """

    def __init__(
        self,
        backbone: Backbone,
        device: str = "auto",
        cache: EmbeddingCache | None = None,
        store: BlobStore | None = None,
        rendering: Rendering = USUAL,
        batches: Batches = BATCHES,
    ) -> None:
        self.batches = batches
        self.device, self._device_note = choose_device(device)
        self.backbone = backbone.to(self.device).eval()
        self.cache = cache or EmbeddingCache()
        self.work = WorkDone()
        store = store or cache_store()
        self.fingerprint = backbone_fingerprint(self.backbone)
        self.rendering, self._blobs = rendering, store
        self.runtime = create_runtime(self.backbone, self.device, self.fingerprint, store)
        self._store = self._store_for(rendering)
        self._tables: dict[int, VectorTable] = {}

    @classmethod
    def create(cls, backbone: str, device: str = "auto") -> Embedder:
        """Build the embedder for a backbone by name; raises `BackboneError` and `DeviceError`."""
        with one_thread():  # hundreds of small copies, slower with more threads
            made = create_backbone(backbone)
        return cls(made, device)

    def rendered(self, rendering: Rendering) -> Embedder:
        """Return an embedder for another rendering, which shares the backbone; for the same one, this one."""
        if rendering == self.rendering:
            return self
        other = copy(self)
        other.rendering, other.cache, other.work = rendering, EmbeddingCache(), WorkDone()
        other._store = self._store_for(rendering)
        other._tables = {}
        return other

    def _store_for(self, rendering: Rendering) -> EmbeddingStore:
        return EmbeddingStore(self._blobs, self.kind, self.backbone.channels, rendering)

    @property
    def kind(self) -> str:
        """The key of embeddings beside the image: weights, precision, and names of the views that keep numbers."""
        numbers = self.runtime.numbers
        kind = self.fingerprint if numbers == FLOAT32 else f"{self.fingerprint} {numbers}"
        return " ".join((kind, *(view.name for view in all_views() if view.kept)))

    def table(self, side: int, make: Callable[[BlobStore, str], VectorTable]) -> VectorTable:
        """Return the table of vectors at a working side; `make` is called for the first one, with store and space."""
        if side not in self._tables:
            self._tables[side] = make(self._blobs, f"{self._store.space} {side}")
        return self._tables[side]

    @property
    def device_note(self) -> str:
        """The device and runtime in use, with the reason, as text for the user."""
        return listed([self._device_note, self.runtime.note])

    def working_side(self, sizes: Iterable[Size]) -> int:
        """Return the working side in pixels for examples of these sizes, see `model.features.sizes.working_side`."""
        in_int8 = self.runtime.precision == INT8
        return working_side(self.backbone, sizes, LARGE_SIDE_IN_INT8 if in_int8 else LARGE_SIDE)

    def warm_up(self, side: int | None = None) -> None:
        """Prepare the forward pass for a working side (default: the backbone's), so that the first image is fast."""
        self.runtime.prepare(side or self.backbone.input_size)

    def embed(self, paths: Sequence[Path], looks: Looks, *, pictures: bool = False) -> Iterator[list[Embedded]]:
        """Yield one list for each batch of paths, in order; for unreadable files it holds their `ImageReadError`.

        A batch has `Batches.size` paths (the first two share them, `Batches.first` and the rest), or `Batches.chunk`
        where all of them are in memory or on disk. With `pictures` an image holds its pixels, see `EmbeddedImage`.
        """
        return self.apply(lambda batch: batch, paths, looks, pictures=pictures)

    def apply(
        self,
        work: Callable[[list[Embedded]], Result],
        paths: Sequence[Path],
        looks: Looks,
        *,
        pictures: bool = False,
    ) -> Iterator[Result]:
        """Yield `work(batch)` for each batch of `embed`, in order.

        `work` runs in several threads at once for batches found in memory or on disk, and in the caller's for new ones.
        """
        pool, stop = ThreadPoolExecutor(self._threads(), thread_name_prefix="embed"), threading.Event()

        def read(images: Sequence[PendingImage]) -> Future[None]:
            return pool.submit(self._read, images, stop, pictures)

        held = self.batches.held_with_pictures if pictures else self.batches.held
        try:
            begun: deque[Future[Iterator[Result]]] = deque()
            for number, chunk in enumerate(self._chunks(paths)):
                begun.append(pool.submit(self._begin, work, chunk, looks, read, number == 0))
                if len(begun) == held:
                    yield from begun.popleft().result()
            while begun:
                yield from begun.popleft().result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
            self._store.write_notes()

    def embed_all(
        self, paths: Sequence[Path], looks: Looks, stage: str, progress: ProgressCallback, token: CancelToken
    ) -> list[Embedded]:
        """Embed all paths and return them in order; `stage` is the phase of progress reports. Raises `Cancelled`."""
        items: list[Embedded] = []
        for batch in self.embed(paths, looks):
            token.raise_if_cancelled()
            items += batch
            progress(Progress(stage, len(items), len(paths)))
        return items

    def embed_one(self, path: Path, looks: Looks) -> EmbeddedImage:
        """Embed a single image; raises `ImageReadError`."""
        (image,) = self._look_up((path,), looks)
        if image.missing:
            self._read((image,))
        (embedded,) = self._completed([image])
        self._store.write_notes()
        if isinstance(embedded, ImageReadError):
            raise embedded
        return embedded

    def embed_picture(self, path: Path, picture: Image.Image, size: Size, looks: Looks) -> EmbeddedImage:
        """Embed an RGB picture made of what is looked at of the image at `path`; nothing of it is kept.

        `size` is that of the whole image as displayed.
        """
        image = PendingImage(path, None, looks, self.rendering, size=size)
        take_picture(image, picture)
        run_pending([image], self.forward, self.runtime.second)
        embedded = image.outcome()
        assert isinstance(embedded, EmbeddedImage)
        return embedded

    def content_hashes(self, paths: Sequence[Path]) -> Iterator[str | ImageReadError]:
        """Yield the `content_hash` or the error of each file, in order; files whose hash is noted are not read."""
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
        # A forward pass on a batch uses all cores itself, so reading ahead takes only half of them.
        return max(1, (os.cpu_count() or 1) // 2) if self.runtime.batched else self.runtime.parallel

    def _begin(
        self,
        work: Callable[[list[Embedded]], Result],
        paths: Sequence[Path],
        looks: Looks,
        read: Callable[[Sequence[PendingImage]], Future[None]],
        is_first: bool,
    ) -> Iterator[Result]:
        """Look a chunk up; return the result of the work where all of it is found, else read the rest first."""
        images = self._look_up(paths, looks)
        if not any(image.missing for image in images):
            return iter([work([image.outcome() for image in images])] if images else [])
        urgent = self.batches.first if is_first else 0
        for part in (images[:urgent], images[urgent:]):
            for group in self._groups([image for image in part if image.missing]):
                reading = read(group)
                for image in group:
                    image.reading = reading
        return map(work, self._awaited(images, is_first))

    def _awaited(self, images: Sequence[PendingImage], is_first: bool) -> Iterator[list[Embedded]]:
        starts = list(range(0, len(images), self.batches.size))
        if is_first and len(images) > self.batches.first:
            starts.insert(1, self.batches.first)
        for start, end in pairwise([*starts, len(images)]):
            part = images[start:end]
            for image in part:
                if image.reading is not None:
                    image.reading.result()
            yield self._completed(part)

    def _look_up(self, paths: Sequence[Path], looks: Looks) -> list[PendingImage]:
        """Find images in memory and on disk, at the first side and then, where an image needs it, at the second."""
        images = [PendingImage(path, file_state(path), looks, self.rendering) for path in paths]
        self._fill_in(images, looks.side)
        again = [image for image in images if looks.second in image.missing and looks.side in image.found]
        if again:
            self._fill_in(again, looks.second)
        return images

    def _fill_in(self, images: Sequence[PendingImage], side: int) -> None:
        missing = []
        for image in images:
            data = self.cache.get((image.state, side) if image.state is not None else None)
            if data:
                image.found[side] = data
            else:
                missing.append(image)
        if missing:
            of_files = self._store.of_files([one.state for one in missing], side)
            for image, data in zip(missing, of_files, strict=True):
                if data:
                    image.found[side] = data
            self.work.count(found=sum(side in image.found for image in missing))

    def _read(
        self,
        images: Sequence[PendingImage],
        stop: threading.Event | None = None,
        pictures: bool = False,
    ) -> None:
        """Compute the missing features: read all images, then run all, then pack all.

        Each step is slower right after another kind of step, whose data fill the processor's caches; and threads that
        spend their time in the forward pass seldom wait for the interpreter lock.
        """
        for image in images:
            if stop is not None and stop.is_set():
                return
            try:
                read_pending(image, self._store, self.work, with_picture=pictures)
            except ImageReadError as error:
                image.error = error
            self._remember(image, image.known)
        if not self.runtime.batched:
            run_pending(images, self.forward, self.runtime.second)

    def _completed(self, images: Sequence[PendingImage]) -> list[Embedded]:
        """Run the rest of the forward pass, and store new features."""
        run_pending(images, self.forward, self.runtime.second)
        fresh: dict[int, list[tuple[bytes, bytes]]] = {}
        for image in images:
            self._remember(image, image.fresh)
            for side in image.fresh:
                fresh.setdefault(side, []).append((image.content, image.found[side]))
        for side, kept in fresh.items():
            self._store.keep(kept, side)
        # Also for a content that was known under another name.
        self._store.note((one.state, one.content) for one in images if one.content and one.state and one.found)
        return [image.outcome() for image in images]

    def _chunks(self, paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
        """Cut `paths` into chunks; the first is small, so that the first results come early."""
        yield paths[: self.batches.first_chunk]
        for start in range(self.batches.first_chunk, len(paths), self.batches.chunk):
            yield paths[start : start + self.batches.chunk]

    def _groups(self, images: Sequence[PendingImage]) -> Iterator[Sequence[PendingImage]]:
        """Cut `images` into groups for one thread each; a few images are divided among all threads."""
        size = max(1, min(self.batches.group, math.ceil(len(images) / self._threads())))
        for start in range(0, len(images), size):
            yield images[start : start + size]

    def _remember(self, image: PendingImage, sides: Sequence[int]) -> None:
        if image.state is not None:
            for side in sides:
                self.cache.put((image.state, side), image.found[side])


def readable_sizes(paths: Iterable[Path], rendering: Rendering = USUAL) -> Iterator[Size]:
    """Yield the size in pixels of what is looked at of each image that can be read.

    Embedding reports the errors of the others.
    """
    for path in paths:
        try:
            yield rendering.seen_size(image_size(path))
        except ImageReadError:
            continue


def backbone_fingerprint(backbone: Backbone) -> str:
    """Return a hash of the backbone's name and weights: 16 hexadecimal digits."""
    digest = hashlib.sha256(backbone.name.encode())
    for name, value in backbone.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
