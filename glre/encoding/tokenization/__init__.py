"""From words to subwords and windows of them."""
