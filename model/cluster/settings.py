"""How a plan is run; apart from what runs it, so that the command's help need not import that."""

from __future__ import annotations

from dataclasses import dataclass

HERE = "here"
"""The address that means: start Ray on this machine, for this run."""
STALL_SECONDS = 1800.0
"""A part that takes longer is taken from its worker."""


@dataclass(frozen=True)
class Settings:
    """How a plan is run.

    threads: cores a worker uses, which Ray reserves
    workers: at most so many; None: as many as the cluster has room for
    device: auto, cpu or cuda; with auto, workers get one GPU each where the cluster has any, and use the processor
        where PyTorch cannot use that GPU
    stall_seconds: a worker that needs longer for a part is ended, and the part given to another
    """

    address: str = HERE
    threads: int = 1
    workers: int | None = None
    device: str = "auto"
    stall_seconds: float = STALL_SECONDS
