"""The command `fewshot`: train, classify, evaluate, suggest and cache without a window. Never imports Qt.

Exit status: 0 done; 1 failed (one line on standard error); 2 wrong usage; 3 done, but some images
could not be read; 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from model.backbones.names import DEFAULT_BACKBONE
from model.cli.text import printable
from model.errors import FewShotError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.progress import Cancelled, CancelToken

FAILED, WRONG_USAGE, SOME_UNREADABLE, INTERRUPTED = 1, 2, 3, 130
_COLOURS = {"white": "#ffffff", "black": "#000000", "grey": "#808080"}
_DEVICES = ("auto", "cpu", "cuda", "mps")


class UsageError(FewShotError):
    """The arguments do not fit what they are applied to; ends with exit status 2."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="fewshot", description="Train an image classifier on a few examples a class and label whole folders."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--device", choices=_DEVICES, default="auto", help="where to compute (default: auto)")
    cache = common.add_mutually_exclusive_group()
    cache.add_argument("--cache", metavar="DIR", help="keep embeddings there (default: the user's cache folder)")
    cache.add_argument("--no-cache", dest="cache", action="store_const", const="off", help="keep no embeddings")
    common.add_argument(
        "--video-rate", type=_rate, default=1.0, metavar="FPS", help="frames a second taken of videos (default: 1)"
    )
    common.add_argument(
        "--tiles",
        type=_positive,
        metavar="PIXELS",
        help="cut images that are much larger into tiles of about this side",
    )
    ground = argparse.ArgumentParser(add_help=False)
    ground.add_argument(
        "--ground", type=_colour, default=(255, 255, 255), metavar="COLOUR",
        help="what transparent pixels lie over: white (default), black, grey or #rrggbb; a classifier keeps it",
    )  # fmt: skip
    common.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")

    train = commands.add_parser(
        "train", parents=[common, ground], help="train on a folder with one sub-folder per class"
    )
    train.add_argument("bins", type=Path, metavar="BINS", help="folder with one sub-folder of examples per class")
    train.add_argument("--out", type=Path, required=True, metavar="CLASSIFIER", help="folder to save the classifier in")
    train.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="see the README for the names")
    train.add_argument("--seed", type=_seed, default=0, help="seed of everything random (default: 0)")

    classify = commands.add_parser("classify", parents=[common], help="label images and whole folders")
    classify.add_argument("classifier", type=Path, metavar="CLASSIFIER", help="what `train` saved")
    classify.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="images, or folders (read recursively)")
    classify.add_argument("--out", type=Path, required=True, metavar="RESULTS.csv", help="table to write")
    classify.add_argument("--overlays", type=Path, metavar="DIR", help="write a PNG with attention map and region each")
    classify.add_argument("--explain", metavar="CLASS", help="regions for CLASS instead of the predicted class")
    classify.add_argument(
        "--closely", action="store_true",
        help="find regions at twice the size, as --explain and --overlays do: better, about 4 times as long",
    )  # fmt: skip
    classify.add_argument(
        "--max-error", type=_share, metavar="SHARE", help="add a column `accepted`: at most SHARE of those are wrong"
    )
    classify.add_argument(
        "--candidates", type=_share, metavar="SHARE", help="add a column of the possible classes; at most SHARE miss"
    )
    classify.add_argument(
        "--transductive", action="store_true",
        help="let similar images agree: better with few examples, but a result then depends on the other images",
    )  # fmt: skip
    classify.add_argument("--resume", action="store_true", help="go on with an interrupted RESULTS.csv")

    evaluate = commands.add_parser("evaluate", parents=[common, ground], help="measure accuracy by few-shot episodes")
    evaluate.add_argument("bins", type=Path, metavar="BINS", help="folder with one sub-folder of images per class")
    evaluate.add_argument("--shots", type=_numbers, default=(1, 5, 10), metavar="1,5,10", help="examples a class")
    evaluate.add_argument("--ways", type=_positive, metavar="N", help="classes in an episode (default: all)")
    evaluate.add_argument("--queries", type=_positive, default=15, help="test images a class (default: 15)")
    evaluate.add_argument("--episodes", type=_positive, default=100, help="episodes for each shot (default: 100)")
    evaluate.add_argument("--seed", type=_seed, default=0, help="seed of the episodes (default: 0)")
    evaluate.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="see the README")

    suggest = commands.add_parser(
        "suggest", parents=[common, ground], help="name the images that are best labelled next"
    )
    suggest.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="images, or folders (read recursively)")
    suggest.add_argument("--bins", type=Path, metavar="BINS", help="folder with one sub-folder of labelled images each")
    suggest.add_argument("--count", type=_positive, default=10, help="how many (default: 10)")
    suggest.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="see the README")

    kept = commands.add_parser("cache", help="say where embeddings are kept between runs, and clear them")
    kept.set_defaults(video_rate=AS_THEY_ARE.video_rate, tiles=AS_THEY_ARE.tile_side)
    kept.add_argument("--cache", metavar="DIR", help="look there (default: the user's cache folder)")
    kept.add_argument("--clear", action="store_true", help="delete what is kept")
    kept.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names in any script, whatever the terminal can show
    token = CancelToken()
    previous = signal.signal(signal.SIGINT, _interrupter(token))
    try:
        options = build_parser().parse_args(arguments)
        options.cutting = Cutting(options.video_rate, options.tiles)
        # Imported after the arguments are known to be right: torch takes seconds.
        from model.cache import folder as cache_folder
        from model.cli import cache as cli_cache
        from model.cli import classify as cli_classify
        from model.cli import suggest as cli_suggest
        from model.cli import train as cli_commands

        run = {
            "train": cli_commands.run_train,
            "classify": cli_classify.run_classify,
            "evaluate": cli_commands.run_evaluate,
            "suggest": cli_suggest.run_suggest,
            "cache": cli_cache.run_cache,
        }[options.command]
        with cache_folder.using(options.cache):
            outcome = run(options, token)
        if options.json:
            sys.stdout.write(json.dumps(outcome.result, ensure_ascii=True, default=str) + "\n")
        sys.stdout.flush()
    except UsageError as error:
        return _failed(str(error), WRONG_USAGE)
    except FewShotError as error:
        return _failed(str(error), FAILED)
    except MemoryError:
        return _failed("The machine's memory is not enough for this. Use fewer or smaller images.", FAILED)
    except OSError as error:
        _give_up_output()
        return _failed(f"{error.filename or 'Reading or writing'}: {error.strerror or error}", FAILED)
    except (Cancelled, KeyboardInterrupt):
        kept = "What was classified so far is kept; --resume goes on from there."
        return _failed(f"Interrupted. {kept if options.command == 'classify' else 'Nothing was saved.'}", INTERRUPTED)
    except Exception as error:  # the last wall: one line instead of a traceback
        if os.environ.get("FEWSHOT_TRACEBACK"):
            raise
        kind = type(error).__name__
        return _failed(f"Unexpected {kind}: {error}. Please report it; FEWSHOT_TRACEBACK=1 shows where.", FAILED)
    finally:
        signal.signal(signal.SIGINT, previous)
    return SOME_UNREADABLE if outcome.unreadable else 0


def _interrupter(token: CancelToken) -> signal.Handlers | None:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if token.is_cancelled:
            os._exit(INTERRUPTED)  # asked twice: do not wait for the batch
        token.cancel()

    return interrupt  # type: ignore[return-value]


def _failed(message: str, status: int) -> int:
    sys.stderr.write(f"fewshot: {printable(' '.join(message.split()))}\n")
    return status


def _give_up_output() -> None:
    """Keep Python from complaining at its end where standard output takes no more (a closed pipe, a full disk)."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(_positive(part) for part in text.split(","))


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1, such as 0.05")
    return value


def _rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.001 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of frames a second from 0.001 to 1000")
    return value


def _colour(text: str) -> tuple[int, int, int]:
    digits = _COLOURS.get(text, text)
    if re.fullmatch("#[0-9a-fA-F]{6}", digits) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not white, black, grey or a colour such as #20a0ff")
    return int(digits[1:3], 16), int(digits[3:5], 16), int(digits[5:], 16)


def _positive(text: str) -> int:
    value = _integer(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def _seed(text: str) -> int:
    value = _integer(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 2^63 - 1")
    return value


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
