"""Evidence of regions for a class, and the maps, boxes and overlays made of it. Takes tensors only.

May import estimates, head and what is below, not embedding.
"""
