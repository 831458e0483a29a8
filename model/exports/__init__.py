"""Files that leave the program: results tables and overlays.

May import regions, estimates, images and what is below.
"""
