"""Measurement of accuracy by episodes, for the classifier and for plain heads.

May import runs and what is below.
"""
