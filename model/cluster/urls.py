"""Which paths are URLs; apart, so that the command's help need not import more."""

from __future__ import annotations

import re

_URL = re.compile("[A-Za-z][A-Za-z0-9+.-]+://")  # a single letter is a drive of Windows


def is_url(text: str) -> bool:
    """Whether a path is a URL for fsspec, such as s3://bucket/key."""
    return _URL.match(text) is not None
