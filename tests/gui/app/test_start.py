"""What the window starts without, so that it is there at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]

_SHOW_THE_WINDOW = """
import os, sys
from pathlib import Path
from fewshot_gui import demo, demo_headless
from fewshot_gui.app import App, make_qt_app
from fewshot_gui.paths import AppPaths

def report():
    assert app.window.isVisible()
    print(*sys.modules, sep="\\n", flush=True)
    os._exit(0)

qt_app = make_qt_app()
app = App(AppPaths.below(Path(sys.argv[1])))
app.window_shown.connect(report)
app.start()
qt_app.exec()
"""


def test_the_window_is_shown_before_anything_that_computes_or_decodes_is_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SHOW_THE_WINDOW, str(tmp_path)],
        cwd=_ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(done.stdout.split())
    assert "fewshot_gui.views.main_window" in imported
    too_early = {"numpy", "PIL", "torch", "openvino", "sklearn", "scipy", "cv2", "numba", "imagecodecs", "pydicom"}
    assert imported.isdisjoint(too_early | {"tifffile", "model.images.reading", "model.training.train"})
