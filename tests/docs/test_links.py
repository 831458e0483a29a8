"""Every link and picture of a document leads somewhere, anchors included."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
_RESOURCES = [path for path in (ROOT / "resources").rglob("*.md") if path.parent.name != "help"]  # see test_words.py
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *_RESOURCES])
_LINK = re.compile(r"\]\(\s*<?([^)<>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)|\b(?:src|href)=\"([^\"]+)\"")
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    """The targets of links and pictures, without those in code."""
    text = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text))
    return [first or second for first, second in _LINK.findall(text)]


@cache
def anchors(page: Path) -> set[str]:
    """The names by which GitHub, and the site, find the headings of a page."""
    found: set[str] = set()
    for title in re.findall(r"^#{1,6} +(.+?) *#*$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "").replace("*", "")
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
    return found


def broken(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    bad = []
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            bad.append(link)
    return bad


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# One heading, *two* words\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#one-heading-two-words) [c](gone.md) ![d](gone.png) [e](there.md#none)\n"
        "`[f](code.md)` [g](https://example.org)\n```text\n[h](code.md)\n```\n",
        encoding="utf-8",
    )
    assert broken(page) == ["gone.md", "gone.png", "there.md#none"]
