"""No module imports itself by way of others, be it for types alone."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import grimp
import pytest

CHECKED = ("fewshot_gui", "model")
"""Packages that must be free of circles."""


def circle(imports: Mapping[str, AbstractSet[str]]) -> list[str]:
    """Return modules that import one another in a circle, the first of them once more at the end; [] if none do."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]  # graphlib lists them from what is imported to what imports
    return []


@pytest.mark.parametrize("package", CHECKED)
def test_no_modules_import_one_another_in_a_circle(package: str) -> None:
    graph = grimp.build_graph(package, exclude_type_checking_imports=False)
    assert len(graph.modules) > 50
    assert circle({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}) == []


def test_a_circle_is_found_in_the_direction_of_its_imports() -> None:
    imports = {"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": set[str]()}
    found = circle(imports)
    assert len(found) == 4
    assert all(imported in imports[module] for module, imported in pairwise(found))


def test_what_is_no_circle_is_none() -> None:
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
