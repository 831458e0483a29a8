"""Blobs on disk: where they are kept, in files and a database that knows them.

May import errors and progress.
"""
