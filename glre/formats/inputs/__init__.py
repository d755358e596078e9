"""Where documents come from: sources, what is inside them, and in which format."""
