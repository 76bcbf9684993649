"""Measurements against the products and libraries that the same users know; run with ``python -m benchmarks.NAME``."""
