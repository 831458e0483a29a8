"""Classifying more images than one machine can: a plan of shards, each run on Ray, checked and merged.

May import exports, checkpoint and what is below. Ray, pyarrow and fsspec (the extra `cluster`) are imported inside
functions. docs/scale.md says what this costs and how it fails.
"""
