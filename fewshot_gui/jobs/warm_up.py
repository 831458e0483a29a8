"""Import torch in a worker thread without freezing the window.

A plain `import torch` holds the interpreter's lock for 300 to 450 ms at a stretch here, for two
reasons: the dynamic linker loads libtorch inside one C call, and the cyclic garbage collector
walks hundreds of thousands of young objects again and again. So the libraries are loaded first,
through a foreign-function call, which releases the lock; and the collector rests meanwhile.
The longest stretch is then 15 to 40 ms.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LIBRARIES = {
    "linux": ("libc10.so", "libtorch_cpu.so", "libtorch.so", "libtorch_python.so"),
    "darwin": ("libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib", "libtorch_python.dylib"),
}  # torch loads its DLLs itself through ctypes on Windows

importing = threading.Event()
"""Set while the libraries are being imported: the window's thread then collects no garbage either."""

_MODEL_MODULES = ("model.training.train", "model.runs.classify", "model.checkpoint.files")


def import_model() -> None:
    """Import everything that training, classifying and explaining need. Idempotent."""
    if all(name in sys.modules for name in _MODEL_MODULES):
        return
    with _collector_at_rest():
        if "torch" not in sys.modules:
            _load_libraries()
        for name in _MODEL_MODULES:
            importlib.import_module(name)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    importing.set()
    try:
        yield
    finally:
        importing.clear()
        gc.freeze()  # modules live as long as the process: later collections need not walk them
        if was_enabled:
            gc.enable()


def _load_libraries() -> None:
    """Have the dynamic linker load libtorch while other threads run. Does nothing where it cannot."""
    spec = importlib.util.find_spec("torch")
    names = _LIBRARIES.get(sys.platform, ())
    if spec is None or not spec.submodule_search_locations or not names:
        return
    folder = Path(spec.submodule_search_locations[0]) / "lib"
    # ctypes.CDLL(path) would hold the lock during dlopen; a call through a foreign function does not.
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype = ctypes.c_void_p
    dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
    for name in names:
        library = folder / name
        if library.is_file():  # a failure is not an error: the import that follows will say more
            dlopen(os.fsencode(library), os.RTLD_LAZY | os.RTLD_LOCAL)
