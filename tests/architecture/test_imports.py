"""What may import what, and what must never be imported: held by running it, and by reading every file."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
MODEL_FILES = sorted((ROOT / "model").rglob("*.py"))
OUR_FILES = [*MODEL_FILES, *sorted((ROOT / "fewshot_gui").rglob("*.py"))]
MODEL_MODULES = sorted(module.name for module in pkgutil.walk_packages([str(ROOT / "model")], "model."))
_RUNS_CODE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml"}
_RUNNERS = {"eval", "exec", "compile", "__import__", "torch.hub.load", "torch.jit.load", "os.system", "os.popen"}

_REFUSE_QT = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "fewshot_gui"}:
            raise ImportError(f"{name} must not be imported here")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)


def test_importing_the_command_and_asking_for_help_needs_neither_torch_nor_qt() -> None:
    code = (
        "import sys, model.cli.command\n"
        "try: model.cli.command.main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'torch', 'openvino', 'PySide6', 'timm', 'sklearn', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = _python("-c", code)
    assert done.returncode == 0, done.stderr
    assert "train" in done.stdout


def test_every_module_of_the_model_can_be_imported_where_qt_is_not_installed() -> None:
    assert len(MODEL_MODULES) > 30
    modules = [name for name in MODEL_MODULES if not name.endswith("__main__")]  # that one runs
    done = _python("-W", "error", "-c", _REFUSE_QT, *modules)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(len(modules))]


def test_the_refusal_refuses() -> None:
    done = _python("-c", _REFUSE_QT, "fewshot_gui")
    assert done.returncode != 0
    assert "must not be imported here" in done.stderr


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_of_the_model_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


@pytest.mark.parametrize("path", OUR_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_loaded_that_can_run_code(path: Path) -> None:
    assert list(_unsafe(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle", "from pickle import load", "import joblib.numpy_pickle", "torch.load(path)",
        "torch.load(path, weights_only=False)", "numpy.load(path, allow_pickle=True)", "eval(text)", "exec(text)",
        "torch.hub.load(repo, name)", "import marshal", "from shelve import open", "import yaml", "import dill.source",
        "subprocess.run(line, shell=True)", "subprocess.Popen(line, shell=flag)", "os.system(line)", "os.popen(line)",
        "connection.enable_load_extension(True)", "torch.jit.load(path)", "compile(text, name, 'exec')",
        "__import__(name)",
    ],
)  # fmt: skip
def test_the_scan_finds_what_it_looks_for(code: str) -> None:
    assert len(list(_unsafe(ast.parse(code)))) == 1


def _unsafe(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Call):
            if problem := _unsafe_call(node):
                yield f"line {node.lineno}: {problem}"
            continue
        else:
            continue
        yield from (f"line {node.lineno}: {name}" for name in names if name.split(".")[0] in _RUNS_CODE)


def _unsafe_call(call: ast.Call) -> str | None:
    name = ast.unparse(call.func)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    if name == "torch.load" and given.get("weights_only") != "True":
        return "torch.load without weights_only=True"
    if given.get("allow_pickle", "False") != "False":
        return f"{name} with allow_pickle"
    if given.get("shell", "False") != "False":
        return f"{name} through a shell"
    return name if name in _RUNNERS or name.endswith((".enable_load_extension", ".load_extension")) else None


def test_training_and_classifying_import_neither_timm_nor_torchvision_nor_the_compiler(tmp_path: Path) -> None:
    """They take longer than all else that the first prediction waits for (docs/adr/0012-start.md)."""
    for name, colour in (("red", (200, 40, 40)), ("blue", (40, 40, 200))):
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new("RGB", (64, 64), (colour[0] + number, *colour[1:])).save(tmp_path / name / f"{number}.png")
    code = (
        "import sys; from pathlib import Path; from model.cli.command import main;"
        "folder = Path(sys.argv[1]);"
        "assert main(['train', str(folder), '--out', str(folder / 'made'), '--device', 'cpu']) == 0;"
        "assert main(['classify', str(folder / 'made'), str(folder / 'red'), '--out', str(folder / 'r.csv')]) == 0;"
        "print([name for name in ('timm', 'torchvision', 'torch._dynamo', 'sympy') if name in sys.modules])"
    )
    done = _python("-c", code, str(tmp_path))
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["[]"]), done.stderr
