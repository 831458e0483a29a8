"""The desktop app's command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What the user asked for when starting the app."""

    project: Path | None = None
    folders: tuple[Path, ...] = ()
    demo: bool = False
    headless: Path | None = None
    verbose: bool = False


def parse(arguments: Sequence[str]) -> Options:
    """Read the arguments (without the program's name). Exits with status 2 when they are wrong."""
    parser = argparse.ArgumentParser(
        prog="fewshot-gui", description="Few-shot image classification by dropping examples into bins."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PROJECT|FOLDER",
                        help="a project file (*.fewshot), and folders to show in the library")  # fmt: skip
    parser.add_argument("--demo", action="store_true", help="open the example project")
    parser.add_argument("--headless", type=Path, metavar="DIR",
                        help="with --demo: play it without a screen; screenshots and results go to DIR")  # fmt: skip
    parser.add_argument("--verbose", action="store_true", help="log more, also to standard error")
    found = parser.parse_args(arguments)
    if found.headless is not None and not found.demo:
        parser.error("--headless needs --demo")
    if found.demo and found.paths:
        parser.error("--demo takes no project or folder")
    folders = tuple(path.absolute() for path in found.paths if path.is_dir())
    projects = [path.absolute() for path in found.paths if not path.is_dir()]
    if len(projects) > 1:
        parser.error("give one project at most")
    project = projects[0] if projects else None
    if project is not None and not project.is_file():
        parser.error(f"there is no project or folder {project.name!r}")
    return Options(project, folders, found.demo, found.headless, found.verbose)
