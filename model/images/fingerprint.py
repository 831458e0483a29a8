"""Fingerprints: what a picture looks like at a glance, for telling near copies. Free of torch.

As in perceptual hashes (pHash: Zauner 2010), the low frequencies of a small grey picture. Their signs alone tell
pictures of one kind apart badly; their signed square roots, compared by cosine, keep how strong they are, and do not
depend on brightness and contrast. The same of three middles of the picture finds a crop of it. Figures:
docs/adr/0028-fetch.md.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

READ_SIDE = 256
"""Pixels of the longer side at which a picture is read for its fingerprint."""

CROPPED = (0.06, 0.12, 0.18)
"""What is cut off of width and height for the middles; a crop between two of these is still found."""

_SIDE = 32
_FREQUENCIES = 16

NUMBERS = _FREQUENCIES**2 - 1
"""Of the whole picture, and of each of its middles."""


def fingerprint(picture: Image.Image) -> npt.NDArray[np.float32]:
    """Return float32 (1 + len(CROPPED), NUMBERS): of the whole picture, then of its middles, each of length 1.

    A picture of one colour has zeros.
    """
    grey = np.asarray(picture.convert("L"))
    height, width = grey.shape
    parts = []
    for share in (0.0, *CROPPED):
        rows, columns = round(height * share / 2), round(width * share / 2)
        parts.append(_of(grey[rows : height - rows, columns : width - columns]))
    return np.stack(parts)


def _of(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:_FREQUENCIES, :_FREQUENCIES].ravel()[1:]  # the first is the brightness
    rooted = np.copysign(np.sqrt(np.abs(low)), low)
    length = float(np.linalg.norm(rooted))
    if length < 1.0:  # of grey values: rounding, no picture
        return np.zeros(NUMBERS, np.float32)
    result: npt.NDArray[np.float32] = (rooted / length).astype(np.float32)
    return result
