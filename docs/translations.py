"""Bring the catalogs of resources/translations up to date with the code, and compile them: `make translations`.

Two kinds: gettext's for sentences made away from the window (`message`), Qt's for texts of the window (`tr`).
Sentences that the code no longer has are dropped, new ones are added without a translation, without line numbers, so
that a change shows as a small difference.
"""

from __future__ import annotations

import io
import subprocess
import sys
import sysconfig
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGS = ROOT / "resources" / "translations"
DOMAIN = "fewshot"
_PLACES = [("model/**.py", "python"), ("fewshot_gui/**.py", "python"), ("resources/**.j2", "jinja2")]
_KEYWORDS = {"message": None, "message_n": (1, 2)}
_HEADER = """\
# Made by `make translations`, translated by people: see docs/translations.md.
msgid ""
msgstr ""
"Project-Id-Version: Fewshot\\n"
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

Template = str | tuple[str, str]


def templates() -> set[Template]:
    """Return what `message` and `message_n` are called with, in the code and in the report's template."""
    found = extract_from_dir(ROOT, _PLACES, keywords=_KEYWORDS)
    return {template for _, _, template, _, _ in found}


def read(path: Path) -> Catalog:
    """Return a catalog, "…/zh_CN/LC_MESSAGES/fewshot.po"."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def updated(path: Path) -> Catalog:
    """Return a catalog with exactly the sentences of the code; those that are new are not translated."""
    language = path.parents[1].name
    before = read(path) if path.exists() else Catalog(locale=language)
    after = Catalog(locale=language)
    for template in templates():
        known = before.get(template if isinstance(template, str) else template[0])
        is_same = known is not None and known.id == template
        after.add(template, known.string if known is not None and is_same else "")
    return after


def as_po(catalog: Catalog, language: str) -> bytes:
    """Return the text of a catalog."""
    for one in catalog:
        if not _is_percent_template(one):
            one.flags.discard("python-format")  # "95 % interval" is none
    body = io.BytesIO()
    write_po(body, catalog, width=120, sort_output=True, no_location=True, omit_header=True)
    plural = get_plural(language).plural_forms
    return _HEADER.format(language=language, plural=plural).encode() + body.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """Return what gettext reads."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same file from the same text
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


def _is_percent_template(one: Message) -> bool:
    whole = "".join(one.id) if isinstance(one.id, tuple | list) else one.id
    return any(mark in whole for mark in ("%(", "%s", "%r"))


def window_catalogs() -> list[Path]:
    """Return Qt's catalogs. That of English holds forms of plurals alone."""
    return sorted(CATALOGS.glob("fewshot_*.ts"))


def update_window(path: Path, written: Path | None = None) -> None:
    """Give a catalog of the window exactly the texts of the code; into another file, if `written` is there."""
    written = path if written is None else written
    sources = sorted(path.as_posix() for path in (ROOT / "fewshot_gui").rglob("*.py"))
    options = ["-silent", "-no-obsolete", "-locations", "none", "-tr-function-alias", "tr+=mark"]
    if path.stem.endswith("_en"):
        options.append("-pluralonly")
    _qt("lupdate", *options, *sources, "-ts", str(written))


def compile_window(path: Path, written: Path) -> None:
    """Write what Qt reads."""
    _qt("lrelease", "-silent", str(path), "-qm", str(written))


def unfinished(path: Path) -> list[str]:
    """Return the texts of a catalog of the window that are not translated."""
    found = []
    for one in ElementTree.parse(path).getroot().iter("message"):
        said = one.find("translation")
        forms = [] if said is None else [form.text for form in said.iter("numerusform")] or [said.text]
        if said is None or said.get("type") == "unfinished" or not all(forms):
            found.append(one.findtext("source") or "")
    return found


def _qt(tool: str, *arguments: str) -> None:
    program = Path(sysconfig.get_path("scripts")) / f"pyside6-{tool}"
    subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Write all catalogs; a new language is begun by making its folder, "fr/LC_MESSAGES"."""
    for folder in sorted(CATALOGS.glob("*/LC_MESSAGES")):
        path = folder / f"{DOMAIN}.po"
        path.write_bytes(as_po(updated(path), folder.parent.name))
        catalog = read(path)
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        missing = [one.id for one in catalog if one.id and not (one.string and all(one.string))]
        sys.stdout.write(f"{folder.parent.name}: {len(catalog)} sentences, {len(missing)} not translated\n")
        for template in missing:
            sys.stdout.write(f"    {template!r}\n")
    for path in window_catalogs():
        update_window(path)
        compile_window(path, path.with_suffix(".qm"))
        missing_texts = unfinished(path)
        sys.stdout.write(f"{path.name}: {len(missing_texts)} not translated\n")
        for text in missing_texts:
            sys.stdout.write(f"    {text!r}\n")


if __name__ == "__main__":
    main()
