"""From documents to words, subwords, windows and frozen hidden states."""
