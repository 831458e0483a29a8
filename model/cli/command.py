"""The command line `fewshot`: train, classify and more without a window. Never imports Qt.

Exit status: 0 done; 1 failed (one line on standard error); 2 wrong usage; 3 done, but some images (or folders, or
parts of files) could not be read, or their overlays not be written; 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from model.cli.help_page import HelpInLanguage, speak
from model.cli.registry import COMMANDS, ordered_names
from model.cli.text import printable
from model.errors import FewShotError, UsageError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.messages import joined, message, os_reason, text_of, translated
from model.progress import Cancelled, CancelToken

FAILED, WRONG_USAGE, SOME_UNREADABLE, INTERRUPTED = 1, 2, 3, 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        formatter_class=HelpInLanguage,
        prog="fewshot",
        description=message("Train an image classifier on a few examples a class and label whole folders."),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in ordered_names():
        command = COMMANDS.get(name)
        assert command is not None
        one = commands.add_parser(name, help=command.help, formatter_class=HelpInLanguage)
        one.set_defaults(video_rate=AS_THEY_ARE.video_rate, tiles=AS_THEY_ARE.tile_side, cache=None, json=False)
        command.add_arguments(one)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for names that the terminal cannot show
    speak()
    token = CancelToken()
    previous, kept = signal.signal(signal.SIGINT, _interrupter(token)), ""
    try:
        options = build_parser().parse_args(arguments)
        options.cutting = Cutting(options.video_rate, options.tiles)
        command = COMMANDS.get(options.command)
        assert command is not None
        kept = command.kept_when_interrupted
        # Imported only once the arguments are known to be valid.
        from model.cache import folder as cache_folder

        with cache_folder.using(options.cache):
            outcome = command.run(options, token)
        if options.json:
            sys.stdout.write(json.dumps(outcome.result, ensure_ascii=True, default=str) + "\n")
        sys.stdout.flush()
    except UsageError as error:
        return _failed(error, WRONG_USAGE)
    except FewShotError as error:
        return _failed(error, FAILED)
    except MemoryError:
        return _failed(message("There is not enough memory. Use fewer or smaller images."), FAILED)
    except OSError as error:
        _give_up_output()
        return _failed(
            message("{file}: {error}", file=error.filename or message("Reading or writing"), error=os_reason(error)),
            FAILED,
        )
    except (Cancelled, KeyboardInterrupt) as stop:
        return _failed(
            joined(message("Interrupted."), text_of(stop) or kept or message("Nothing was saved.")), INTERRUPTED
        )
    except Exception as error:  # any other error becomes one line instead of a traceback
        if os.environ.get("FEWSHOT_TRACEBACK"):
            raise
        return _failed(_unexpected(error), FAILED)
    finally:
        signal.signal(signal.SIGINT, previous)
    if outcome.is_bad:
        return FAILED
    return SOME_UNREADABLE if outcome.unreadable else 0


def _interrupter(token: CancelToken) -> signal.Handlers | None:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if token.is_cancelled:
            os._exit(INTERRUPTED)  # interrupted twice: do not wait for the batch
        token.cancel()

    return interrupt  # type: ignore[return-value]


def _unexpected(error: Exception) -> str:
    if isinstance(error, ImportError):  # a package, or a library of the system that it needs, is not there
        return message(
            "A package that is needed cannot be loaded ({error}). `fewshot doctor` says what is missing.", error=error
        )
    kind = type(error).__name__
    return message(
        "Unexpected {kind}: {error}. Please report it; FEWSHOT_TRACEBACK=1 shows where.", kind=kind, error=error
    )


def _failed(text: str | Exception, status: int) -> int:
    sys.stderr.write(f"fewshot: {printable(' '.join(translated(text).split()))}\n")
    return status


def _give_up_output() -> None:
    """Avoid an error at Python's exit where standard output takes no more (a closed pipe, a full disk)."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
