"""Pre-trained transformers encoders of any family."""
