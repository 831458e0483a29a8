"""Features of one image: from pixels and feature maps to its views. Uses no labels.

May import backbones and what is below.
"""
