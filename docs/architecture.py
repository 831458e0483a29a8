"""Write docs/architecture.md and its picture from the import contracts and the code: `make architecture`.

Floors come from the layers in pyproject.toml, what a room holds from its docstring, and what it imports from its
code; a test fails where the page no longer says the same.
"""

from __future__ import annotations

import ast
import tomllib
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import grimp

ROOT = Path(__file__).resolve().parents[1]
PAGE, PICTURE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "images" / "architecture.svg"
TITLES = {"fewshot_gui": "The window: `fewshot_gui/`", "model": "The model: `model/`"}

_WIDTH, _LEFT, _GAP, _PAD = 1000, 30, 8, 16
_NAME, _LINE, _CHARACTER = 36, 14, 6.2  # heights of a room's name and of a line, width of a character
_FONT = "font-family='system-ui, sans-serif'"


class Floor(NamedTuple):
    """One floor of a package: its rooms, which do not import one another where they are `apart`."""

    rooms: tuple[str, ...]
    apart: bool


def floors(package: str) -> list[Floor]:
    """Return the floors of a package, top first, as the contract has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = [one["layers"] for one in contracts["contracts"] if one.get("containers") == [package]]
    return [
        Floor(tuple(room.strip() for room in layer.replace(":", "|").split("|")), ":" not in layer) for layer in layers
    ]


def purpose(package: str, room: str) -> str:
    """Return the first sentence of a room's docstring."""
    path = ROOT / package / room
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    first = " ".join(text.split("\n\n")[0].split())
    return first if first.endswith(".") else f"{first}."


def imports(package: str) -> dict[str, list[str]]:
    """Return for each room of a package the other rooms that it imports, in the order of the floors."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=False)
    order = [room for floor in floors(package) for room in floor.rooms]
    found: dict[str, set[str]] = {room: set() for room in order}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            one, other = _room(module), _room(imported)
            if one in found and other in found and one != other:
                found[one].add(other)
    return {room: [other for other in order if other in found[room]] for room in order}


def page() -> str:
    """Return docs/architecture.md."""
    parts = [
        "# Architecture",
        "",
        "This page and its picture are written by `make architecture` from the import contracts in pyproject.toml, the",
        "rooms' docstrings and the imports in the code; a test fails where they differ. Why it is so:",
        "[ADR 1](adr/0001-structure.md) (the model, the window), [ADR 20](adr/0020-rooms.md) (rooms in `model/`).",
        "How a decision comes about: [method.md](method.md). How to add a view, a format, a backbone, an export, an",
        "edit or a command: [contributing.md](contributing.md).",
        "",
        "A room may import what lies on floors below its own. Rooms on one floor do not import one another.",
        "",
        "![The rooms of the window and of the model, floor by floor](images/architecture.svg)",
        "",
    ]
    for package, title in TITLES.items():
        known = imports(package)
        parts += [f"## {title}", "", "| floor | room | holds | imports |", "|---|---|---|---|"]
        for number, floor in enumerate(floors(package), start=1):
            for room in floor.rooms:
                below = ", ".join(f"`{other}`" for other in known[room]) or "none"
                parts.append(f"| {number} | `{room}` | {purpose(package, room)} | {below} |")
        parts.append("")
    return "\n".join(parts)


def picture() -> str:
    """Return the picture as SVG text."""
    drawn, top = [], _PAD
    for package in TITLES:
        drawn.append(_text(_LEFT, top + 18, f"{package}/", 18, "#888", "bold"))
        top += 30
        for floor in floors(package):
            boxes, height = _floor(package, floor, top)
            drawn += boxes
            top += height + _GAP
        top += 2 * _PAD
    size = f"width='{_WIDTH}' height='{top}' viewBox='0 0 {_WIDTH} {top}'"
    style = (
        "<style>.room{fill:#f6f8fa;stroke:#8c959f}.name{fill:#1f2328}.says{fill:#59636e}"
        "@media(prefers-color-scheme:dark){.room{fill:#212830;stroke:#656c76}.name{fill:#f0f6fc}.says{fill:#9198a1}}"
        "</style>"
    )
    return "\n".join([f"<svg xmlns='http://www.w3.org/2000/svg' {size} {_FONT}>", style, *drawn, "</svg>", ""])


def _floor(package: str, floor: Floor, top: int) -> tuple[list[str], int]:
    """Return the boxes of a floor, and how high they are."""
    width = (_WIDTH - 2 * _LEFT - (len(floor.rooms) - 1) * _GAP) / len(floor.rooms)
    said = [wrap(purpose(package, room).replace("`", ""), int((width - 20) / _CHARACTER)) for room in floor.rooms]
    height, boxes = _NAME + _LINE * max(map(len, said)), []
    for index, (room, lines) in enumerate(zip(floor.rooms, said, strict=True)):
        left = _LEFT + index * (width + _GAP)
        boxes.append(f"<rect class='room' x='{left:.0f}' y='{top}' width='{width:.0f}' height='{height}' rx='6'/>")
        boxes.append(_text(left + 10, top + 20, room, 14, "", "bold", "name"))
        for number, text in enumerate(lines, start=1):
            boxes.append(_text(left + 10, top + 24 + _LINE * number, text, 11, "", "normal", "says"))
    return boxes, height


def _text(x: float, y: float, text: str, size: int, fill: str, weight: str, kind: str = "") -> str:
    look = f"class='{kind}'" if kind else f"fill='{fill}'"
    return f"<text x='{x:.0f}' y='{y:.0f}' font-size='{size}' font-weight='{weight}' {look}>{escape(text)}</text>"


def _room(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
