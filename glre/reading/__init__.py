"""Anybody's documents, in any of the formats that they come in."""
