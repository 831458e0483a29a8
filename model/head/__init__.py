"""The patent's modules: local feature, class description, joint space, parameters, fitting. Tensors only.

May import features and what is below, not embedding.
"""
