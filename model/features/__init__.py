"""From pixels and maps to the views of one image. Labels are unknown here.

May import backbones and what is below.
"""
