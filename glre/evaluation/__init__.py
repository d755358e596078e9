"""Metrics, the threshold, breakdowns and the table of predictions."""
