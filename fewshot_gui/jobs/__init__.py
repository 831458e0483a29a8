"""Background work: requests and results, the worker threads, and loaders of files and pictures.

May import `project` and the model; nothing that is drawn. Imports torch in worker threads only.
"""
