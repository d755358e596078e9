"""GLRE, a file per part of the paper."""
