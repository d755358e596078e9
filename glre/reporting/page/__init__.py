"""The page of a report: its sections in their order, as HTML and as Markdown."""
