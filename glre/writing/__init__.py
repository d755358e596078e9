"""Documents with the relations found in them, in any of the formats that others read."""
