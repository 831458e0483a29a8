"""The evidence of regions for a class, and the maps, boxes and overlays made of it. Tensors only.

May import estimates, head and what is below, not embedding.
"""
