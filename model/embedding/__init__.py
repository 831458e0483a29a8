"""The embedding of image files: the embedder, its memory and its store. Owns files and threads.

May import features and what is below, not head.
"""
