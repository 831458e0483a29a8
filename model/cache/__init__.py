"""Storage of blobs on disk, in files and a database that lists them.

May import errors and progress.
"""
