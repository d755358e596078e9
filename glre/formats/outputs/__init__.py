"""Where relations go: paths, formats, and the documents that were set aside."""
