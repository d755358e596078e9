"""Systems of relation extraction, a folder each, and what they share."""
