"""PubTator (Wei et al. 2013): lines of text and rows of columns."""
