"""Registries: objects found by name, each registered by the module that makes it.

A registry imports the modules of one package of ours and the installed plug-ins: modules that a distribution names in
an entry point group, for instance in its pyproject.toml

    [project.entry-points."fewshot.formats"]
    toy = "toy_format"

A module registers its objects when it is imported, at the first use of the registry. Such a module therefore imports
slow libraries inside its functions. docs/contributing.md has a recipe for each kind.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
import threading
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

_log = logging.getLogger(__name__)


class Registry(Generic[Thing]):
    """Named objects of one kind, in the order in which they were registered. Thread-safe.

    package: dotted name of our package whose modules register themselves; modules whose names begin with an underscore
        are not imported
    group: entry point group of the plug-ins
    """

    def __init__(self, package: str, group: str) -> None:
        self.package, self.group = package, group
        self._things: dict[str, Thing] = {}
        self._lock = threading.RLock()  # modules register while they are imported
        self._complete = False

    def register(self, name: str, thing: Thing) -> Thing:
        """Add `thing` under `name` and return it; raises `ValueError` where the name is taken."""
        with self._lock:
            if name in self._things:
                raise ValueError(f"{name!r} is registered twice in {self.group}.")
            self._things[name] = thing
        return thing

    def get(self, name: str) -> Thing | None:
        """Return the object registered under `name`, or None."""
        return self._all().get(name)

    def names(self) -> tuple[str, ...]:
        """Return all names."""
        return tuple(self._all())

    def __iter__(self) -> Iterator[Thing]:
        """Iterate over all objects."""
        return iter(tuple(self._all().values()))

    def _all(self) -> dict[str, Thing]:
        if not self._complete:
            with self._lock:
                if not self._complete:
                    self._import()
                    self._complete = True
        return self._things

    def _import(self) -> None:
        package = importlib.import_module(self.package)
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
            if not module.name.startswith("_"):
                importlib.import_module(f"{self.package}.{module.name}")
        for plugin in entry_points(group=self.group):
            try:
                plugin.load()
            except Exception as problem:  # noqa: BLE001 - a plug-in may raise anything; the others are still used
                _log.warning("The plug-in %s of %s cannot be used: %s", plugin.name, self.group, problem)
