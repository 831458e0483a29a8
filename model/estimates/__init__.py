"""Estimates of how good a classifier is, from its examples alone.

May import head and what is below.
"""
