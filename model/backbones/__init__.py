"""The CNNs and the runtimes that run them.

May import images, cache and what is below.
"""
