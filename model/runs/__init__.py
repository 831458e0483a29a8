"""Runs over many files: classify, join, suggest. An `ImageClassifier` is a classifier with its embedder.

May import classifier and what is below.
"""
