"""Accuracy by episodes, beside plain heads.

May import runs and what is below.
"""
