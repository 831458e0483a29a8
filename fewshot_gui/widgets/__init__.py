"""General widgets that know nothing of projects: charts, headers, grids, the image canvas.

May import icons and style; no items, no project.
"""
