"""A file per command that is no stage of DVC's: what it reads and writes is the user's choice."""
