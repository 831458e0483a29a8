"""The README in Chinese says what the one in English says: the same parts, commands, pictures, links and figures."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(^|\s+)#(?!\d).*$", re.MULTILINE)  # not the page of a file: scan.tif#3
_NUMBER = re.compile(r"(?<![\w/.])[−+]?\d+(?:\.\d+)?(?![\w/])")


def _text(name: str) -> str:
    return (_ROOT / name).read_text(encoding="utf-8")


def _prose(text: str) -> str:
    """Without code and the targets of links."""
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "", _FENCE.sub("", text)))


def _headings(text: str) -> list[int]:
    return [len(mark) for mark in re.findall(r"^(#+) ", _FENCE.sub("", text), re.MULTILINE)]


def _commands(text: str) -> list[str]:
    return [re.sub(r"[ \t]+$", "", _COMMENT.sub("", block), flags=re.MULTILINE) for block in _FENCE.findall(text)]


def _inline(text: str) -> Counter[str]:
    return Counter(re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`]+)`", _FENCE.sub("", text)))


def _links(text: str) -> Counter[str]:
    return Counter(link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README"))


def _figures(text: str) -> Counter[str]:
    return Counter(_NUMBER.findall(_prose(text)))


@pytest.mark.parametrize("part", [_headings, _commands, _inline, _links, _figures])
def test_the_chinese_readme_has_the_same(part: object) -> None:
    assert callable(part)
    assert part(_text("README.zh-CN.md")) == part(_text("README.md"))


def test_the_chinese_readme_is_in_chinese() -> None:
    prose = _prose(_text("README.zh-CN.md"))
    chinese = len(re.findall("[\u4e00-\u9fff]", prose))
    assert chinese > 2000
    assert not re.search(r"(?:[A-Za-z]{3,} ){6,}", prose)  # a sentence that was left in English
