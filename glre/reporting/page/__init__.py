"""A page, before it is HTML or Markdown, and as both."""
