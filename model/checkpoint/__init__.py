"""The files of a saved classifier: writing and reading them.

May import runs and what is below.
"""
