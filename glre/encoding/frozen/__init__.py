"""Hidden states of an encoder that is not trained, computed once."""
