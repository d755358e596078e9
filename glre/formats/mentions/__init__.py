"""Mentions as sources mark them, and where they stand in the text."""
