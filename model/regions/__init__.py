"""What regions add for a class: evidence, maps, boxes, overlays. Tensors only.

May import estimates, head and what is below, not embedding.
"""
