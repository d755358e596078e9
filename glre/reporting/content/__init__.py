"""What a page is made of, before it is HTML or Markdown."""
