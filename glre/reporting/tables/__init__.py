"""Tables of a report and of the terminal."""
