"""A classifier as files.

May import runs and what is below.
"""
