"""Loops over pixels and maps, compiled to machine code by Numba when they are first called.

For what would otherwise be a dozen passes over an image by a library: several images are looked at in threads at the
same time, each pass hands the interpreter over and leaves the processor's cache. Compiled loops read an image once,
without the interpreter (docs/adr/0019-compiled-loops.md).
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
# Sums may be taken in any order, as adding several numbers at once does. Not what Numba's `fastmath=True` allows
# beyond it: to take for granted that nothing is infinite or not a number.
_LIBERTIES = {"reassoc", "contract", "nsz"}


class compiled(Generic[Arguments]):  # noqa: N801 - used as a decorator: `@compiled`
    """Decorate a function of NumPy arrays that fills some of them, so that it runs as machine code, without the GIL.

    Compiling takes a second. The code is kept beside the module, like Python's own bytecode, or in the
    user's cache folder; where it can be neither written nor read, it is made anew for each process.
    """

    def __init__(self, function: Callable[Arguments, None]) -> None:
        self._function = function
        self._code: Callable[Arguments, None] | None = None
        update_wrapper(self, function)

    def __call__(self, *arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        """Fill the arrays."""
        code = self._code or self._made()
        try:
            code(*arguments, **named)
        except Exception as problem:  # noqa: BLE001 - a full disk, a damaged file; what else it is comes again
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
        import numba  # not before it is needed: what was embedded before needs none of it

        made: Callable[Arguments, None] = numba.njit(nogil=True, cache=is_kept, fastmath=_LIBERTIES)(self._function)
        return made
