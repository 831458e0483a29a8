"""Loops over pixels and maps, compiled to machine code by Numba when they are first called.

They replace about a dozen passes over an image by a library. Several images are processed in threads at the same time;
each such pass would acquire and release the interpreter lock and leave the processor's cache. A compiled loop reads an
image once, without the lock (docs/adr/0019-compiled-loops.md).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, ParamSpec

Arguments = ParamSpec("Arguments")

_log = logging.getLogger(__name__)
_lock = threading.Lock()
# Sums may be taken in any order, so that several numbers are added at once. Numba's `fastmath=True` would also assume
# that no number is infinite or NaN.
_LIBERTIES = {"reassoc", "contract", "nsz"}


class compiled(Generic[Arguments]):  # noqa: N801 - used as a decorator: `@compiled`
    """Decorator: run a function that fills some of its NumPy arrays as machine code, without the interpreter lock.

    Compiling takes a second. The code is kept beside the module, like Python's own bytecode, or in the user's cache
    folder; where neither can be used, each process compiles it again.
    """

    def __init__(self, function: Callable[Arguments, None]) -> None:
        self._function = function
        self._code: Callable[Arguments, None] | None = None
        update_wrapper(self, function)

    def __call__(self, *arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        """Run the compiled function, which fills its arrays."""
        code = self._code or self._made()
        try:
            code(*arguments, **named)
        except Exception as problem:  # noqa: BLE001 - a full disk, a damaged file; others are raised again below
            self._code = code = self._not_kept(problem)
            code(*arguments, **named)

    def _made(self) -> Callable[Arguments, None]:
        with _lock:
            if self._code is None:
                try:
                    self._code = self._compiled(is_kept=True)
                except RuntimeError as problem:  # no folder can be written
                    self._code = self._not_kept(problem)
            return self._code

    def _not_kept(self, problem: Exception) -> Callable[Arguments, None]:
        _log.info("The machine code of %s is not kept: %s", self._function.__name__, problem)
        return self._compiled(is_kept=False)

    def _compiled(self, *, is_kept: bool) -> Callable[Arguments, None]:
        import numba  # slow to import, and not needed where all images are cached

        made: Callable[Arguments, None] = numba.njit(nogil=True, cache=is_kept, fastmath=_LIBERTIES)(self._function)
        return made
