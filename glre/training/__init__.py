"""Batches, the loop, and checkpoints."""
