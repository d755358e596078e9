"""Case studies: documents with what was found in them."""
