"""From the files of a corpus to documents."""
