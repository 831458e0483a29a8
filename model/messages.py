"""Sentences for people: English where they are made, in the language in use where they are shown.

    message("‘{name}’ has no images.", name=name)    a `Message`: the English sentence, a str like any other
    message_n("{count} image", "{count} images", count=3)
    translated(text)                                 the sentence in the language in use

Tables, JSON, logs and what is compared stay English, since a `Message` is its English text. The catalogs are gettext's,
below `resources/translations`; docs/translations.md says how they are made.
"""

from __future__ import annotations

import gettext
import locale
import os
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Self

from model.resource_files import resource

ENGLISH, CHINESE, SYSTEM = "en", "zh_CN", "system"
LANGUAGES: Mapping[str, str] = MappingProxyType({ENGLISH: "English", CHINESE: "简体中文"})
"""Codes of languages and what they call themselves."""

DOMAIN = "fewshot"
VARIABLE = "FEWSHOT_LANGUAGE"
"""The variable of the environment that names the language of the command: a code of `LANGUAGES`, or "system"."""

_FIELD = re.compile(r"\{(\w+)(!r)?(?::(,d?|,?\.\d[f%]|d|g))?\}")
"""What a template may hold, a part of Python's format strings: texts from a decoder process are templates, too."""

_LONGEST = 10_000  # characters of a text that comes as JSON
_DEEPEST = 8  # messages within messages that come as JSON


class Message(str):
    """An English sentence that keeps what it was made of, so that it can be said in another language.

    template: the sentence with places for values, `{name}`
    plural: the template for a `count` other than 1; None: there is one template
    values: str, int or float by name; a text may be a Message itself
    """

    template: str
    plural: str | None
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object] | None = None, plural: str | None = None) -> Self:
        """Make the sentence. Values of other types become text; of an exception its message is taken."""
        kept = {name: _kept(value) for name, value in (values or {}).items()}
        chosen = template if plural is None or kept["count"] == 1 else plural
        self = super().__new__(cls, _filled(chosen, kept))
        self.template, self.plural, self.values = template, plural, MappingProxyType(kept)
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, dict[str, object], str | None]]:
        """Pickle the parts."""
        return type(self), (self.template, dict(self.values), self.plural)


def message(template: str, /, **values: object) -> Message:
    """Return a sentence; `template` has to be a literal, so that it is found for translation."""
    return Message(template, values)


def message_n(singular: str, plural: str, /, *, count: int, **values: object) -> Message:
    """Return a sentence about `count` things; both templates have to be literals."""
    return Message(singular, values | {"count": count}, plural)


def percent(share: float) -> Message:
    """Return a share, 0..1, in percent: 0.5 -> "50.0 %".

    What is not quite all is never rounded to 100 %, and what is more than nothing never to 0 %.
    """
    if 0.9995 <= share < 1:
        return message("> 99.9\u00a0%")
    if 0 < share < 0.0005:
        return message("< 0.1\u00a0%")
    return message("{share:.1f}\u00a0%", share=100 * share)


def joined(*texts: str) -> str:
    """Return sentences one after the other; empty ones are left out."""
    kept = [text for text in texts if text]
    if not kept:
        return ""
    whole = kept[0]
    for text in kept[1:]:
        whole = message("{first} {then}", first=whole, then=text)
    return whole


def listed(texts: list[str]) -> str:
    """Return texts with commas between them."""
    if not texts:
        return ""
    whole = texts[0]
    for text in texts[1:]:
        whole = message("{first}, {then}", first=whole, then=text)
    return whole


def os_reason(error: OSError) -> str:
    """Return what the system says of an error, without the file's name."""
    return Message(error.strerror) if error.strerror else str(error)


def text_of(error: BaseException) -> str:
    """Return an exception's message; a `Message` stays one, which `str` makes plain text of foreign errors."""
    said = error.args[0] if len(error.args) == 1 else None
    return said if isinstance(said, Message) else str(error)


def translated(text: str | BaseException, language: str = "") -> str:
    """Return a text, or the message of an exception, in a language ("": the one in use).

    A text that is no `Message`, for instance one that was stored, is looked up as it is.
    """
    text = text_of(text) if isinstance(text, BaseException) else text
    catalog = _catalog(language) if language else _in_use[1]
    return str(text) if catalog is None or not text else _said(text, catalog)


def language_in_use() -> str:
    """Return the code of the language that `translated` speaks."""
    return _in_use[0]


def use_language(code: str) -> str:
    """Speak a language from now on, in all threads: a code of `LANGUAGES`, or "system". Returns its code.

    A language without a catalog is spoken as English.
    """
    global _in_use  # noqa: PLW0603 - replaced as a whole
    code = system_language() if code == SYSTEM else _known(code)
    _in_use = (code, _catalog(code))
    return code


def system_language() -> str:
    """Return the language of the environment or of the system's settings; English where there is no catalog for it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return _known(os.environ[name])
    if sys.platform == "win32":
        import ctypes

        return _known(locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), ""))
    return ENGLISH


def catalog_folder() -> Path:
    """Return the folder of the catalogs."""
    return resource("translations")


def to_json(text: str) -> object:
    """Return a text as JSON can hold it; of a `Message` its parts."""
    if not isinstance(text, Message):
        return text
    values = {name: to_json(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return {"template": text.template, "plural": text.plural, "values": values}


def from_json(value: object, _depth: int = 0) -> str:
    """Return what `to_json` was given. Raises `ValueError` for anything else: it may come from a stranger."""
    match value:
        case str() if len(value) <= _LONGEST:
            return value
        case {"template": str(template), "plural": str() | None as plural, "values": dict(values)} if (
            _depth < _DEEPEST and len(template) + len(plural or "") <= _LONGEST
        ):
            known = {
                str(name): one if isinstance(one, int | float) else from_json(one, _depth + 1)
                for name, one in values.items()
            }
            try:
                made = Message(template, known, plural)
            except (KeyError, TypeError, OverflowError) as error:
                raise ValueError("a message that is none") from error
            if len(made) <= _LONGEST:
                return made
    raise ValueError("a message that is none")


def _kept(value: object) -> object:
    if isinstance(value, BaseException):
        return text_of(value)
    return value if isinstance(value, str | int | float) else str(value)


def _filled(template: str, values: Mapping[str, object]) -> str:
    def fill(field: re.Match[str]) -> str:
        name, quoted, spec = field.groups()
        if name not in values:
            return field.group()
        value = values[name]
        return format(repr(value) if quoted else value, spec or "")

    return _FIELD.sub(fill, template)


def _said(text: str, catalog: gettext.NullTranslations) -> str:
    if not isinstance(text, Message):
        return catalog.gettext(text)
    count = text.values.get("count")
    if text.plural is not None and isinstance(count, int):
        template = catalog.ngettext(text.template, text.plural, count)
    else:
        template = catalog.gettext(text.template)
    # Files, classes and other names are no messages and stay.
    values = {name: _said(one, catalog) if isinstance(one, Message) else one for name, one in text.values.items()}
    return _filled(template, values)


def _known(code: str) -> str:
    """Return which of our languages a locale such as "zh_Hans_CN.UTF-8" is; English where none is."""
    plain = code.split(".", maxsplit=1)[0].split("@", maxsplit=1)[0].replace("-", "_").lower()
    traditional = ("_tw", "_hk", "_mo", "_hant")
    if plain.split("_")[0] in {"zh", "chinese"} and not any(part in plain for part in traditional):
        return CHINESE
    return ENGLISH


@cache
def _catalog(code: str) -> gettext.NullTranslations | None:
    """Return the catalog of a language; None for English, and where it is missing."""
    if code == ENGLISH:
        return None
    try:
        return gettext.translation(DOMAIN, catalog_folder(), [code])
    except OSError:
        return None


_in_use: tuple[str, gettext.NullTranslations | None] = (ENGLISH, None)

_SYSTEM_SAYS = (
    message("No such file or directory"),
    message("Permission denied"),
    message("Operation not permitted"),
    message("File exists"),
    message("Is a directory"),
    message("Not a directory"),
    message("Directory not empty"),
    message("No space left on device"),
    message("Disk quota exceeded"),
    message("Read-only file system"),
    message("Input/output error"),
    message("File name too long"),
    message("File too large"),
    message("Too many open files"),
    message("Too many levels of symbolic links"),
    message("Device or resource busy"),
    message("Broken pipe"),
    message("Invalid argument"),
    message("Stale file handle"),
    message("Invalid cross-device link"),
)
"""What `os_reason` finds often: here so that it is translated."""
