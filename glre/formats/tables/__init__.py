"""Relations as rows: CSV, Parquet, JSON Lines, and a table on the terminal."""
