"""What the extra `cluster` installs, and how Ray is kept from reporting its use."""

from __future__ import annotations

import os
from importlib.util import find_spec

from model.errors import FewShotError
from model.messages import message


def check_packages(*names: str) -> None:
    """Raise `FewShotError` where a package of the extra `cluster` is missing."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise FewShotError(
            message('This needs {packages}: pip install "fewshot[cluster]"', packages=", ".join(missing))
        )


def keep_ray_quiet() -> None:
    """Turn off what Ray would send to its makers and print; to be called before Ray is imported."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_USAGE_STATS_PROMPT_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
