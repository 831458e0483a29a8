"""The command `fewshot`: train, classify and evaluate without a window. Never imports Qt.

Exit status: 0 done; 1 failed (one line on standard error); 2 wrong usage; 3 done, but some images
could not be read; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from model.backbones.names import DEFAULT_BACKBONE
from model.errors import FewShotError
from model.progress import Cancelled, CancelToken

FAILED, WRONG_USAGE, SOME_UNREADABLE, INTERRUPTED = 1, 2, 3, 130
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
    common.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")

    train = commands.add_parser("train", parents=[common], help="train on a folder with one sub-folder per class")
    train.add_argument("bins", type=Path, metavar="BINS", help="folder with one sub-folder of examples per class")
    train.add_argument("--out", type=Path, required=True, metavar="CLASSIFIER", help="folder to save the classifier in")
    train.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="see the README for the names")
    train.add_argument("--seed", type=int, default=0, help="seed of everything random (default: 0)")

    classify = commands.add_parser("classify", parents=[common], help="label images and whole folders")
    classify.add_argument("classifier", type=Path, metavar="CLASSIFIER", help="what `train` saved")
    classify.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="images, or folders (read recursively)")
    classify.add_argument("--out", type=Path, required=True, metavar="RESULTS.csv", help="table to write")
    classify.add_argument("--overlays", type=Path, metavar="DIR", help="write a PNG with attention map and region each")
    classify.add_argument("--explain", metavar="CLASS", help="regions for CLASS instead of the predicted class")
    classify.add_argument("--resume", action="store_true", help="go on with an interrupted RESULTS.csv")

    evaluate = commands.add_parser("evaluate", parents=[common], help="measure accuracy by few-shot episodes")
    evaluate.add_argument("bins", type=Path, metavar="BINS", help="folder with one sub-folder of images per class")
    evaluate.add_argument("--shots", type=_numbers, default=(1, 5, 10), metavar="1,5,10", help="examples a class")
    evaluate.add_argument("--ways", type=_positive, metavar="N", help="classes in an episode (default: all)")
    evaluate.add_argument("--queries", type=_positive, default=15, help="test images a class (default: 15)")
    evaluate.add_argument("--episodes", type=_positive, default=100, help="episodes for each shot (default: 100)")
    evaluate.add_argument("--seed", type=int, default=0, help="seed of the episodes (default: 0)")
    evaluate.add_argument("--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help="see the README")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    token = CancelToken()
    previous = signal.signal(signal.SIGINT, _interrupter(token))
    try:
        options = build_parser().parse_args(arguments)
        # Imported after the arguments are known to be right: torch takes seconds.
        from model import cli_commands

        run = {
            "train": cli_commands.run_train,
            "classify": cli_commands.run_classify,
            "evaluate": cli_commands.run_evaluate,
        }[options.command]
        outcome = run(options, token)
    except UsageError as error:
        return _failed(str(error), WRONG_USAGE)
    except FewShotError as error:
        return _failed(str(error), FAILED)
    except MemoryError:
        return _failed("The machine's memory is not enough for this. Use fewer or smaller images.", FAILED)
    except OSError as error:
        return _failed(f"{error.filename or 'A file'}: {error.strerror or error}", FAILED)
    except (Cancelled, KeyboardInterrupt):
        return _failed("Interrupted. What was classified so far is kept; --resume goes on from there.", INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, previous)
    if options.json:
        sys.stdout.write(json.dumps(outcome.result, ensure_ascii=True, default=str) + "\n")
        sys.stdout.flush()
    return SOME_UNREADABLE if outcome.unreadable else 0


def _interrupter(token: CancelToken) -> signal.Handlers | None:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if token.is_cancelled:
            os._exit(INTERRUPTED)  # asked twice: do not wait for the batch
        token.cancel()

    return interrupt  # type: ignore[return-value]


def _failed(message: str, status: int) -> int:
    line = " ".join(message.split())
    sys.stderr.write(f"fewshot: {line}\n".encode(errors="backslashreplace").decode(errors="replace"))
    return status


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(_positive(part) for part in text.split(","))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value
