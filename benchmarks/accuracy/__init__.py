"""Measure the classifier on several image sets, beside other heads on the same features: see `__main__`."""
