"""Exports: results tables and overlays as files.

May import regions, estimates, images and what is below.
"""
