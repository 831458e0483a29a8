"""The open project: document, results, undo, and the SQLite file that holds them.

May import QtCore and the model's types; no widgets, no jobs, no torch.
"""
