"""What a document is, and what is asked and said of one."""
