"""BioC (Comeau et al. 2013), as JSON and as XML."""
