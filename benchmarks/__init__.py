"""Measurements behind docs/benchmarks.md; run as modules from the repository's root."""
