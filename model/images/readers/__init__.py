"""Formats of image files: each module registers one, see `model.images.formats`.

A module is imported when folders are first searched, so it imports NumPy, Pillow and decoders inside its functions,
or keeps what needs them in a module whose name begins with an underscore. May import the rest of `model.images`.
"""
