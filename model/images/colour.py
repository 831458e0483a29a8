"""What colours are to those who decode no pixels: free of NumPy and Pillow, which the window starts without."""

from __future__ import annotations

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

WHITE: Colour = (255, 255, 255)
