"""A screen reader's view of the running app, by AT-SPI: run by the system's Python, which has pyatspi.

Prints one JSON object: which controls have no name, the cells of the results, what was announced after pressing Train.
"""

import json
import sys
import time
from collections import Counter

import pyatspi  # a package of the system
from gi.repository import GLib

CONTROLS = {
    "push button",
    "toggle button",
    "check box",
    "radio button",
    "combo box",
    "slider",
    "spin button",
    "text",
    "entry",
    "list",
    "table",
    "tree",
    "menu item",
    "progress bar",
}
PATIENCE = 60.0  # seconds


def main():
    app = wait_for(find_app)
    table = wait_for(lambda: find(app, lambda one: one.getRoleName() == "table" and one.childCount > 35))
    nameless, roles = [], Counter()
    for one, path in walk(app, ""):
        role = one.getRoleName()
        roles[role] += 1
        if role in CONTROLS and one.getState().contains(pyatspi.STATE_SHOWING) and not one.name:
            nameless.append(f"{path}/{role}")
    cells = [one.name for one, _ in walk(table, "") if one.getRoleName() == "table cell"]
    announced = []
    pyatspi.Registry.registerEventListener(lambda event: announced.append(str(event.any_data)), "object:announcement")
    train = find(app, lambda one: one.getRoleName() == "push button" and one.name == "Train")
    pressed = train is not None and press(train)
    end = time.monotonic() + PATIENCE
    context = GLib.MainContext.default()
    while not any("Trained" in text for text in announced) and time.monotonic() < end:
        context.iteration(False)
        time.sleep(0.02)
    found = {"nameless": nameless, "roles": roles, "cells": cells, "pressed": pressed, "announced": announced}
    sys.stdout.write(json.dumps(found) + "\n")


def find_app():
    desktop = pyatspi.Registry.getDesktop(0)
    apps = [desktop.getChildAtIndex(at) for at in range(desktop.childCount)]
    return next((app for app in apps if app is not None and app.name == "Fewshot"), None)


def find(root, fits):
    return next((one for one, _ in walk(root, "") if fits(one)), None)


def walk(one, path, depth=0):
    yield one, path
    if depth < 25:
        for at in range(min(one.childCount, 400)):
            child = one.getChildAtIndex(at)
            if child is not None:
                yield from walk(child, f"{path}/{one.getRoleName()} {one.name}", depth + 1)


def press(one):
    actions = one.queryAction()
    names = [actions.getName(at) for at in range(actions.nActions)]
    return actions.doAction(names.index("Press"))


def wait_for(answer):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = answer()
        if found is not None:
            return found
        time.sleep(0.3)
    sys.exit("nothing came")


if __name__ == "__main__":
    main()
