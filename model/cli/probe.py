"""What the device and runtime are, and which modules that are named cannot be imported, as JSON on standard output.

Run by `fewshot doctor` in a process of its own.

A library that is broken may end the process that imports it.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module


def main() -> None:
    """Import torch and OpenVINO and say what they find; raises what they raise."""
    from model.backbones.devices import choose_device
    from model.messages import to_json

    _, note = choose_device("auto")
    found: dict[str, object] = {"device": to_json(note)}
    try:
        from model.backbones.openvino_runtime import (
            PRECISION_VARIABLE,
            _import_openvino,
            has_bfloat16,
            lowest_precision,
        )
        from model.backbones.runtime import BFLOAT16, FLOAT32, INT8

        openvino = _import_openvino()
        core = openvino.Core()
        found["runtime"] = f"OpenVINO {openvino.__version__.split('-')[0]}"
        found["precision"] = lowest_precision(core, {BFLOAT16, INT8})
        found["asked"] = os.environ.get(PRECISION_VARIABLE, "") in {FLOAT32, INT8}
        found["bfloat16_units"] = has_bfloat16(core)
    except Exception as error:  # noqa: BLE001 - PyTorch takes its place, whatever is wrong with it
        found["runtime"] = "PyTorch"
        found["openvino_problem"] = f"{type(error).__name__}: {error}"
    found["broken"] = {name: problem for name in sys.argv[1:] if (problem := _problem(name))}
    sys.stdout.write(json.dumps(found) + "\n")


def _problem(module: str) -> str:
    """Return what importing a module raises, "" where it does not."""
    try:
        import_module(module)
    except Exception as error:  # noqa: BLE001 - to be said, whatever it is
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    main()
