"""GLRE written the obvious way from the paper's equations: what the package is measured against, and tested against."""
