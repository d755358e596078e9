"""Layers that several systems use."""
