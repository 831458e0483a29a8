"""From files to pixels: formats, items, and the process in which files that are not trusted are decoded.

May import types and errors.
"""
