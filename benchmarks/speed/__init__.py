"""Throughput, caching, memory and start: ratios within one run (docs/speed.md)."""
