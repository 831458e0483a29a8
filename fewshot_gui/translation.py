"""The window's language: which one is in use, and the function by which texts outside of widgets are translated.

Widgets call `self.tr`, everything else `tr`; both are found by lupdate (`make translations`). Texts of the model are
another catalog, see docs/translations.md.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator

from model import messages
from model.resource_files import resource

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Codes of the languages that the window speaks, and what they call themselves."""

CHOICES = ("system", *LANGUAGES)
"""What can be chosen."""


def tr(text: str, note: str = "", count: int = -1) -> str:
    """Return `text` in the window's language; "%n" becomes `count`, and its form follows it.

    `note` tells texts apart that are the same in English. The same arguments as `QObject.tr`.
    """
    return QCoreApplication.translate("", text, note, count)


def following(*sentences: str) -> str:
    """Return sentences one after the other, with a space between them where the language has one; "" is left out."""
    return messages.translated(messages.joined(*sentences))


def mark(text: str) -> str:
    """Return `text` as it is: marks it for lupdate where it is translated later, by `tr`."""
    return text


def language_of(choice: str) -> str:
    """Return the code of the language for what was chosen: a code, or "system" for the first one of the system."""
    if choice in LANGUAGES:
        return choice
    for name in QLocale.system().uiLanguages():
        locale = QLocale(name)
        if locale.language() == QLocale.Language.Chinese and locale.script() != QLocale.Script.TraditionalHanScript:
            return "zh_CN"
        if locale.language() == QLocale.Language.English:
            break
    return "en"


def use_language(app: QCoreApplication, choice: str) -> str:
    """Show `app` in a language from now on, sentences of the model, too: call it before any window is made.

    Returns its code.

    Numbers and dates follow the system where it speaks that language, and its usual country where it does not.
    """
    for translator in app.findChildren(QTranslator, "", Qt.FindChildOption.FindDirectChildrenOnly):
        app.removeTranslator(translator)
        translator.deleteLater()
    language = messages.use_language(language_of(choice))
    wanted = QLocale(language)
    if wanted.language() != QLocale.system().language():
        QLocale.setDefault(wanted)
    for name, folder in (
        (f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (f"fewshot_{language}", str(resource("translations"))),
    ):
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
    return language
