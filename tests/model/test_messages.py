"""Sentences in two languages: what a message keeps, what the catalogs hold, and what a Chinese user reads."""

from __future__ import annotations

import ast
import copy
import gettext
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from model.errors import FewShotError, ImageReadError
from model.images.read_errors import cut_off, damaged
from model.messages import (
    Message,
    from_json,
    joined,
    language_in_use,
    message,
    message_n,
    percent,
    system_language,
    to_json,
    translated,
    use_language,
)
from tests.programs import docs_program

ROOT = Path(__file__).resolve().parents[2]
_PLACES = re.compile(r"\{\w+(?:!r)?(?::[^{}]*)?\}|%(?:\(\w+\))?[sr]")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The program behind `make translations`."""
    return docs_program("translations")


@pytest.fixture
def in_chinese() -> Iterator[None]:
    use_language("zh_CN")
    yield
    use_language("en")


def _catalogs(maker: ModuleType) -> list[Path]:
    found = sorted(maker.CATALOGS.glob("*/LC_MESSAGES/*.po"))
    assert found
    return found


def _whole(template: str | tuple[str, str] | list[str]) -> tuple[str, ...]:
    return (template,) if isinstance(template, str) else tuple(template)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0.0 %"), (0.0003, "< 0.1 %"), (0.0005, "0.1 %"), (0.889, "88.9 %"), (0.9996, "> 99.9 %"), (1.0, "100.0 %")],
)
def test_a_share_is_said_by_one_rule_and_never_as_nothing_or_all_where_it_is_not(share: float, said: str) -> None:
    assert percent(share).replace("\u00a0", " ") == said
    assert translated(percent(share), "zh_CN").replace(" ", "") == said.replace(" ", "")


def test_a_message_is_its_english_sentence() -> None:
    said = message("‘{name}’ has {count:,} images, {share:.1%}.", name="a{b}", count=1234, share=0.5)
    assert said == "‘a{b}’ has 1,234 images, 50.0%."
    assert {said: 1}["‘a{b}’ has 1,234 images, 50.0%."] == 1
    assert json.dumps(said) == json.dumps(str(said))


@pytest.mark.parametrize("count", [1, 2])
def test_a_message_keeps_its_parts_on_any_way(count: int) -> None:
    inner = message_n("{count} frame", "{count} frames", count=count)
    said = message("{path}: {inner} ({share:.0%})", path=Path("a/b"), inner=inner, share=0.25)
    for other in (
        pickle.loads(pickle.dumps(said)),
        copy.deepcopy(said),
        from_json(json.loads(json.dumps(to_json(said)))),
    ):
        assert isinstance(other, Message)
        assert other == said == f"a/b: {count} frame{'s' if count > 1 else ''} (25%)"
        assert (other.template, dict(other.values)) == (said.template, dict(said.values))
        assert isinstance(other.values["inner"], Message)


@pytest.mark.parametrize(
    "value",
    [
        None, 3, ["a"], {"template": "a"}, {"template": 1, "plural": None, "values": {}}, "a" * 20_000,
        {"template": "{a}", "plural": None, "values": {"a": ["x"]}},
        {"template": "a", "plural": "b", "values": {}},
        {"template": "{a:d}", "plural": None, "values": {"a": "x"}},
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"message|format"):
        from_json(value)


def test_a_template_of_a_stranger_reaches_nothing_inside() -> None:
    said = from_json({"template": "{a.__class__} {a[0]} {a:999999999}", "plural": None, "values": {"a": "x"}})
    assert said == "{a.__class__} {a[0]} {a:999999999}"


@pytest.mark.usefixtures("in_chinese")
def test_sentences_within_sentences_are_translated_and_names_are_not() -> None:
    reason = damaged(message("no pixels in it"))
    error = ImageReadError(Path("Training.png"), reason)  # a name that is a word of the catalog
    assert translated(error) == "Training.png：已损坏或不完整（其中没有像素）。请从来源重新导出。"
    assert str(error) == "Training.png: is damaged or cut off (no pixels in it). Export it again from its source."
    assert translated(str(error)) == translated(error)
    assert translated(cut_off(1)) == "文件不完整：只有 1 帧。请从来源重新导出。"
    assert translated(joined(reason, "", message("Nothing was saved."))).endswith("重新导出。未保存任何内容。")
    assert translated("Training") == "正在训练"  # stored as text
    assert translated(FewShotError("of a plug-in")) == "of a plug-in"
    assert translated("") == ""
    assert translated(reason, "en") == reason


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("zh_CN.UTF-8", "zh_CN"), ("zh", "zh_CN"), ("zh-Hans", "zh_CN"), ("zh_SG", "zh_CN"), ("C", "en"),
        ("de_DE.UTF-8", "en"), ("zh_TW.UTF-8", "en"), ("zh_Hant_HK", "en"), ("en_GB", "en"),
    ],
)  # fmt: skip
def test_the_language_of_the_system(locale: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("LC_ALL", locale)
    assert system_language() == code


def test_an_unknown_language_is_english() -> None:
    assert use_language("fr") == language_in_use() == "en"
    assert translated(message("Training")) == "Training"


def test_every_template_is_a_literal_so_that_it_is_found() -> None:
    calls = 0
    for path in sorted((ROOT / "model").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = {"message": 1, "message_n": 2}.get(node.func.id, 0)
                calls += bool(texts)
                are_literal = [
                    isinstance(one, ast.Constant) and isinstance(one.value, str) for one in node.args[:texts]
                ]
                assert path.name == "messages.py" or are_literal == [True] * texts, f"{path}:{node.lineno}"
    assert calls > 300


def test_no_error_of_ours_is_made_of_text_that_is_no_message() -> None:
    """What is raised for people to read can be translated: neither a literal nor an f-string."""
    found = []
    kinds = {"FewShotError", *(kind.__name__ for kind in FewShotError.__subclasses__())}
    for path in sorted((ROOT / "model").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in kinds or name in {"say", "warn", "Progress"}:
                assert isinstance(node, ast.Call)
                found += [
                    f"{path.relative_to(ROOT)}:{node.lineno}"
                    for one in node.args
                    if isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and isinstance(one.value, str))
                ]
    assert found == []


def test_catalogs_hold_exactly_what_the_code_says(maker: ModuleType) -> None:
    for path in _catalogs(maker):
        held = {one.id if isinstance(one.id, str) else tuple(one.id) for one in maker.read(path) if one.id}
        assert held == maker.templates(), "run `make translations`, then translate what it names"


def test_every_sentence_is_translated_with_the_same_places(maker: ModuleType) -> None:
    for path in _catalogs(maker):
        for one in maker.read(path):
            if not one.id:
                continue
            said = _whole(one.string)
            assert all(said), f"{path}: {one.id} is not translated"
            assert not one.fuzzy, f"{path}: {one.id} is fuzzy"
            wanted = {tuple(sorted(_PLACES.findall(template))) for template in _whole(one.id)}
            assert {tuple(sorted(_PLACES.findall(text))) for text in said} <= wanted, f"{path}: {one.id}"


def test_catalogs_are_compiled(maker: ModuleType, tmp_path: Path) -> None:
    for path in _catalogs(maker):
        fresh = tmp_path / "fresh.mo"
        fresh.write_bytes(maker.as_mo(maker.read(path)))
        both = []
        for compiled in (fresh, path.with_suffix(".mo")):
            with compiled.open("rb") as file:
                both.append(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
            del both[-1][""]  # the header names the version of what compiled it
        assert both[0] == both[1], "run `make translations`"


def test_a_broken_image_is_told_of_in_chinese_out_of_the_decoder_process(tmp_path: Path) -> None:
    from model.images.decoder_process import DecoderPool
    from model.images.items import Item
    from model.images.readers.tiff import Tiff

    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"II*\0" + b"\xff" * 40)
    pool = DecoderPool()
    with pytest.raises(ImageReadError) as caught:
        pool.size(Item(broken), Tiff())
    pool.close()
    assert isinstance(caught.value.reason, Message)
    assert _CHINESE.search(translated(caught.value.reason, "zh_CN"))


def _command(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in {"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"}
    }
    environment = kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | variables
    command = [sys.executable, "-m", "model", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)


def test_help_and_wrong_usage_in_chinese() -> None:
    shown = _command("classify", "--help", FEWSHOT_LANGUAGE="zh_CN")
    assert shown.stdout.startswith("用法：fewshot classify")
    assert "要写入的表格" in shown.stdout
    assert "显示此帮助并退出" in shown.stdout
    wrong = _command("classify", FEWSHOT_LANGUAGE="system", LANG="zh_CN.UTF-8")
    assert wrong.returncode == 2
    assert "缺少必需的参数：CLASSIFIER" in wrong.stderr
    missing = _command("train", "/nonesuch", "--out", "x", FEWSHOT_LANGUAGE="zh_CN")
    assert missing.stderr.startswith("fewshot: /nonesuch 不是文件夹。")
    assert _command("train", "--help", FEWSHOT_LANGUAGE="en", LANG="zh_CN.UTF-8").stdout.startswith("usage: ")


def test_tables_are_the_same_in_every_language(tmp_path: Path, example_images: dict[str, list[Path]]) -> None:
    bins, pool = tmp_path / "bins", tmp_path / "pool"
    for name, images in example_images.items():
        (bins / name).mkdir(parents=True)
        for image in images[:2]:
            (bins / name / image.name).write_bytes(image.read_bytes())
    pool.mkdir()
    (pool / "broken.png").write_bytes(b"no picture")
    (pool / "good.jpg").write_bytes(next(iter(example_images.values()))[2].read_bytes())
    trained = _command("train", bins, "--out", tmp_path / "c", FEWSHOT_LANGUAGE="zh_CN")
    assert trained.returncode == 0, trained.stderr
    assert "已保存到" in trained.stdout
    done = {}
    for language in ("zh_CN", "en"):
        out = tmp_path / f"{language}.csv"
        ran = _command("classify", tmp_path / "c", pool, "--out", out, "--json", FEWSHOT_LANGUAGE=language)
        assert ran.returncode == 3, ran.stderr
        result = json.loads(ran.stdout.splitlines()[-1])
        done[language] = (out.read_bytes(), {**result, "results": "", "seconds": 0}, ran)
    assert done["zh_CN"][:2] == done["en"][:2]
    assert "已分类 2 幅图像" in done["zh_CN"][2].stdout
    assert "不是已知格式的图像" in done["zh_CN"][2].stderr
    assert "Classified 2 images" in done["en"][2].stdout
