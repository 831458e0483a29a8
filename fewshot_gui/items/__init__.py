"""Item models and delegates: images, examples and predictions as the lists and tables of Qt show them.

May import `project`; no views, no jobs, no torch.
"""
