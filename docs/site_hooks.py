"""What mkdocs.yml lacks: the decision records in the navigation, and lists as GitHub reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

_FENCE = re.compile(r"\s*(```|~~~)")
_ITEM = re.compile(r"(- |\d+\. )")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add each decision record to the navigation, by its number."""
    records = sorted((Path(config.docs_dir) / "adr").glob("[0-9]*.md"))
    assert config.nav is not None
    pages = ["README.md", *(record.name for record in records)]
    config.nav[-1]["For developers"].append({"Decisions": [f"adr/{page}" for page in pages]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Take the program's icon along."""
    from mkdocs.structure.files import File

    icon = ROOT / "resources" / "fewshot.svg"
    files.append(File.generated(config, "images/fewshot.svg", abs_src_path=str(icon)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put an empty line before each list: on GitHub a list may follow its paragraph at once."""
    return spaced(markdown)


def spaced(markdown: str) -> str:
    """Return the text with an empty line between a paragraph and a list; code stays as it is."""
    lines: list[str] = []
    in_code = False
    for line in markdown.split("\n"):
        in_code ^= _FENCE.match(line) is not None
        before = lines[-1] if lines else ""
        if not in_code and _ITEM.match(line) and before.strip() and not _in_list(before):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


def _in_list(line: str) -> bool:
    return _ITEM.match(line) is not None or line.startswith(" ")
