"""Where a run comes from: code, data, settings."""
