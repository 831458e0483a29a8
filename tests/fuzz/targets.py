"""Every reader of files and data from elsewhere, with valid seeds: `TARGETS` by name.

A check takes any bytes. It returns whether they were accepted, and lets through what must never
come: any error but the documented one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import torch
from PIL import Image
from PySide6.QtCore import QByteArray, QMimeData

from fewshot_gui.items.mime import BIN_TYPE, IMAGES_TYPE, decode_bin, decode_images, encode_images, may_carry_images
from fewshot_gui.project.derived import DerivedTables
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.file_records import record_reader
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.settings import Settings
from model.cache.files import FOLDER_NAME
from model.cache.store import FILE_NAME, BlobStore
from model.checkpoint import files as checkpoint
from model.checkpoint.files import FACTS_FILE, TENSORS_FILE
from model.embedding.embedder import Embedder
from model.embedding.store import EmbeddingStore, FileState
from model.errors import BackboneError, CheckpointError, FewShotError, ImageReadError
from model.exports.formats.csv_table import CsvTable
from model.features.maps import ImageMaps, compact
from model.features.packing import packed, unpacked
from model.features.sizes import Looks
from model.features.views.texture import CELLS, CHANNELS
from model.images.items import Item
from model.images.reading import facts, image_size, parts, read_values, read_with_size
from model.images.series_search import series_of
from model.images.windows import Look, Window
from model.training.train import train
from model.types import Prediction, Region, Status, SupportSet
from tests.fuzz.image_seeds import SUFFIXES, image_kinds, image_seeds

Check = Callable[[bytes], bool]
TARGETS: dict[str, Callable[[Path], Target]] = {}

_SIDE = 224
_NAMES = ("a", "b,c", "=d")


@dataclass(frozen=True)
class Target:
    """Valid inputs, and what looks at changed ones."""

    seeds: tuple[bytes, ...]
    check: Check


def target(function: Callable[[Path], Target]) -> Callable[[Path], Target]:
    """Add a function, which gets an empty folder, to `TARGETS`."""
    TARGETS[function.__name__] = function
    return function


def _image_target(kind: str) -> Callable[[Path], Target]:
    def make(folder: Path) -> Target:
        path = folder / f"image{SUFFIXES.get(kind, '')}"

        def check(data: bytes) -> bool:
            path.write_bytes(data)
            try:
                image, size = read_with_size(path, _SIDE)
                assert image.mode == "RGB"
                assert min(image.size) > 0
                assert max(image.size) <= _SIDE
                assert image_size(path) == size
                items = parts(path)
                assert items
                with suppress(ImageReadError):
                    read_with_size(items[-1], _SIDE)
                with suppress(ImageReadError):
                    read_with_size(Item(path, box=Region(0, 0, 1, 1)).path)
                with suppress(ImageReadError):
                    greys = read_values(path)
                    assert greys is None or greys.values.shape == size[::-1]
                    assert greys is None or greys.seen(Look(Window("LINEAR", 0, 9))).shape == size[::-1]
                assert all(len(fact.value.splitlines()) == 1 for fact in facts(path))
                assert series_of(items[-1])[-1] == items[-1]
            except ImageReadError as error:
                if len(str(error).splitlines()) > 1:
                    raise AssertionError("the reason is not one line") from error
                return False
            return True

        return Target(image_seeds(kind, folder), check)

    return make


for _kind in image_kinds():
    TARGETS[f"image_{_kind.lower()}"] = _image_target(_kind)


def _trained(folder: Path, embedder: Embedder) -> Path:
    images = []
    for number, color in enumerate(("red", "blue", "red", "blue")):
        path = folder / f"{number}.png"
        Image.linear_gradient("L").rotate(40 * number).convert("RGB").resize((64, 48)).save(path)
        Image.blend(Image.open(path), Image.new("RGB", (64, 48), color), 0.5).save(path)
        images.append(path)
    support = SupportSet(("red", "blue"), ((images[0], images[2]), (images[1], images[3])))
    checkpoint.save(train(support, embedder=embedder)[0], folder / "classifier")
    return folder / "classifier"


@target
def classifier_facts(folder: Path) -> Target:
    embedder = Embedder.create("patent-cnn", "cpu")
    saved = _trained(folder, embedder)

    def check(data: bytes) -> bool:
        (saved / FACTS_FILE).write_bytes(data)
        try:
            checkpoint.load(saved, "cpu", embedder)
        except (CheckpointError, BackboneError):
            return False
        return True

    return Target(((saved / FACTS_FILE).read_bytes(),), check)


@target
def classifier_tensors(folder: Path) -> Target:
    """The header and the numbers; the hash is put right, as a stranger would."""
    embedder = Embedder.create("patent-cnn", "cpu")
    saved = _trained(folder, embedder)
    facts = json.loads((saved / FACTS_FILE).read_text(encoding="utf-8"))
    image = embedder.embed_one(folder / "0.png", Looks(320))

    def check(data: bytes) -> bool:
        (saved / TENSORS_FILE).write_bytes(data)
        facts["tensors_sha256"] = sha256((saved / TENSORS_FILE).read_bytes()).hexdigest()
        (saved / FACTS_FILE).write_text(json.dumps(facts), encoding="utf-8")
        try:
            loaded = checkpoint.load(saved, "cpu", embedder)
        except (CheckpointError, BackboneError):
            return False
        (made,) = loaded.predict([image])
        assert abs(sum(made.scores) - 1) < 1e-6
        return True

    return Target(((saved / TENSORS_FILE).read_bytes(),), check)


@target
def project(folder: Path) -> Target:
    session = Session(folder / "data")
    session.new()
    first, second = session.document.add_bin("a"), session.document.add_bin("b")
    session.document.add_examples(first, [Path("/pictures/1.png"), Path("/pictures/2.png")])
    session.document.add_folders([Path("/pictures")])
    made = [Prediction(Path(f"/pictures/{n}.png"), Status.OK, 0, (0.9, 0.1), Region(1, 2, 3, 4)) for n in range(9)]
    session.results.add_predictions(1, (first, second), made)
    session.save_as(folder / "seed.fewshot")
    session.close()
    path = folder / "p.fewshot"

    def check(data: bytes) -> bool:
        for suffix in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.write_bytes(data)
        try:
            store = ProjectStore.open(path)
            try:
                store.load()
                DerivedTables(store).load()
                store.settings()
                record_reader(store)()
            finally:
                store.close()
        except ProjectError:
            return False
        return True

    return Target(((folder / "seed.fewshot").read_bytes(),), check)


@target
def results_to_resume(folder: Path) -> Target:
    path = folder / "results.csv"
    made = [
        Prediction(Path("=1.png"), Status.OK, 0, (0.5, 0.25, 0.25), Region(1, 2, 3, 4)),
        Prediction(Path("a\nb,.png"), Status.UNKNOWN, 2, (0.1, 0.1, 0.8), Region(0, 0, 3, 4)),
        Prediction(Path("3.png"), Status.ERROR, message="-is “damaged”."),
    ]
    with CsvTable(path, _NAMES) as table:
        table.write(made)
    seed = path.read_bytes()

    def check(data: bytes) -> bool:
        path.write_bytes(data)
        try:
            with CsvTable(path, _NAMES, resume=True) as table:
                table.write([one for one in made if not table.has(one.path)])
        except FewShotError:
            assert path.read_bytes() == data
            return False
        with CsvTable(path, _NAMES, resume=True) as table:
            assert all(table.has(one.path) for one in made)
        return True

    return Target((seed, seed.replace(b"\r\n", b"\n")), check)


@target
def embedding_cache(folder: Path) -> Target:
    """A file of someone else's, or a damaged one: what it gives is whole, and nothing is ever raised."""
    place = folder / "cache"
    shapes = ((2, 4, 4), (3, 2, 2), (CHANNELS, CELLS, CELLS))
    record = packed(compact(ImageMaps.of(*(torch.zeros(1, *shape) for shape in shapes))), (10, 20))
    whole = [part.shape for part in unpacked([record])]
    state = FileState(b"p" * 16, 5, 7)
    blobs = BlobStore(place)
    store = EmbeddingStore(blobs, "f", (2, 3))
    store.keep([(b"c" * 32, record)], 64)
    store.note([(state, b"c" * 32)])
    store.write_notes()
    assert store.of_content(b"c" * 32, 64) is not None
    blobs.close()
    seed = (place / FILE_NAME).read_bytes()
    held = (place / FOLDER_NAME / "1.bin").read_bytes()

    def check(data: bytes) -> bool:
        shutil.rmtree(place)
        (place / FOLDER_NAME).mkdir(parents=True)
        (place / FOLDER_NAME / "1.bin").write_bytes(held)
        (place / FILE_NAME).write_bytes(data)
        blobs = BlobStore(place)
        store = EmbeddingStore(blobs, "f", (2, 3))
        try:
            found = [store.of_content(b"c" * 32, 64), *store.of_files([state, None], 64)]
            for one in filter(None, found):
                assert [part.shape for part in unpacked([one])] == whole
            store.keep([(b"d" * 32, record)], 64)
            store.note([(state, b"d" * 32)])
            store.write_notes()
            blobs.size()
            blobs.clear()
        finally:
            blobs.close()
        return found[0] is not None

    return Target((seed,), check)


@target
def dragged(_folder: Path) -> Target:
    seeds = [bytes(encode_images(source, [Path("/a.png"), Path("/b c.png")], "id").data(IMAGES_TYPE).data())
             for source in ("library", "bin")]  # fmt: skip

    def check(data: bytes) -> bool:
        accepted = False
        for kind in (IMAGES_TYPE, BIN_TYPE, "text/uri-list", "text/plain"):
            mime = QMimeData()
            mime.setData(kind, QByteArray(data))
            may_carry_images(mime)
            decode_bin(mime)
            found = decode_images(mime)
            accepted |= found is not None
            if found is not None:
                assert found.paths
        return accepted

    return Target((*seeds, b"file:///a.png\r\nfile:///b%20c.png\r\n"), check)


@target
def settings_file(folder: Path) -> Target:
    path = folder / "settings.ini"
    settings = Settings(path)
    settings.theme, settings.device, settings.auto_train = "dark", "cpu", True
    settings.window.geometry = settings.window.layout = QByteArray(b"\x01\x02")
    settings.add_recent_project(Path("/a b.fewshot"))
    settings.add_recent_project(Path("/ü.fewshot"))
    settings.save()

    def check(data: bytes) -> bool:
        path.with_name("settings.ini.broken").unlink(missing_ok=True)
        path.write_bytes(data)
        read = Settings(path)
        assert read.theme in {"system", "light", "dark"}
        assert read.device in {"auto", "cpu", "cuda", "mps"}
        assert all(isinstance(one, Path) for one in (read.last_folder, *read.recent_projects))
        assert isinstance(read.window.geometry.size() + read.window.layout.size() + read.auto_train, int)
        read.add_recent_project(Path("/x"))
        read.save()
        return not path.with_name("settings.ini.broken").exists()

    return Target((path.read_bytes(),), check)
