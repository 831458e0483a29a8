"""Training: from a support set of files to a classifier and its report.

May import runs and what is below.
"""
