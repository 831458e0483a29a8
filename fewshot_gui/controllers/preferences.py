"""Settings that a person changes: the dialogs for them, and where they are kept."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.views.settings_dialog import ChosenSettings


class PreferencesController(QObject):
    """Keeps what the settings, the shortcuts and the View menu are set to, and shows it in the window."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._window, self._status = services.settings, services.window, services.status
        intents = services.intents
        intents.settings_requested.connect(self._on_settings_requested)
        intents.shortcuts_requested.connect(self._on_shortcuts_requested)
        intents.shortcuts_changed.connect(self._on_shortcuts_changed)
        intents.theme_chosen.connect(self._on_theme_chosen)
        intents.language_chosen.connect(self._on_language_chosen)
        intents.device_chosen.connect(self._on_device_chosen)
        intents.reopen_chosen.connect(self._on_reopen_chosen)
        intents.next_step_chosen.connect(self._on_next_step_chosen)
        intents.names_hidden_chosen.connect(self._on_names_hidden_chosen)

    def show(self) -> None:
        """Make the window look as it was set, before it is seen."""
        window, settings = self._window, self._settings
        window.set_theme(settings.theme)
        window.set_language(settings.language)
        window.set_names_hidden(settings.names_hidden)
        window.set_choices(nextStep=not settings.next_step_hidden)
        window.offer_tour(not settings.tour_offered)
        settings.tour_offered = True
        window.set_shortcuts(settings.shortcuts)

    @Slot()
    def _on_settings_requested(self) -> None:
        settings = self._settings
        chosen = ChosenSettings(
            language=settings.language,
            theme=settings.theme,
            device=settings.device,
            false_alarms=settings.false_alarms,
            reopen=settings.reopen,
        )
        self._window.show_settings(chosen)

    @Slot()
    def _on_shortcuts_requested(self) -> None:
        self._window.show_shortcuts()

    @Slot(object)
    def _on_shortcuts_changed(self, changed: dict[str, tuple[str, ...]]) -> None:
        self._settings.shortcuts = changed

    @Slot(str)
    def _on_theme_chosen(self, theme: str) -> None:
        self._settings.theme = theme
        self._window.set_theme(theme)

    @Slot(str)
    def _on_language_chosen(self, choice: str) -> None:
        self._settings.language = choice
        self._window.set_language(choice)
        self._status.show_message(self.tr("The language changes when the program is started again"))

    @Slot(str)
    def _on_device_chosen(self, device: str) -> None:
        self._settings.device = device

    @Slot(bool)
    def _on_reopen_chosen(self, wanted: bool) -> None:
        self._settings.reopen = wanted

    @Slot(bool)
    def _on_next_step_chosen(self, wanted: bool) -> None:
        self._settings.next_step_hidden = not wanted

    @Slot(bool)
    def _on_names_hidden_chosen(self, hidden: bool) -> None:
        self._settings.names_hidden = hidden
        self._window.set_names_hidden(hidden)
