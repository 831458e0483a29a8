"""Writes a camera raw file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tifffile


def write_dng(path: Path) -> None:
    """A mosaic in which red is strongest and blue weakest."""
    mosaic = np.zeros((64, 96), np.uint16)
    mosaic[0::2, 0::2], mosaic[0::2, 1::2], mosaic[1::2, 0::2], mosaic[1::2, 1::2] = 50_000, 20_000, 20_000, 5_000
    to_camera = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)  # XYZ to sRGB
    matrix = tuple(part for value in to_camera for part in (round(value * 10_000), 10_000))
    tags = [
        (33421, "H", 2, (2, 2), True),  # CFARepeatPatternDim
        (33422, "B", 4, bytes([0, 1, 1, 2]), True),  # CFAPattern
        (50706, "B", 4, bytes([1, 4, 0, 0]), True),  # DNGVersion
        (50708, "s", 0, "Test", True),  # UniqueCameraModel
        (50721, 10, 9, matrix, True),  # ColorMatrix1
        (50728, 5, 3, (1, 1, 1, 1, 1, 1), True),  # AsShotNeutral
        (50778, "H", 1, 21, True),  # CalibrationIlluminant1
    ]
    tifffile.imwrite(path, mosaic, photometric="cfa", extratags=tags, metadata=None)
