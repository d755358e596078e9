"""The explanation of one document, as a page and on the terminal."""
