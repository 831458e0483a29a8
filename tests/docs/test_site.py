"""`make docs`: the documents as a site, complete, and with nothing that is fetched from elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("material", reason="mkdocs-material is not installed")

ROOT = Path(__file__).resolve().parents[2]
FLAGS = re.findall(r"mkdocs (build .*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
"""As `make docs` gives them."""

_ELSEWHERE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
_FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}


class Resources(HTMLParser):
    """Collects what a page makes a browser fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag in _FETCHED and not (tag == "link" and facts.get("rel") in {"canonical", "next", "prev"}):
            self.found.append(facts.get(_FETCHED[tag]) or "")


def build(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Build a site into `folder` as `make docs` does."""
    command = [sys.executable, "-m", "mkdocs", *FLAGS, "--site-dir", str(folder), *more]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("link", ["gone.md", "index.md#gone", "gone.png"])
def test_a_broken_link_is_an_error(link: str, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text(f"# Title\n\n![a]({link})\n[a]({link})\n", encoding="utf-8")
    config = tmp_path / "mkdocs.yml"
    config.write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: pages\nnav: [index.md]\nhooks: []\n", encoding="utf-8"
    )
    done = build(tmp_path / "site", "--config-file", str(config))
    assert done.returncode == 1
    assert link.removeprefix("index.md") in done.stderr


def test_every_document_is_a_page(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        made = (site / page.relative_to(ROOT / "docs")).with_suffix(".html")
        assert (made.with_name("index.html") if page.name == "README.md" else made).is_file(), page
    assert not list(site.rglob("*.py"))


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        fetched = Resources(page.read_text(encoding="utf-8")).found
        assert fetched
        assert [one for one in fetched if _ELSEWHERE.match(one)] == [], page
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        named = re.findall(r"url\(\s*['\"]?([^'\")]+)", text) + re.findall(r"@import\s+['\"]([^'\"]+)", text)
        assert [one for one in named if _ELSEWHERE.match(one)] == [], sheet


def test_the_search_finds_what_the_documents_say(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    hits = {entry["location"].partition("#")[0] for entry in index["docs"] if "false alarms" in entry["text"]}
    assert {"cli.html", "explained/unlike.html", "tutorials/camera.html"} <= hits


def test_lists_that_follow_a_paragraph_are_lists(site: Path) -> None:
    page = (site / "method.html").read_text(encoding="utf-8")
    assert re.search(r"<li>\s*(<p>)?<strong>Each class is tried in turn", page)
