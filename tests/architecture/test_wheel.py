"""The wheel that others install: only our two packages at the top, all of their modules, and the resources in one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from model.resource_files import resource

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("fewshot_gui", "model")
_INPUTS = ("pyproject.toml", "README.md", "LICENSE", *PACKAGES, "resources")


def _run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment or None, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built away from it: a build leaves files."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in _INPUTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    build = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), ".")
    _run(sys.executable, *build, cwd=source)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_only_our_packages_are_at_the_top(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == set(PACKAGES)


def test_every_module_is_in_the_wheel(names: set[str]) -> None:
    """A new room needs a line in pyproject.toml, [tool.setuptools] packages."""
    modules = {str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert len(modules) > 200
    assert modules - names == set()


def test_every_resource_is_in_the_wheel(names: set[str]) -> None:
    folder = ROOT / "resources"
    files = {
        f"model/resources/{path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(files) > 80
    assert files - names == set()


def test_the_wheel_has_no_fault_that_is_known_to_the_checker(wheel: Path) -> None:
    command = ("-m", "check_wheel_contents", "--config", str(ROOT / "pyproject.toml"), str(wheel))
    assert "OK" in _run(sys.executable, *command, cwd=wheel.parent)


def test_resources_are_found_where_the_wheel_is_installed(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    install = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target", str(target), str(wheel))
    _run(sys.executable, *install, cwd=tmp_path)
    code = (
        "import fewshot_gui.demo, model.resource_files as files;"
        "print(files.resource('icons/open.svg')); print(fewshot_gui.demo.EXAMPLES)"
    )
    found = [Path(line) for line in _run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(target)).splitlines()]
    inside = target / "model" / "resources"
    assert found == [inside / "icons" / "open.svg", inside / "example" / "examples"]
    assert all(path.exists() for path in found)


def test_resources_are_found_in_a_checkout() -> None:
    assert resource("toolbar.qss") == ROOT / "resources" / "toolbar.qss"
    assert resource("patent_cnn/patent_cnn.safetensors").is_file()
    assert resource("") == ROOT / "resources"
