"""GLRE (Wang et al. 2020), a file per section of the paper."""
