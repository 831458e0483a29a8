"""Write the reference pages from the code: `make reference`.

`reference/window.md` from the table of commands and the menus, `reference/command.md` from the command's parser,
`reference/python.md` from the docstrings of what `from model import ...` gives, `adr/README.md` from the titles of the
decision records.
"""

from __future__ import annotations

import argparse
import enum
import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MADE = "<!-- Made by docs/reference.py: run `make reference` instead of editing this page. -->"

_SUB_MENUS = {
    "recent": ("Open recent", "The projects that were open lately"),
    "theme": ("Theme", "The system's, light or dark"),
    "language": ("Language", "The system's, English or Simplified Chinese; from the next start on"),
    "cover": ("Cover pictures", "Blur or grey out all pictures; while F8 is held the one under the pointer is shown"),
    "put into": ("Put selection into", "Each bin, with its key"),
    "windows of greys": ("Window", "The windows that the file names, and those for Hounsfield units"),
    "unlike every bin": ("Call images unlike every bin", "Seldom, more readily, often: 1, 5 or 10 % false alarms"),
}


def window_page() -> str:
    """Return the page of the window's commands, with the keys of Linux and Windows."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from fewshot_gui.actions import SPECS, bin_keys
    from fewshot_gui.views import menus

    app = QApplication.instance() or QApplication([])
    assert app is not None
    specs = {spec.id: spec for spec in SPECS}
    parts = [
        "# Commands of the window",
        MADE,
        "Every command, menu by menu. On macOS Ctrl is ⌘; what all programs have (*New*, *Close*, *Redo* ...) may have "
        "other keys on your desktop. Keys can be changed in *Edit, Keyboard shortcuts*.",
        f"The key of a bin puts the selected images into it: {bin_keys(0)} to {bin_keys(8)}, from the tenth bin on 0 "
        f"and two digits (`{bin_keys(9)}`). *Help, Keyboard and mouse* (F1) lists what the mouse does.",
    ]
    in_menus = set()
    for title, entries in menus._MENUS:
        rows = []
        for entry in entries:
            if entry in _SUB_MENUS:
                rows.append((*_SUB_MENUS[entry][:1], "", _SUB_MENUS[entry][1]))
                in_menus.add("coverPictures" if entry == "cover" else "")
            elif entry == "layout":
                rows += [_row(specs[one]) for one in menus._LAYOUTS]
                in_menus.update(menus._LAYOUTS)
            elif entry:
                rows.append(_row(specs[entry]))
                in_menus.add(entry)
        parts += [f"## {_plain(title)}", _table(("command", "keys", "what it does"), rows)]
    others = [_row(spec) for spec in SPECS if spec.id not in in_menus]
    parts += [
        "## Elsewhere",
        "On buttons and strips, where they are needed.",
        _table(("command", "keys", "what it does"), others),
    ]
    return "\n\n".join(parts) + "\n"


def _row(spec: object) -> tuple[str, str, str]:
    from PySide6.QtGui import QKeySequence

    keys = [one.toString(QKeySequence.SequenceFormat.PortableText) for one in spec.sequences()]  # type: ignore[attr-defined]
    return _plain(spec.text), ", ".join(f"`{key}`" for key in keys), spec.tip  # type: ignore[attr-defined]


def command_page() -> str:
    """Return the page of the command's options."""
    from model.cli.command import build_parser
    from model.messages import ENGLISH, use_language

    use_language(ENGLISH)
    parser = build_parser()
    parts = [
        "# Options of the command",
        MADE,
        str(parser.description) + " What each command does, with examples: [cli.md](../cli.md).",
    ]
    for name, command, said in _commands(parser):
        parts += [f"## {name}", _sentence(said), *_options(command)]
    return "\n\n".join(parts) + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {one.dest: str(one.help or "") for one in action._choices_actions}
            for name, command in action.choices.items():
                yield command.prog, command, said.get(name, "")
                yield from _commands(command)


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for group in parser._action_groups:
        rows = [_option(parser, action) for action in group._group_actions if _counts(action)]
        if rows:
            if group.title not in {"positional arguments", "options"}:
                yield f"*{_sentence(str(group.title))}*"
            yield _table(("argument" if group.title == "positional arguments" else "option", ""), rows)


def _counts(action: argparse.Action) -> bool:
    hidden = isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    return not hidden and action.help != argparse.SUPPRESS


def _option(parser: argparse.ArgumentParser, action: argparse.Action) -> tuple[str, str]:
    value = ""
    if action.nargs != 0:
        named = action.metavar or (action.choices and "|".join(map(str, action.choices))) or action.dest.upper()
        value = " ".join(named) if isinstance(named, tuple) else str(named)
        value += {"+": " ...", "*": " [...]"}.get(str(action.nargs), "")
    shown = f"{', '.join(action.option_strings)} {value}".strip()
    said = argparse.HelpFormatter(parser.prog)._expand_help(action) if action.help else ""
    return f"`{shown}`", _sentence(said) + (" Must be given." if action.required and action.option_strings else "")


def python_page() -> str:
    """Return the page of the names of `model`."""
    import model

    parts = [
        "# Names of the Python interface",
        MADE,
        "What `from model import ...` gives, by name. With examples: [api.md](../api.md).",
    ]
    for name in model.__all__:
        parts += [f"## {name}", *_about(name, getattr(model, name))]
    return "\n\n".join(parts) + "\n"


def _about(name: str, thing: object) -> Iterator[str]:
    doc = inspect.getdoc(thing) or ""
    if not isinstance(thing, type):
        yield _code(f"{name}{_signature(thing)}")
        yield from _paragraphs(doc)
        return
    is_data = hasattr(thing, "__dataclass_fields__")
    if is_data:
        yield _code(
            "\n".join(
                [
                    f"class {name}:",
                    *(
                        f"    {field.name}: {field.type}"
                        for field in vars(thing)["__dataclass_fields__"].values()
                        if not field.name.startswith("_")
                    ),
                ]
            )
        )
    yield from _paragraphs(doc)
    if issubclass(thing, enum.Enum):
        yield "\n".join(f"- `{one.name}`: `{one.value!r}`" for one in thing)
    for member, value in vars(thing).items():
        made = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if member.startswith("_") or not inspect.isfunction(made) or not made.__doc__:
            continue
        yield _code(f"{name}.{member}" + ("" if isinstance(value, property) else _signature(made)))
        yield from _paragraphs(inspect.getdoc(made) or "")


def _signature(function: object) -> str:
    """Return "(name: type = default, ...) -> type", with functions as defaults by their names."""
    signature = inspect.signature(function)  # type: ignore[arg-type]
    shown: list[str] = []
    for one in signature.parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and "*" not in shown:
            shown.append("*")
        said = f"{one.name}: {one.annotation}"
        if one.default is not one.empty:
            said += f" = {one.default.__name__ if callable(one.default) else repr(one.default)}"
        shown.append(said)
    return f"({', '.join(shown)}) -> {signature.return_annotation}"


def _paragraphs(doc: str) -> Iterator[str]:
    """Yield a docstring's paragraphs; examples become code."""
    for paragraph in re.split(r"\n\s*\n", doc.strip()):
        if paragraph.lstrip().startswith(">>>"):
            yield _code(paragraph)
        elif paragraph:
            yield re.sub(r"\n(?=\w+: )", "  \n", paragraph)


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _plain(text: str) -> str:
    return text.replace("&", "").removesuffix("…")


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}" + ("" if not text or text[-1] in ".:!?" else ".")


def decisions_page() -> str:
    """Return the list of decision records."""
    parts = ["# Decisions", MADE, "What was decided, with figures, and what was turned down."]
    titles = []
    for record in sorted((DOCS / "adr").glob("[0-9]*.md")):
        title = re.sub(r"^# *(ADR )?\d+[.:] *", "", record.read_text(encoding="utf-8").partition("\n")[0])
        titles.append(f"- [{record.name[:4]}]({record.name}): {title}")
    return "\n\n".join([*parts, "\n".join(titles)]) + "\n"


PAGES = {
    "reference/window.md": window_page,
    "reference/command.md": command_page,
    "reference/python.md": python_page,
    "adr/README.md": decisions_page,
}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
