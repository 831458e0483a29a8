"""Exports: results, labels and pictures as files, for other programs and for people.

May import regions, estimates, embedding (for groups), images and what is below.
"""
