"""Estimates of a classifier's accuracy, from its examples alone.

May import head and what is below.
"""
