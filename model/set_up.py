"""Make what the first start would otherwise wait for: `python -m model.set_up`, which `make` runs after installing."""

from __future__ import annotations

import torch
from PIL import Image

from model.quantisation import quantised
from model.texture import MIN_SIDE, texture_map


def main() -> None:
    """Have the loops compiled whose machine code is kept (`model.compiled`)."""
    texture_map(Image.new("RGB", (MIN_SIDE, MIN_SIDE)))
    quantised(torch.zeros(1, 1, 1, 1))


if __name__ == "__main__":
    main()
