"""Arguments shared by several commands, and argument types for argparse, which raise `ArgumentTypeError`."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path

from model.cluster.urls import is_url
from model.images.colour import WHITE
from model.images.greys import AS_THE_FILE_SAYS, GreyRange, Greys
from model.images.rendering import Rendering
from model.images.roi import Roi
from model.messages import message, translated

_COLOURS = {"white": "#ffffff", "black": "#000000", "grey": "#808080"}
_DEVICES = ("auto", "cpu", "cuda", "mps")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every command that reads images."""
    parser.add_argument("--device", choices=_DEVICES, default="auto", help=message("where to compute (default: auto)"))
    cache = parser.add_mutually_exclusive_group()
    cache.add_argument(
        "--cache", metavar="DIR", help=message("folder for embeddings (default: the user's cache folder)")
    )
    cache.add_argument(
        "--no-cache", dest="cache", action="store_const", const="off", help=message("keep no embeddings")
    )
    parser.add_argument(
        "--video-rate",
        type=rate,
        default=1.0,
        metavar="FPS",
        help=message("frames a second taken from videos (default: 1)"),
    )
    parser.add_argument(
        "--tiles",
        type=positive,
        metavar="PIXELS",
        help=message("cut images that are much larger into tiles of about this side"),
    )
    add_json(parser)


def add_rendering(parser: argparse.ArgumentParser) -> None:
    """Add how files become pixels, which a classifier keeps; `rendering_of` reads it."""
    parser.add_argument(
        "--ground",
        type=colour,
        default=WHITE,
        metavar="COLOUR",
        help=message("colour under transparent pixels: white (default), black, grey or #rrggbb; a classifier keeps it"),
    )
    parser.add_argument(
        "--greys",
        type=greys,
        default=AS_THE_FILE_SAYS,
        metavar="RANGE",
        help=message(
            "range of greys of more than 8 bits: file (default: its window, else all but dead pixels), robust, full, "
            "or LOW..HIGH in units of the file, such as -160..240; a classifier keeps it"
        ),
    )
    parser.add_argument(
        "--roi",
        type=roi,
        metavar="X,Y,W,H",
        help=message(
            "look only at this part of every image: left, top, width and height in percent; a classifier keeps it"
        ),
    )


def add_groups(parser: argparse.ArgumentParser) -> None:
    """Add the rule by which images belong together; `GroupRule.parse` reads it."""
    parser.add_argument(
        "--groups",
        default="auto",
        metavar="RULE",
        help=message(
            "images that belong together, such as those of one patient: auto (default: frames of one file, DICOM's "
            "ids, near-duplicates), none, folder, file, dicom, a list (.json, .csv), or a regular expression such as "
            "'^([0-9]+)_' in the path below the bin"
        ),
    )


def rendering_of(options: argparse.Namespace) -> Rendering:
    """Return what `add_rendering`'s options say."""
    return Rendering(options.ground, options.greys, options.roi)


def add_false_alarms(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how readily images are called unlike every bin."""
    parser.add_argument(
        "--false-alarms",
        type=share,
        metavar="SHARE",
        help=message(
            "flag images as unknown so readily that SHARE of those that belong to a bin are flagged (default 0.01)"
        ),
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option for a machine-readable result."""
    parser.add_argument(
        "--json", action="store_true", help=message("print the result as one JSON object on the last line")
    )


def numbers(text: str) -> tuple[int, ...]:
    """Return positive whole numbers from a text with commas between them."""
    return tuple(positive(part) for part in text.split(","))


def _unfit(said: str) -> argparse.ArgumentTypeError:
    """Return the error of an argument type; argparse puts its text into a sentence of its own."""
    return argparse.ArgumentTypeError(translated(said))


def local(text: str) -> Path:
    """Return a path; URLs would make folders called "s3:", and "-" a file of that name."""
    if text == "-":
        raise _unfit(message("- is no file: standard output has what the command says. Give a name"))
    if is_url(text):
        raise _unfit(message("{text} is a URL. Give a file or folder", text=text))
    return Path(text)


def share(text: str) -> float:
    """Return a number between 0 and 1, both excluded."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise _unfit(message("{text!r} is not a share between 0 and 1, such as 0.05", text=text))
    return value


def seconds(text: str) -> float:
    """Return a time in seconds, 0 to a day."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 86_400:
        raise _unfit(message("{text!r} is not a number of seconds, such as 2", text=text))
    return value


def rate(text: str) -> float:
    """Return a number of frames a second."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.001 <= value <= 1000:
        raise _unfit(message("{text!r} is not a number of frames a second from 0.001 to 1000", text=text))
    return value


def colour(text: str) -> tuple[int, int, int]:
    """Return (red, green, blue), 0..255, of a colour given by name or as #rrggbb."""
    digits = _COLOURS.get(text, text)
    if re.fullmatch("#[0-9a-fA-F]{6}", digits) is None:
        raise _unfit(message("{text!r} is not white, black, grey or a colour code such as #20a0ff", text=text))
    return int(digits[1:3], 16), int(digits[3:5], 16), int(digits[5:], 16)


def positive(text: str) -> int:
    """Return a positive whole number."""
    value = _integer(text)
    if value < 1:
        raise _unfit(message("{text} is not a positive number", text=text))
    return value


def seed(text: str) -> int:
    """Return a seed for PyTorch's generators."""
    value = _integer(text)
    if not 0 <= value < 2**63:
        raise _unfit(message("{text} is not a number from 0 to 2^63 - 1", text=text))
    return value


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _unfit(message("{text!r} is not a whole number", text=text)) from None


def roi(text: str) -> Roi:
    """A region of interest, x,y,width,height in percent."""
    try:
        return Roi.parse(text)
    except ValueError:
        raise _unfit(
            message(
                "{text!r} is not x,y,width,height in percent of an image, such as 25,0,50,100 for its middle half",
                text=text,
            )
        ) from None


def greys(text: str) -> Greys:
    """A range of greys: file, robust, full or LOW..HIGH."""
    if text in (GreyRange.FILE, GreyRange.ROBUST, GreyRange.FULL):
        return Greys(GreyRange(text))
    low, dots, high = text.partition("..")
    try:
        if dots:
            return Greys(GreyRange.FIXED, float(low), float(high))
    except ValueError:
        pass
    raise _unfit(message("{text!r} is not file, robust, full or a range such as -160..240", text=text))
